"""A decided analysis against the texts of another day: what it would conclude otherwise, told once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from marketplace.accounts.actors import system_actor
from marketplace.accounts.enums import Role
from marketplace.audit.journal import record
from marketplace.notifications.outbox import notify
from procurement.actions.assessments import result_now, result_today
from procurement.doctrine import AssessmentResult, Moved, assess, moved_between
from procurement.doctrine.rule_sets import rule_sets_on
from procurement.enums import OPEN_PROJECTS, AssessmentState
from procurement.facts import facts_from_json, sha256_of
from procurement.models import Assessment
from procurement.obligations import project_people
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from collections.abc import Iterable

ONCE_DECIDED = (AssessmentState.DECIDED, AssessmentState.SUPERSEDED)


def previous_decided(assessment: Assessment) -> Assessment | None:
    """The last analysis of the project decided before this one; no query when they were prefetched."""
    rows: Iterable[Assessment] = assessment.project.assessments.all()
    before = [row for row in rows if row.state in ONCE_DECIDED and row.number < assessment.number]
    return max(before, key=lambda row: row.number, default=None)


def moved_since(previous: Assessment, result: AssessmentResult) -> Moved:
    """From what was frozen in `previous`."""
    return moved_between(result_now(previous), result)


def moved_today(assessment: Assessment) -> Moved:
    """From what was frozen to today's texts on today's project."""
    return moved_between(result_now(assessment), result_today(assessment))


def reassess_all(*, on: dt.date) -> int:
    """Decided analyses of open projects, read again with the texts of the day on their frozen facts.

    One whose conclusions would move is journalled and told to the authors and to the qualified authority,
    once for these texts. Safe to run twice. Returns how many moved.
    """
    texts = hash_of_texts(on)
    rows = (
        Assessment.objects.decided().filter(project__state__in=OPEN_PROJECTS).exclude(reassessed_with=texts)
    )
    pending = rows.select_related("project__organisation").order_by("pk")
    return sum(_reassess(row, texts=texts, on=on) for row in pending.iterator())


def hash_of_texts(on: dt.date) -> str:
    return sha256_of({text.code: text.sha256 for text in rule_sets_on(on)})


def _reassess(assessment: Assessment, *, texts: str, on: dt.date) -> bool:
    moved = moved_between(result_now(assessment), assess(facts_from_json(assessment.facts or {}), on))
    with transaction.atomic():
        rows = Assessment.objects.filter(pk=assessment.pk).exclude(reassessed_with=texts)
        if not rows.update(reassessed_with=texts) or not moved.changes:
            return False
        record(assessment, "reassess", actor=system_actor("beat"), detail=moved.as_dict())
        _tell(assessment, moved, texts=texts)
    return True


def _tell(assessment: Assessment, moved: Moved, *, texts: str) -> None:
    project = assessment.project
    lines = [
        f"{change.label} : « {change.before_label} » deviendrait « {change.after_label} »."
        for change in moved.changes
    ]
    notify(
        [*project_people(project), *people_holding(project.organisation, Role.QUALIFIED_AUTHORITY)],
        subject=f"Un texte a changé : analyse de {project.number} à refaire",
        body="\n".join([*lines, "La décision prise vaut encore. Refaites l’analyse pour la remplacer."]),
        url=assessment.get_absolute_url(),
        organisation=project.organisation,
        key=f"reassess:{assessment.uuid}:{texts[:16]}",
    )
