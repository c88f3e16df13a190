"""Telling people, in the service and by e-mail, in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from marketplace.notifications.models import Notification, OutgoingEmail
from marketplace.notifications.tasks import send_email

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
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


def unread_count(actor: Actor) -> int:
    """Costs one query; 0 for a machine or a visitor."""
    if actor.user is None:
        return 0
    return Notification.objects.filter(user=actor.user, read_at__isnull=True).count()


def send_to_address(address: str, *, template: str, context: dict[str, Any]) -> OutgoingEmail:
    """For somebody who may have no account: ``<template>_subject.txt`` and ``<template>_message.txt``."""
    words = {**context, "service_name": settings.SERVICE_NAME}
    return queue_email(
        address,
        subject=render_to_string(f"{template}_subject.txt", words),
        body=render_to_string(f"{template}_message.txt", words),
    )


def queue_email(address: str, *, subject: str, body: str) -> OutgoingEmail:
    """One row, sent by the worker after the commit; its text is wiped once sent (it may hold a link)."""
    with transaction.atomic():
        row = OutgoingEmail.objects.create(
            to=address, subject=one_line(subject)[:200], body=body.strip() + "\n"
        )
        send_email.ring(row)
    return row


def one_line(text: str) -> str:
    """A subject is one line: a header holds no line break."""
    return " ".join(text.split())


def _email(notification: Notification) -> OutgoingEmail:
    context = {
        "notification": notification,
        "link": f"{settings.SITE_URL}{notification.url}" if notification.url else "",
        "service_name": settings.SERVICE_NAME,
    }
    return OutgoingEmail(
        notification=notification,
        to=notification.user.email,
        subject=one_line(notification.subject),
        body=render_to_string("notifications/email/notification.txt", context),
    )
