"""The minimal delays of a consultation and what brings them down, told in its calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from marketplace.errors import RuleBroken
from marketplace.ui.typography import date_text
from marketplace.working_days import add_working_days, is_working_day
from procurement.consultations.enums import DelayReduction
from procurement.consultations.notices.enums import Medium
from procurement.consultations.schedule import PARIS, Schedule, schedule_from, schedule_to
from procurement.routes.notices import CANDIDATURE, INVITATION, RESPONSE, MinimalDelay, delay_on

if TYPE_CHECKING:
    from procurement.models import Consultation, NoticeSending

PHASES = (CANDIDATURE, RESPONSE)
# The field of the days of a phase, and how they are told.
SHOWN = {
    CANDIDATURE: ("candidature_days", "Le terme des candidatures", "candidater"),
    RESPONSE: ("response_days", "La clôture", "répondre"),
}


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
    """(field, sentence) of a delay too short for what was sent, or of a reduction that does not hold. What
    starts from the invitations is counted when they leave (`response_from`)."""
    delays = delays_of(row, on=on)
    starts = {medium: one.sent_on for medium, one in sent.items()}
    if not row.is_restricted:
        # They leave with the publication.
        starts[INVITATION] = on
    notice = next((starts[one.medium] for one in delays if one.medium in sent), None)
    if notice is not None and (refused := _prior_refused(row, delays, sent_on=notice)):
        yield refused
        return
    for delay in delays:
        if delay.medium in starts:
            yield from _short(row, delay, starts[delay.medium], on=on)


def _prior_refused(
    row: Consultation, delays: list[MinimalDelay], *, sent_on: dt.date
) -> tuple[str, str] | None:
    prior_on = row.prior_notice_on
    for one in (each for delay in delays for each in delay.reductions):
        if one.least_days_before and prior_on and not one.holds(prior_on, sent_on=sent_on):
            return (
                "prior_notice_on",
                f"Envoyé le {date_text(prior_on)}, l’avis de préinformation ne réduit pas le délai d’un avis "
                f"de marché envoyé le {date_text(sent_on)}. {one.text} ({one.source}.)",
            )
    return None


def _short(
    row: Consultation, delay: MinimalDelay, sent_on: dt.date, *, on: dt.date
) -> Iterator[tuple[str, str]]:
    field, what, verb = SHOWN[delay.phase]
    closing, first = add_working_days(on, getattr(row, field)), delay.first_closing_day(sent_on)
    if closing < first:
        yield (
            field,
            f"{what} tomberait le {date_text(closing)} : {_sending(delay)} le {date_text(sent_on)}, le "
            f"premier jour possible est le {date_text(first)}. Donnez plus de jours pour {verb}. "
            f"{delay.told}",
        )


def _sending(delay: MinimalDelay) -> str:
    if delay.medium == INVITATION:
        return "les invitations partiraient"
    return f"l’avis a été envoyé ({Medium(delay.medium).label})"


def response_from(row: Consultation, *, invited_on: dt.date) -> Schedule:
    """Of a restricted procedure: from the invitations on, the days chosen, or the minimal delay if longer."""
    made = schedule_from(
        invited_on,
        response_days=row.response_days,
        question_days=row.question_days,
        answer_days=row.answer_days,
        at=row.closing_time,
    )
    least = next((one for one in delays_of(row, on=invited_on) if one.phase == RESPONSE), None)
    first = least.first_closing_day(invited_on) if least is not None else invited_on
    if made.closes_at.astimezone(PARIS).date() >= first:
        return made
    while not is_working_day(first):
        first += dt.timedelta(days=1)
    closes_at = dt.datetime.combine(first, row.closing_time, PARIS)
    return schedule_to(closes_at, question_days=row.question_days, answer_days=row.answer_days)
