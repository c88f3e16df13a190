"""What the programme’s operator chose, written down here; then milestones and quarterly reports."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, RuleBroken
from qualification.programmes import tell
from qualification.programmes.abilities import application_abilities
from qualification.programmes.enums import ApplicationState, Milestone
from qualification.programmes.models import ApplicationMilestone, ProgrammeApplication, ProgressReport
from qualification.programmes.quarters import Quarter
from qualification.programmes.states import OUTCOME_MOVES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

NOT_CHOSEN = "Le suivi commence quand l’opérateur du programme a retenu la candidature."


# -- what the programme's operator chose


def record_outcome(
    application: ProgrammeApplication,
    move: str,
    *,
    actor: Actor,
    decided_on: dt.date,
    decision_reference: str,
    reason: str = "",
    awarded_eur: Decimal | None = None,
    expected_version: int | None = None,
) -> ProgrammeApplication:
    """Write down the operator's letter. Raises RuleBroken on a date that cannot be its own."""
    if move not in OUTCOME_MOVES:
        raise ValueError(move)
    require(application_abilities(actor, application), move)
    application.check_move(move)
    check_letter(move, decided_on=decided_on, sent_at=application.sent_at, awarded_eur=awarded_eur)
    values = {"decided_on": decided_on, "decision_reference": decision_reference, "awarded_eur": awarded_eur}
    with transaction.atomic():
        application.record_outcome(
            move, actor=actor, values=values, reason=reason, expected_version=expected_version
        )
        tell.outcome_recorded(application, reason=reason)
    return application


def check_letter(
    move: str, *, decided_on: dt.date, sent_at: dt.datetime | None, awarded_eur: Decimal | None
) -> None:
    """Raises RuleBroken on what the operator's letter cannot say."""
    if decided_on > timezone.localdate():
        raise RuleBroken(
            "date_to_come", "Cette date est à venir : donnez celle de la lettre.", field="decided_on"
        )
    if sent_at is not None and decided_on < timezone.localdate(sent_at):
        raise RuleBroken("date_before", "Le choix suit l’envoi : relisez la date.", field="decided_on")
    if awarded_eur is not None and move != "record_selected":
        raise RuleBroken(
            "award_without_choice", "Seul ce qui est retenu reçoit une aide.", field="awarded_eur"
        )


def record_milestone(
    application: ProgrammeApplication,
    *,
    actor: Actor,
    code: str,
    reached_on: dt.date,
    reference: str,
    note: str = "",
    expected_version: int | None = None,
) -> ApplicationMilestone:
    """J0 to J3 in their order, each on the ANSSI's own act. A second row for one corrects the first."""
    written: list[ApplicationMilestone] = []

    def apply(row: ProgrammeApplication) -> None:
        require(application_abilities(actor, row), "milestone")
        refuse_unless_chosen(row)
        _check_milestone(row, code, reached_on)
        written.append(
            ApplicationMilestone.objects.create(
                application=row,
                code=code,
                reached_on=reached_on,
                reference=reference,
                note=note,
                recorded_by=actor.user,
            )
        )

    detail = {"code": code, "reached_on": reached_on.isoformat()}
    application.touch(
        "record_milestone", actor=actor, apply=apply, expected_version=expected_version, detail=detail
    )
    return written[0]


def _check_milestone(row: ProgrammeApplication, code: str, reached_on: dt.date) -> None:
    if code not in Milestone.values:
        raise RuleBroken("milestone_unknown", "Ce jalon n’existe pas.", field="code")
    if reached_on > timezone.localdate():
        raise RuleBroken("date_to_come", "Un jalon se constate une fois atteint.", field="reached_on")
    reached = row.reached
    codes = list(Milestone.values)
    place = codes.index(code)
    for other, mark in reached.items():
        if codes.index(other) < place and mark.reached_on > reached_on:
            raise RuleBroken(
                "milestone_order", f"{other} a été atteint après cette date.", field="reached_on"
            )
        if codes.index(other) > place and mark.reached_on < reached_on:
            raise RuleBroken(
                "milestone_order", f"{other} a été atteint avant cette date.", field="reached_on"
            )
    if place and codes[place - 1] not in reached:
        raise RuleBroken("milestone_skipped", f"Enregistrez d’abord {codes[place - 1]}.", field="code")


def report_progress(
    application: ProgrammeApplication,
    *,
    actor: Actor,
    year: int,
    quarter: int,
    done: str,
    next_steps: str,
    difficulties: str = "",
    person_days: Decimal | None = None,
    spent_eur_ht: Decimal | None = None,
    expected_version: int | None = None,
) -> ProgressReport:
    """Once per quarter that is over and owed. Raises MoveRefused, RuleBroken."""
    written: list[ProgressReport] = []

    def apply(row: ProgrammeApplication) -> None:
        require(application_abilities(actor, row), "report")
        refuse_unless_chosen(row)
        _refuse_not_owed(row, Quarter(year, quarter))
        written.append(
            ProgressReport.objects.create(
                application=row,
                year=year,
                quarter=quarter,
                done=done,
                next_steps=next_steps,
                difficulties=difficulties,
                person_days=person_days,
                spent_eur_ht=spent_eur_ht,
                sent_by=actor.user,
            )
        )
        tell.reported(row, written[0])

    detail = {"period": Quarter(year, quarter).key}
    application.touch(
        "report_progress", actor=actor, apply=apply, expected_version=expected_version, detail=detail
    )
    return written[0]


def _refuse_not_owed(row: ProgrammeApplication, quarter: Quarter) -> None:
    if quarter not in row.missing_reports():
        raise RuleBroken("report_not_owed", "Ce trimestre n’attend pas de rapport.", field="period")


def refuse_unless_chosen(row: ProgrammeApplication) -> None:
    """Raises MoveRefused."""
    if row.state != ApplicationState.SELECTED:
        raise MoveRefused("not_chosen", NOT_CHOSEN, about=row)
