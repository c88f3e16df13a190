"""For test_pipeline_faults: the product's Celery application with checks slow enough to be killed in
the middle, short leases, a sweeper every second; and `python -m tests.qualification.drill_app N`,
which sends N dossiers and prints nothing else than their number."""

import sys
import time

from marketplace.celery import app

LEASE_SECONDS = 5
CHECK_SECONDS = 0.4


@app.on_after_finalize.connect
def hurry(sender, **_):
    sender.conf.beat_schedule = {"sweep": {"task": "events.sweep_checks", "schedule": 1.0}}


def slow_down() -> None:
    import django

    django.setup()
    from qualification import pipeline
    from qualification.models import CheckRun

    judge = pipeline.judge

    def slow_judge(run, *, on):
        time.sleep(CHECK_SECONDS)
        return judge(run, on=on)

    CheckRun.LEASE_SECONDS = LEASE_SECONDS
    pipeline.judge = slow_judge


def send(count: int) -> None:
    from tests.qualification import builders

    people = builders.make_people()
    for _ in range(count):
        builders.make_dossier(people, upto="checking")


slow_down()
if __name__ == "__main__":
    send(int(sys.argv[1]))
    sys.stdout.write(sys.argv[1])
