from celery import shared_task
from django.utils import timezone

from procurement.actions.contracts import close_due_contracts
from procurement.actions.derogation_clock import follow_derogations


@shared_task(name="events.close_due_contracts", ignore_result=True)
def close_contracts() -> None:
    """Journals what the clock has decided; no rule waits for it."""
    close_due_contracts(on=timezone.localdate())


@shared_task(name="events.follow_derogations", ignore_result=True)
def derogations() -> None:
    """Journals ends and tells them before they come; pages read the clock."""
    follow_derogations(on=timezone.localdate())


BEAT = {
    "procurement-close-contracts": {"task": "events.close_due_contracts", "schedule": 600.0},
    "procurement-follow-derogations": {"task": "events.follow_derogations", "schedule": 600.0},
}
