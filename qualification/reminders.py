"""Reminders before what proves something ends: 90, 60, 30 and 7 days, each sent once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from catalog.enums import TrustStatus
from catalog.models import Offer, OfferVersion, TrustMark
from catalog.questions.conditions import effective
from catalog.questions.engine import Question, questions, sections
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, User
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text, plural
from qualification.answers import date_of
from qualification.models import Evidence

STEPS = (7, 30, 60, 90)
STANDING = (TrustStatus.IN_FORCE, TrustStatus.RENEWAL_PENDING)


def step_of(left: int) -> int | None:
    """The reminder due so many days before the end; None when it is too early, or over.

    A beat that was away sends the step reached, not those it missed.
    """
    return next((step for step in STEPS if left <= step), None) if left >= 0 else None


def remind() -> int:
    """Notifications made. Safe to run twice: the key of each names the thing, its end and the step."""
    today = timezone.localdate()
    return _evidence(today) + _marks(today) + _answered(today)


def _evidence(today: dt.date) -> int:
    made = 0
    due = Evidence.objects.ending_within(STEPS[-1], on=today).order_by("pk")
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            # Two beats at once: the second finds the first one's keys.
            row = Evidence.objects.select_for_update(of=("self",)).get(pk=pk)
            made += _send(
                row.valid_until,
                today,
                name=f"Preuve {row.number}, {row.title}",
                url=row.get_absolute_url(),
                key=f"evidence:{row.pk}",
                organisation=row.organisation_id,
            )
    return made


def _marks(today: dt.date) -> int:
    """Certificates of claimed offers."""
    made, last = 0, today + dt.timedelta(days=STEPS[-1])
    due = TrustMark.objects.filter(
        status__in=STANDING,
        valid_until__range=(today, last),
        offer__supplier__organisation__isnull=False,
        offer__state__in=("draft", "listed", "suspended"),
    )
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = (
                TrustMark.objects.select_for_update(of=("self",)).select_related("offer__supplier").get(pk=pk)
            )
            made += _send(
                row.valid_until,
                today,
                name=f"{row.name} de {row.offer.name}",
                url=row.offer.get_absolute_url(),
                key=f"mark:{row.pk}",
                organisation=row.offer.supplier.organisation_id,
            )
    return made


def _answered(today: dt.date) -> int:
    """Certificates that the newest version of a claimed offer answers, and that no mark of it repeats."""
    made = 0
    for pk in list(_versions_ending(today).order_by("offer").values_list("pk", flat=True)):
        with transaction.atomic():
            # Two beats at once: the second waits for the offer, then finds the first one's keys.
            version = OfferVersion.objects.select_related("offer__supplier").get(pk=pk)
            Offer.objects.select_for_update(of=("self",)).get(pk=version.offer_id)
            made += sum(
                _send(
                    until,
                    today,
                    name=f"{name} de {version.offer.name}",
                    url=f"{version.offer.get_absolute_url()}modifier/{section}/",
                    key=f"answer:{version.offer_id}:{question}",
                    organisation=version.offer.supplier.organisation_id,
                )
                for question, section, name, until in _certificates(version)
            )
    return made


def _versions_ending(today: dt.date) -> QuerySet[OfferVersion]:
    """Narrowed by the database on the dates as written: a day in ISO form compares as text."""
    ends = (today.isoformat(), (today + dt.timedelta(days=STEPS[-1])).isoformat())
    dated = Q()
    for question in _asked():
        dated |= Q(**{f"answers__{question.id}__valid_until__range": ends})
    newer = OfferVersion.objects.filter(offer=OuterRef("offer"), number__gt=OuterRef("number"))
    return OfferVersion.objects.filter(
        dated,
        ~Exists(newer),
        offer__supplier__organisation__isnull=False,
        offer__state__in=("draft", "listed", "suspended"),
    )


def _asked() -> list[Question]:
    return [question for question in questions().values() if question.type == "certificate"]


def _certificates(version: OfferVersion) -> Iterator[tuple[str, str, str, dt.date]]:
    """(question, section, words, last day) of those that count: a hidden answer proves nothing."""
    said = effective(version.answers)
    marks = TrustMark.objects.filter(offer=version.offer_id, status__in=STANDING)
    repeated = set(marks.exclude(decision_number="").values_list("decision_number", flat=True))
    for place in sections():
        for question in place.questions:
            paper = said.get(question.id) if question.type == "certificate" else None
            until = date_of(paper.get("valid_until")) if isinstance(paper, dict) else None
            if isinstance(paper, dict) and until and paper.get("number") not in repeated:
                yield question.id, place.id, question.short, until


def _send(
    until: dt.date | None, today: dt.date, *, name: str, url: str, key: str, organisation: int | None
) -> int:
    step = step_of((until - today).days) if until is not None else None
    if until is None or step is None or organisation is None:
        return 0
    left = (until - today).days
    when = f"dans {plural(left, one='jour', many='jours')}" if left else "aujourd’hui"
    sent = notify(
        _people(organisation),
        subject=f"Fin de validité {when} : {name}",
        body=f"« {name} » est valable jusqu’au {date_text(until)} inclus. Préparez son renouvellement : "
        "ce qu’elle prouve redevient inconnu le lendemain.",
        url=url,
        key=f"expiry:{key}:{until.isoformat()}:{step}",
    )
    return len(sent)


def _people(organisation: int) -> Iterable[User]:
    members = Membership.objects.filter(organisation=organisation)
    held = members.holding(Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER).select_related("user")
    return [member.user for member in held]
