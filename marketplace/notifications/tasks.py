from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from marketplace.bells import Bell
from marketplace.leases import claim, fail, finish, sweep


@shared_task(base=Bell, name="mail.send", rows="notifications.OutgoingEmail")
def send_email(email_id: int) -> None:
    """Send one row. At least once: a crash after SMTP accepted sends again, with the same Message-ID."""
    from marketplace.notifications.models import OutgoingEmail

    row = claim(OutgoingEmail, email_id)
    if row is None:
        return
    domain = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
    message = EmailMessage(
        row.subject, row.body, to=[row.to], headers={"Message-ID": f"<{row.uuid}@{domain}>"}
    )
    try:
        message.send()
    except OSError as error:
        fail(row, f"{type(error).__name__}: {error}")
        return
    with transaction.atomic():
        # What has no page of its own may hold a secret link: it does not stay here.
        finish(row, **({} if row.notification_id else {"body": ""}))


@shared_task(name="mail.sweep", ignore_result=True)
def sweep_emails() -> None:
    from marketplace.notifications.models import OutgoingEmail

    sweep(OutgoingEmail, send_email.ring_now)


BEAT = {"mail-sweep": {"task": "mail.sweep", "schedule": 15.0}}
