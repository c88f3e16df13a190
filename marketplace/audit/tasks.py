from celery import shared_task

from marketplace.audit.chain import seal_events
from marketplace.audit.heads import write_head
from marketplace.audit.models import AuditEvent, AuditVerification
from marketplace.audit.verify import verify_and_remember

# A message that waited longer than this is worth nothing: the next one is there.
EXPIRES = 5


@shared_task(name="audit.seal", ignore_result=True)
def seal() -> None:
    seal_events()


@shared_task(name="audit.head", ignore_result=True, time_limit=900, soft_time_limit=890)
def head() -> None:
    """Seal what waits, sign where the chain stands, check it all and remember the answer."""
    seal_events()
    write_head()
    verify_and_remember()


@shared_task(name="audit.first_check", ignore_result=True, time_limit=900, soft_time_limit=890)
def first_check() -> None:
    """A journal never checked does not wait for the hour; one query once it has been."""
    if not AuditVerification.objects.exists() and AuditEvent.objects.exists():
        head()


BEAT = {
    "audit-seal": {"task": "audit.seal", "schedule": 1.0, "options": {"expires": EXPIRES}},
    "audit-head": {"task": "audit.head", "schedule": 3600.0},
    "audit-first-check": {"task": "audit.first_check", "schedule": 60.0, "options": {"expires": 50}},
}
