"""The product's Celery application where checks of one offer, « Offre fautive », misbehave; limits short.

`python -m tests.qualification.hanging_app` sends a dossier of that offer, then one of an offer without fault.
To import it changes the checks of the whole process: no test does.
"""

import dataclasses
import datetime as dt
import os

from marketplace.celery import app
from tests.qualification.hanging_faults import (
    ATTEMPTS,
    FAULTS,
    FAULTY,
    HARD_SECONDS,
    LEASE_SECONDS,
    SOFT_SECONDS,
    Told,
)


@app.on_after_finalize.connect
def hurry(sender, **_):
    sender.conf.beat_schedule = {"sweep": {"task": "events.sweep_checks", "schedule": 1.0}}


def misbehave() -> None:
    import django

    django.setup()
    from marketplace import leases
    from qualification import tasks
    from qualification.checks import CHECKS
    from qualification.gather import GATHER
    from qualification.models import CheckRun

    for code, fault in FAULTS.items():
        known, gather = CHECKS[code], GATHER[code]

        def told(version, on, gather=gather):
            return Told(version.offer.name, gather(version, on))

        def judge(told, on, known=known, fault=fault):
            return fault() if told.offer == FAULTY and not known.observe else known.judge(told.facts, on)

        def observe(told, known=known, fault=fault):
            if told.offer == FAULTY:
                fault()
            return dataclasses.replace(told, facts=known.observe(told.facts))

        CHECKS[code] = dataclasses.replace(known, judge=judge, observe=observe if known.observe else None)
        GATHER[code] = told
    CheckRun.LEASE_SECONDS, CheckRun.MAX_ATTEMPTS = LEASE_SECONDS, ATTEMPTS
    leases.MESSAGE_OLD_AFTER = leases.MESSAGE_LOST_AFTER = dt.timedelta(seconds=8)
    for task in (tasks.judge_check, tasks.fetch_check):
        task.soft_time_limit, task.time_limit = SOFT_SECONDS, HARD_SECONDS


def send() -> None:
    from catalog.models import Offer
    from qualification import actions
    from tests.qualification import builders

    people = builders.make_people()
    for name in (FAULTY, "Offre sans faute"):
        dossier = builders.make_dossier(people)
        Offer.objects.filter(pk=dossier.offer_id).update(name=name)
        actions.submit(dossier, actor=people.actor("manager"))


misbehave()
if __name__ == "__main__":
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "marketplace.settings.test"
    send()
