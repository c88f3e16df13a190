from celery import shared_task

from marketplace.bells import Bell

# Below CheckRun.LEASE_SECONDS: a task is stopped before another worker may take its run.
TIME_LIMIT = 60


@shared_task(base=Bell, name="checks.run", time_limit=TIME_LIMIT)
def judge_check(run_id: int) -> None:
    """A check that reads the database only."""
    _run(run_id)


@shared_task(base=Bell, name="fetch.run", time_limit=TIME_LIMIT)
def fetch_check(run_id: int) -> None:
    """A check that goes out to the network; its own queue, so that slow sites delay nobody."""
    _run(run_id)


@shared_task(name="events.sweep_checks", ignore_result=True)
def sweep_runs() -> None:
    from qualification.pipeline import sweep_checks

    sweep_checks()


def _run(run_id: int) -> None:
    from qualification.pipeline import run_check

    run_check(run_id)


BEAT = {"checks-sweep": {"task": "events.sweep_checks", "schedule": 10.0}}
