import time
from collections.abc import Callable

from celery import shared_task
from celery.exceptions import Reject
from celery.schedules import crontab
from django.db import OperationalError

from marketplace.bells import Bell

# Below CheckRun.LEASE_SECONDS: a task is stopped before another worker may take its run.
TIME_LIMIT = 60
# Local checks take milliseconds: one that hangs is interrupted, given back, and its neighbours go on.
HANGS_AFTER = 20
# Between two tries while the database is away.
PAUSE_SECONDS = 2


@shared_task(
    base=Bell,
    name="checks.run",
    rows="qualification.CheckRun",
    time_limit=TIME_LIMIT,
    soft_time_limit=HANGS_AFTER,
)
def judge_check(run_id: int) -> None:
    """A check that reads the database only, and those of its dossier that wait with it."""
    from qualification.pipeline import run_local_checks

    _run(run_local_checks, run_id)


@shared_task(base=Bell, name="fetch.run", rows="qualification.CheckRun", time_limit=TIME_LIMIT)
def fetch_check(run_id: int) -> None:
    """A check that goes out to the network; its own queue, so that slow sites delay nobody."""
    from qualification.pipeline import run_check

    _run(run_check, run_id)


@shared_task(name="events.sweep_checks", ignore_result=True)
def sweep_runs() -> None:
    from qualification.pipeline import sweep_checks

    sweep_checks()


@shared_task(
    base=Bell, name="fetch.verify_gaiax", rows="qualification.GaiaxVerification", time_limit=TIME_LIMIT
)
def verify_gaiax(verification_id: int) -> None:
    """A Gaia-X credential whose issuers' documents are to be fetched."""
    from qualification.verifications import run_verification

    try:
        run_verification(verification_id)
    except OperationalError as error:
        time.sleep(PAUSE_SECONDS)
        raise Reject(str(error), requeue=True) from error


@shared_task(name="events.sweep_gaiax", ignore_result=True)
def sweep_gaiax() -> None:
    from qualification.releases.trials import sweep_trials
    from qualification.verifications import sweep_verifications

    sweep_verifications()
    sweep_trials()


@shared_task(base=Bell, name="checks.try_release", rows="qualification.TrialResult", time_limit=TIME_LIMIT)
def try_release(result_id: int) -> None:
    """One presentation judged with another Gaia-X release: a child process, no network."""
    from qualification.releases.trials import run_result

    try:
        run_result(result_id)
    except OperationalError as error:
        time.sleep(PAUSE_SECONDS)
        raise Reject(str(error), requeue=True) from error


@shared_task(name="events.watch_offers", ignore_result=True)
def watch_offers() -> None:
    from qualification.watch import look_again

    look_again()


@shared_task(name="events.thin_results", ignore_result=True)
def thin_results() -> None:
    """Old looks that say what their neighbours say, one hour's share of the dossiers. Safe to run twice."""
    from qualification.thinning import thin_results as thin

    thin()


@shared_task(name="events.run_drills", ignore_result=True)
def run_drills() -> int:
    """Messages of drills that are due, and drills that nobody answered. Safe to run twice."""
    from qualification.drills.actions import run_drills as run

    return run()


def _run(work: Callable[[int], object], run_id: int) -> None:
    """The message goes back to the queue when the database is away: a bell is not spent on nothing."""
    try:
        work(run_id)
    except OperationalError as error:
        time.sleep(PAUSE_SECONDS)
        raise Reject(str(error), requeue=True) from error


@shared_task(name="events.remind_expiries", ignore_result=True)
def remind_expiries() -> int:
    """Evidence and certificates that end within 90 days. Safe to run twice."""
    from qualification.reminders import remind

    return remind()


BEAT = {
    "expiry-reminders": {"task": "events.remind_expiries", "schedule": crontab(minute=20)},
    "checks-sweep": {"task": "events.sweep_checks", "schedule": 10.0},
    "offers-watch": {"task": "events.watch_offers", "schedule": 60.0},
    "results-thinning": {"task": "events.thin_results", "schedule": crontab(minute=40)},
    "security-drills": {"task": "events.run_drills", "schedule": 60.0},
    "gaiax-sweep": {"task": "events.sweep_gaiax", "schedule": 15.0},
}
