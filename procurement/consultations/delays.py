"""The minimal delays of a consultation and what brings them down, told in its calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from marketplace.errors import RuleBroken
from marketplace.ui.typography import date_text
from procurement.consultations.enums import DelayReduction
from procurement.consultations.notices.enums import Medium
from procurement.consultations.schedule import PARIS, schedule_from
from procurement.routes.notices import MinimalDelay, delay_on

if TYPE_CHECKING:
    from procurement.models import Consultation, NoticeSending

PHASES = ("response",)


def delays_of(row: Consultation, *, on: dt.date) -> list[MinimalDelay]:
    """In the order of the phases; empty where no text fixes one. No query."""
    told = (delay_on(row.kind, on, access=row.access, phase=phase, claimed=row.reduction) for phase in PHASES)
    return [one for one in told if one is not None]


def delays_told(row: Consultation, *, today: dt.date) -> list[MinimalDelay]:
    """Those of the day it was published, or of today for a draft."""
    on = row.published_at.astimezone(PARIS).date() if row.published_at else today
    return delays_of(row, on=on)


def reduction_faults(*, reduction: str, reason: str, prior_on: dt.date | None) -> dict[str, tuple[str, str]]:
    """By field, code and sentence of what a delay brought down still lacks; empty when it holds."""
    if not reduction:
        unnamed = "Choisissez la raison du délai réduit, ou videz son motif et sa date."
        return {"reduction": ("reduction_unnamed", unnamed)} if reason.strip() or prior_on else {}
    faults = {}
    if not reason.strip():
        message = "Donnez le motif du délai réduit : sans motif, le délai entier est dû. Il est publié."
        faults["reduction_reason"] = ("reduction_unreasoned", message)
    if reduction == DelayReduction.PRIOR_INFORMATION and prior_on is None:
        message = "Donnez le jour où l’avis de préinformation a été envoyé."
        faults["prior_notice_on"] = ("prior_notice_undated", message)
    return faults


def refuse_reduction(row: Consultation) -> None:
    """Raises RuleBroken: a delay is brought down by a text, with the reason that it asks."""
    faults = reduction_faults(
        reduction=row.reduction, reason=row.reduction_reason, prior_on=row.prior_notice_on
    )
    for field, (code, message) in faults.items():
        raise RuleBroken(code, message, field=field)
    if row.reduction and not delays_of(row, on=dt.date.max):
        message = "Aucun texte ne fixe de délai minimal ici : donnez le nombre de jours qui convient."
        raise RuleBroken("no_minimal_delay", message, field="reduction")


def lacks_of_delays(
    row: Consultation, sent: dict[str, NoticeSending], *, on: dt.date
) -> Iterator[tuple[str, str]]:
    """(field, sentence) of a delay too short for what was sent, or of a reduction that does not hold."""
    for delay in delays_of(row, on=on):
        if delay.medium in sent:
            yield from _short(row, delay, sent[delay.medium].sent_on, on=on)


def _short(
    row: Consultation, delay: MinimalDelay, sent_on: dt.date, *, on: dt.date
) -> Iterator[tuple[str, str]]:
    for one in delay.reductions:
        prior_on = row.prior_notice_on
        if one.least_days_before and prior_on and not one.holds(prior_on, sent_on=sent_on):
            yield (
                "prior_notice_on",
                f"Envoyé le {date_text(prior_on)}, l’avis de préinformation ne réduit pas le délai d’un avis "
                f"de marché envoyé le {date_text(sent_on)}. {one.text} ({one.source}.)",
            )
            return
    made = schedule_from(
        on,
        response_days=row.response_days,
        question_days=row.question_days,
        answer_days=row.answer_days,
        at=row.closing_time,
    )
    closing, first = made.closes_at.astimezone(PARIS).date(), delay.first_closing_day(sent_on)
    if closing < first:
        yield (
            "response_days",
            f"La clôture tomberait le {date_text(closing)} : l’avis a été envoyé "
            f"({Medium(delay.medium).label}) le {date_text(sent_on)}, elle ne peut tomber avant le "
            f"{date_text(first)}. Donnez plus de jours pour répondre. {delay.told}",
        )
