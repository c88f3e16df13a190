"""How long each step takes, measured on the journal of moves: median, ninth decile, what waits now.

Public: the figures of few passages are left unknown, they would describe a supplier and prove nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone

from marketplace.documents.tables import Cell, Column, Table
from marketplace.ui.typography import number_text, plural
from qualification.enums import DossierState as S
from qualification.models import Dossier
from qualification.schemes import LISTING, edition_named, load_scheme

WINDOW = dt.timedelta(days=365)
# Below, a median says nothing and may name somebody.
SMALLEST = 5
WHOLE = "whole"
# In the order of a dossier's life; `decided` ends it. The whole counts the operator's time alone.
STEPS = {
    S.CHECKING.value: "Contrôles automatiques",
    S.INSTRUCTION.value: "Instruction par une personne",
    S.CORRECTIONS_REQUESTED.value: "Corrections, chez le fournisseur",
    S.PROPOSED.value: "Décision sur la proposition",
    S.APPEALED.value: "Décision sur un recours",
    WHOLE: "Ensemble, de l’envoi à la décision, sans le temps du fournisseur",
}
_OPERATOR = (S.SUBMITTED.value, S.CHECKING.value, S.INSTRUCTION.value, S.PROPOSED.value)

# A passage through a state lasts from the move that enters it to the move that leaves it.
_PASSAGES = """
WITH passage AS (
  SELECT object_id, to_state, at, lead(at) OVER (PARTITION BY object_id ORDER BY id) AS left_at
  FROM audit_auditevent WHERE object_type = 'qualification.dossier' AND from_state <> to_state
), whole AS (
  SELECT object_id, sum(left_at - at) FILTER (WHERE to_state = ANY(%(operator)s)) AS lasted,
         min(at) FILTER (WHERE to_state = 'decided') AS ended
  FROM passage GROUP BY object_id
), measured AS (
  SELECT object_id, to_state AS step, left_at - at AS lasted, left_at AS ended
  FROM passage WHERE to_state = ANY(%(steps)s)
  UNION ALL SELECT object_id, %(whole)s, lasted, ended FROM whole
)
SELECT scheme, step, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY lasted),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY lasted)
FROM measured JOIN qualification_dossier ON qualification_dossier.id = object_id
WHERE ended > %(since)s AND ended <= %(now)s GROUP BY scheme, step
"""


@dataclass(frozen=True, slots=True)
class StepDuration:
    """One step of a scheme's dossiers. ``median``, ``p90``: None below SMALLEST passages.

    ``waiting``: dossiers in the step now, the longest since ``oldest``.
    """

    scheme: str
    step: str
    passages: int
    median: dt.timedelta | None
    p90: dt.timedelta | None
    waiting: int
    oldest: dt.datetime | None

    @property
    def label(self) -> str:
        return STEPS[self.step]

    @property
    def median_words(self) -> str:
        return words(self.median)

    @property
    def p90_words(self) -> str:
        return words(self.p90)

    @property
    def median_days(self) -> Decimal | None:
        return days(self.median)

    @property
    def p90_days(self) -> Decimal | None:
        return days(self.p90)


@dataclass(frozen=True, slots=True)
class SchemeDurations:
    """Every step of STEPS, in order."""

    scheme: str
    title: str
    steps: tuple[StepDuration, ...]


@dataclass(frozen=True, slots=True)
class Durations:
    """Of the passages that ended between ``since`` and ``until``."""

    since: dt.datetime
    until: dt.datetime
    schemes: tuple[SchemeDurations, ...]


def days(lasted: dt.timedelta | None) -> Decimal | None:
    """In days of twenty-four hours, a tenth at least when it lasted at all."""
    if lasted is None:
        return None
    return max(Decimal("0.1"), round(Decimal(lasted.total_seconds()) / 86_400, 1))


def words(lasted: dt.timedelta | None) -> str:
    """« 12,5 jours », « 3 heures », « Moins d’une heure », « Inconnue »."""
    if lasted is None:
        return "Inconnue"
    hours = int(lasted.total_seconds() // 3600)
    if hours < 1:
        return "Moins d’une heure"
    if hours < 48:
        return plural(hours, one="heure", many="heures")
    found = days(lasted)
    return f"{number_text(found)}\u00a0jours"


def measured() -> Durations:
    """Two queries, whatever the number of dossiers."""
    now = timezone.now()
    since = now - WINDOW
    found = _passages(since=since, now=now)
    waiting = {(row["scheme"], row["state"]): row for row in _waiting()}
    codes = {LISTING[0], *(scheme for scheme, _step in (*found, *waiting))}
    return Durations(since, now, tuple(_scheme(code, found, waiting) for code in sorted(codes)))


Known = dict[tuple[str, str], tuple[int, dt.timedelta | None, dt.timedelta | None]]


def _passages(*, since: dt.datetime, now: dt.datetime) -> Known:
    steps = [step for step in STEPS if step != WHOLE]
    given = {"operator": list(_OPERATOR), "steps": steps, "whole": WHOLE, "since": since, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_PASSAGES, given)
        rows = cursor.fetchall()
    return {
        (scheme, step): (count, *((median, p90) if count >= SMALLEST else (None, None)))
        for scheme, step, count, median, p90 in rows
    }


def _waiting() -> list[Any]:
    open_now = Dossier.objects.filter(state__in=list(STEPS)).order_by()
    return list(open_now.values("scheme", "state").annotate(count=Count("pk"), oldest=Min("state_since")))


def _scheme(code: str, found: Known, waiting: dict[tuple[object, object], dict[str, Any]]) -> SchemeDurations:
    steps = []
    for step in STEPS:
        count, median, p90 = found.get((code, step), (0, None, None))
        now = waiting.get((code, step), {"count": 0, "oldest": None})
        steps.append(StepDuration(code, step, count, median, p90, now["count"], now["oldest"]))
    return SchemeDurations(code, _title(code), tuple(steps))


def _title(code: str) -> str:
    if code == LISTING[0]:
        return load_scheme(*LISTING).title
    edition = Dossier.objects.filter(scheme=code).values_list("scheme_edition", flat=True).last()
    return edition_named(f"{code}-{edition}").title


COLUMNS = (
    Column("scheme", "Référentiel"),
    Column("step", "Étape"),
    Column("label", "Libellé"),
    Column("passages", "Passages mesurés"),
    Column("median_days", "Médiane, en jours"),
    Column("p90_days", "Neuf sur dix, en jours au plus"),
    Column("waiting", "En cours"),
    Column("oldest", "Le plus ancien depuis le"),
)


def duration_table(found: Durations) -> Table:
    return Table("Durées mesurées de l’instruction", COLUMNS, _rows(found))


def _rows(found: Durations) -> Iterator[tuple[Cell, ...]]:
    for one in found.schemes:
        for each in one.steps:
            oldest = timezone.localdate(each.oldest) if each.oldest else None
            yield (
                each.scheme,
                each.step,
                each.label,
                each.passages,
                each.median_days,
                each.p90_days,
                each.waiting if each.step != WHOLE else None,
                oldest,
            )
