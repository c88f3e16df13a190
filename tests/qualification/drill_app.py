"""For the drill: the product's Celery application with checks slow enough to be killed in the middle, short
leases, a sweeper every second that does not wait ten minutes for a lost message.

`python -m tests.qualification.drill_app N LATE` makes N dossiers and sends all but LATE of them, which
`--submit-drafts` sends.
"""

import os
import sys
import time

from marketplace.celery import app

LEASE_SECONDS = 5
MESSAGE_OLD_SECONDS, MESSAGE_LOST_SECONDS = 8, 15
CHECK_SECONDS = float(os.environ.get("DRILL_CHECK_SECONDS", "0.4"))


@app.on_after_finalize.connect
def hurry(sender, **_):
    sender.conf.beat_schedule = {"sweep": {"task": "events.sweep_checks", "schedule": 1.0}}


def slow_down() -> None:
    import datetime as dt

    import django

    django.setup()
    from marketplace import leases
    from qualification import pipeline
    from qualification.models import CheckRun

    judge = pipeline.judge

    def slow_judge(run, *, on):
        time.sleep(CHECK_SECONDS)
        return judge(run, on=on)

    CheckRun.LEASE_SECONDS = LEASE_SECONDS
    leases.MESSAGE_OLD_AFTER = dt.timedelta(seconds=MESSAGE_OLD_SECONDS)
    leases.MESSAGE_LOST_AFTER = dt.timedelta(seconds=MESSAGE_LOST_SECONDS)
    pipeline.judge = slow_judge


def send(count: int, *, late: int = 0) -> None:
    from tests.qualification import builders

    people = builders.make_people()
    for number in range(count):
        builders.make_dossier(people, upto="draft" if number < late else "checking")


def submit_drafts() -> None:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Membership
    from qualification import actions
    from qualification.models import Dossier

    for dossier in Dossier.objects.filter(state="draft"):
        holding = Membership.objects.filter(organisation=dossier.organisation).holding("supplier_manager")
        actions.submit(dossier, actor=Actor.of(holding.get()))


slow_down()
if __name__ == "__main__":
    if sys.argv[1] == "--submit-drafts":
        submit_drafts()
    else:
        send(int(sys.argv[1]), late=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
