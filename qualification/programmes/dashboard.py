"""What DINUM follows of its programmes: figures by call, and the table of applications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from django.utils import timezone

from marketplace.documents.tables import Cell, Column, Table
from qualification.programmes.enums import ApplicationState, Milestone
from qualification.programmes.models import (
    ProgrammeApplication,
    ProgrammeApplicationQuerySet,
    ProgrammeCall,
)

COLUMNS = (
    Column("programme", "Programme"),
    Column("call", "Appel"),
    Column("closes_at", "Clôture"),
    Column("number", "Candidature"),
    Column("organisation", "Fournisseur"),
    Column("offer", "Offre"),
    Column("state", "État"),
    Column("sent_on", "Envoyée le"),
    Column("decided_on", "Choix de l’opérateur le"),
    Column("decision_reference", "Référence du choix"),
    Column("awarded_eur", "Aide annoncée par l’opérateur (€)"),
    *(Column(code.lower(), str(Milestone(code).label)) for code in Milestone.values),
    Column("reports", "Rapports reçus"),
    Column("reports_late", "Rapports en retard"),
)


@dataclass(frozen=True, slots=True)
class CallFigures:
    """``awarded_eur``: sum of what the operator's letters say; ``awards_unknown``: letters without a figure.
    ``days_to``: median of days from the operator's choice to each milestone; None: nobody reached it."""

    call: ProgrammeCall
    states: dict[str, int]
    awarded_eur: Decimal | None
    awards_unknown: int
    reached: dict[str, int]
    days_to: dict[str, int | None]
    reports: int
    late: int

    @property
    def received(self) -> int:
        return sum(self.states.values())


def figures(calls: Iterable[ProgrammeCall]) -> list[CallFigures]:
    """One row per call, in the order given. Three queries whatever their number."""
    calls = list(calls)
    by_call: dict[int, list[ProgrammeApplication]] = {call.pk: [] for call in calls}
    for application in followed().filter(call__in=calls):
        by_call[application.call_id].append(application)
    return [_figures(call, by_call[call.pk]) for call in calls]


def followed() -> ProgrammeApplicationQuerySet:
    """Every application that was sent and not taken back."""
    sent = ProgrammeApplication.objects.filter(sent_at__isnull=False)
    return sent.exclude(state=ApplicationState.DRAFT).for_lists()


def _figures(call: ProgrammeCall, rows: Sequence[ProgrammeApplication]) -> CallFigures:
    chosen = [row for row in rows if row.state == ApplicationState.SELECTED]
    awards = [row.awarded_eur for row in chosen]
    known = [each for each in awards if each is not None]
    counted = Counter(row.state for row in rows)
    days: dict[str, list[int]] = {code: [] for code in Milestone.values}
    for row in chosen:
        assert row.decided_on is not None
        for code, mark in row.reached.items():
            days[code].append((mark.reached_on - row.decided_on).days)
    return CallFigures(
        call=call,
        states={code: counted[code] for code in ApplicationState.values if code != ApplicationState.DRAFT},
        awarded_eur=sum(known, Decimal(0)) if known else None,
        awards_unknown=len(awards) - len(known),
        reached={code: len(found) for code, found in days.items()},
        days_to={code: round(median(found)) if found else None for code, found in days.items()},
        reports=sum(len(row.reports.all()) for row in rows),
        late=sum(len(row.late_reports) for row in rows),
    )


def applications_table() -> Table:
    """Every application sent, newest call first."""
    return Table("Candidatures aux programmes", COLUMNS, _rows())


def _rows() -> Iterator[Sequence[Cell]]:
    for row in followed().order_by("-call__closes_at", "number"):
        reached = row.reached
        yield (
            row.call.programme_code,
            row.call.number,
            timezone.localtime(row.call.closes_at).strftime("%Y-%m-%d %H:%M"),
            row.number,
            row.organisation.name,
            row.offer.name,
            row.get_state_display(),
            timezone.localdate(row.sent_at),
            row.decided_on,
            row.decision_reference or None,
            row.awarded_eur,
            *(reached[code].reached_on if code in reached else None for code in Milestone.values),
            len(row.reports.all()),
            len(row.late_reports),
        )
