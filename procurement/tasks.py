from celery import shared_task
from django.utils import timezone

from procurement.actions.contracts import close_due_contracts


@shared_task(name="events.close_due_contracts", ignore_result=True)
def close_contracts() -> None:
    """Journals what the clock has decided; no rule waits for it."""
    close_due_contracts(on=timezone.localdate())


BEAT = {"procurement-close-contracts": {"task": "events.close_due_contracts", "schedule": 600.0}}
