from celery import shared_task
from celery.schedules import crontab

from marketplace.rest.models import IdempotencyKey


@shared_task(name="events.forget_idempotency_keys", ignore_result=True)
def forget_idempotency_keys() -> None:
    """Keys older than the day they are promised for. Safe to run twice."""
    IdempotencyKey.objects.outdated().delete()


BEAT = {
    "rest.forget_idempotency_keys": {
        "task": "events.forget_idempotency_keys",
        "schedule": crontab(minute="23"),
    }
}
