"""Telling people, in the service and by e-mail, in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from marketplace.notifications.models import Notification, OutgoingEmail
from marketplace.notifications.tasks import send_email

if TYPE_CHECKING:
    from marketplace.accounts.models import Organisation, User


def notify(
    users: Iterable[User],
    *,
    subject: str,
    body: str,
    url: str = "",
    organisation: Organisation | None = None,
    key: str = "",
) -> list[Notification]:
    """One notification and one e-mail row per active person. With ``key``, a second call adds nothing."""
    people = {user.pk: user for user in users if user.is_active}
    with transaction.atomic():
        if key:
            told = Notification.objects.filter(user__in=people, key=key).values_list("user_id", flat=True)
            people = {pk: user for pk, user in people.items() if pk not in set(told)}
        made = Notification.objects.bulk_create(
            [
                Notification(
                    user=user, organisation=organisation, subject=subject[:200], body=body, url=url, key=key
                )
                for user in people.values()
            ]
        )
        emails = OutgoingEmail.objects.bulk_create([_email(notification) for notification in made])
        for email in emails:
            send_email.ring(email)
    return made


def _email(notification: Notification) -> OutgoingEmail:
    link = f"\n\n{settings.SITE_URL}{notification.url}" if notification.url else ""
    return OutgoingEmail(
        notification=notification,
        to=notification.user.email,
        subject=notification.subject,
        body=f"{notification.body}{link}\n\n— {settings.SERVICE_NAME}\n",
    )
