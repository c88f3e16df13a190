"""Recording what was sent to an official journal, and what still stands before the publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.errors import MoveRefused, RuleBroken
from marketplace.ui.typography import date_text
from procurement.consultations.delays import lacks_of_delays
from procurement.consultations.enums import ENDED_STATES
from procurement.models import Consultation, NoticeSending
from procurement.routes.notices import Publicity, publicity_due

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def due_of(row: Consultation, *, on: dt.date) -> tuple[Publicity, ...]:
    """By its kind, its buyer's and the amount told for its route. No query when these were joined."""
    facts = row.route_choice.facts
    value, others = facts.get("value_eur_ht"), facts.get("homogeneous_eur_ht")
    counted = Decimal(value) + Decimal(others or 0) if value is not None else None
    return publicity_due(kind=row.kind, buyer_kind=row.organisation.kind, counted_eur_ht=counted, on=on)


def record_sending(
    consultation: Consultation,
    *,
    actor: Actor,
    medium: str,
    reference: str,
    sent_on: dt.date,
    published_on: dt.date | None = None,
    url: str = "",
    expected_version: int | None = None,
) -> Consultation:
    """Written again, it replaces what was recorded of that medium; the journal keeps both.

    Once the consultation is published only the publication's day and address change.
    Raises MoveRefused, RuleBroken naming the field.
    """
    _check_days(sent_on=sent_on, published_on=published_on)

    def apply(row: Consultation) -> None:
        refuse_ended(row)
        kept = row.notice_sendings.filter(medium=medium).first()
        if row.published_at is not None:
            _refuse_rewriting(kept, reference=reference, sent_on=sent_on)
        told = {
            "reference": reference,
            "sent_on": sent_on,
            "published_on": published_on,
            "url": url,
            "recorded_by": actor.user,
            "recorded_at": timezone.now(),
        }
        NoticeSending.objects.update_or_create(consultation=row, medium=medium, defaults=told)

    return consultation.touch(
        "record_sending",
        actor=actor,
        apply=apply,
        expected_version=expected_version,
        detail={"medium": medium, "reference": reference, "sent_on": sent_on.isoformat()},
    )


def refuse_ended(row: Consultation) -> None:
    """Raises MoveRefused once it was stopped."""
    if row.state in ENDED_STATES:
        message = f"Aucun avis ne s’enregistre plus : l’état est « {row.get_state_display()} »."
        raise MoveRefused("consultation_ended", message, about=row)


def _check_days(*, sent_on: dt.date, published_on: dt.date | None) -> None:
    if sent_on > timezone.localdate():
        message = "Cette date est à venir. Donnez le jour où l’avis a été envoyé."
        raise RuleBroken("sent_to_come", message, field="sent_on")
    if published_on is not None and published_on < sent_on:
        message = f"L’avis est envoyé le {date_text(sent_on)} : il n’est pas publié avant."
        raise RuleBroken("published_before_sent", message, field="published_on")


def _refuse_rewriting(kept: NoticeSending | None, *, reference: str, sent_on: dt.date) -> None:
    if kept is not None and (kept.reference, kept.sent_on) != (reference, sent_on):
        raise RuleBroken(
            "sending_frozen",
            "La consultation est publiée : la référence et le jour d’envoi ne changent plus. "
            "Complétez le jour et l’adresse de la publication.",
            field="reference",
        )


def lacks_of_notices(row: Consultation, *, on: dt.date) -> Iterator[tuple[str, str]]:
    """(field, sentence) of what stands before the publication; one query."""
    sent = {one.medium: one for one in row.notice_sendings.all()}
    for due in due_of(row, on=on):
        if not any(medium in sent for medium in due.any_of):
            yield (
                "notices",
                f"Enregistrez la référence et le jour d’envoi de l’avis ({due.label}). "
                f"{due.text} ({due.source}.)",
            )
    yield from lacks_of_delays(row, sent, on=on)
