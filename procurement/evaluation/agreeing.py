"""The consensus: marks are shared, the service achats retains some with reasons, then fixes the ranking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from marketplace.errors import MoveRefused, RuleBroken
from procurement.evaluation.enums import EvaluationState
from procurement.evaluation.evaluating import MarkGiven, refuse_marks, refuse_not_opened, refuse_unless
from procurement.evaluation.sheet import LotSheet, agreed_missing, lots_of
from procurement.models import AgreedMark, Award, Consultation, Evaluation

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.evaluation.scoring import Standing
    from procurement.models import AwardCriterion


def open_consensus(
    evaluation: Evaluation, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> Evaluation:
    """Once all who may mark have given; before that with a reason, and with one set of marks at least.

    Raises MoveRefused, RuleBroken.
    """

    def apply(row: Evaluation) -> None:
        refuse_not_opened(Consultation.objects.get(pk=row.consultation_id))
        expected = [one for one in row.evaluators.all() if not one.has_interest]
        waiting = [str(one) for one in expected if one.given_at is None]
        if len(waiting) == len(expected):
            message = "Personne n’a encore donné ses notes : nommez une personne sans lien, ou attendez."
            raise MoveRefused("nobody_gave", message, about=row)
        if waiting and not reason.strip():
            message = f"Notes attendues de : {', '.join(waiting)}. Sans elles, dites pourquoi."
            raise RuleBroken("marks_awaited", message, field="reason")

    return evaluation.perform(
        "open_consensus", actor=actor, reason=reason, apply=apply, expected_version=expected_version
    )


def agree(
    evaluation: Evaluation,
    *,
    actor: Actor,
    criterion: AwardCriterion,
    marks: Sequence[MarkGiven],
    expected_version: int | None = None,
) -> Evaluation:
    """The marks that are retained on one criterion, each with its reason. Raises MoveRefused, RuleBroken."""

    def apply(row: Evaluation) -> None:
        refuse_unless(row, EvaluationState.CONSENSUS)
        refuse_marks(row, criterion, marks)
        for one in marks:
            same = {"evaluation": row, "response": one.response, "criterion": criterion}
            if one.value is None:
                AgreedMark.objects.filter(**same).delete()
                continue
            told = {"value": one.value, "reason": one.reason, "decided_by": actor.user}
            AgreedMark.objects.update_or_create(**same, defaults={**told, "decided_at": timezone.now()})

    values = {one.response.deposit.supplier.name: one.value for one in marks}
    return evaluation.touch(
        "agree",
        actor=actor,
        apply=apply,
        expected_version=expected_version,
        detail={"criterion": criterion.label, "marks": values},
    )


def conclude(evaluation: Evaluation, *, actor: Actor, expected_version: int | None = None) -> Evaluation:
    """Fixes the ranking with its arithmetic. Raises MoveRefused, RuleBroken while a mark is missing."""

    def apply(row: Evaluation) -> None:
        refuse_not_opened(Consultation.objects.get(pk=row.consultation_id))
        whole = Evaluation.objects.with_sheet().get(pk=row.pk)
        missing = agreed_missing(whole)
        if missing:
            told = ", ".join(f"{one.supplier} ({criterion.label})" for criterion, one in missing[:5])
            raise RuleBroken("agreed_missing", f"Il manque une note retenue à : {told}.")
        row.standings = [_frozen(lot) for lot in lots_of(whole) if lot.outcome is None]
        row.concluded_by, row.concluded_at = actor.user, timezone.now()

    return evaluation.perform("conclude", actor=actor, apply=apply, expected_version=expected_version)


def resume(
    evaluation: Evaluation, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Evaluation:
    """Before any award is proposed. Raises MoveRefused."""

    def apply(row: Evaluation) -> None:
        # An award is proposed under the same lock.
        consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=row.consultation_id)
        refuse_not_opened(consultation)
        if Award.objects.living().filter(consultation=consultation).exists():
            message = "Une attribution est en cours : abandonnez-la d’abord, avec son motif."
            raise MoveRefused("award_exists", message, about=row)
        row.standings, row.concluded_by, row.concluded_at = [], None, None

    return evaluation.perform(
        "resume", actor=actor, reason=reason, apply=apply, expected_version=expected_version
    )


def _frozen(lot: LotSheet) -> dict[str, Any]:
    standings = [one.standing for one in lot.ranked if one.standing is not None]
    return {"lot": lot.lot.number, "responses": [as_dict(one) for one in standings]}


def as_dict(one: Standing) -> dict[str, Any]:
    """As it is kept and as the API gives it; amounts and marks as text."""
    return {
        "response": one.response,
        "supplier": one.supplier,
        "total_eur_ht": _text(one.total_eur_ht),
        "points": _text(one.points),
        "rank": one.rank,
        "why_not": one.why_not,
        "scores": [
            {
                "criterion": each.criterion,
                "label": each.label,
                "weight": each.weight,
                "mark": _text(each.mark),
                "points": _text(each.points),
                "arithmetic": each.arithmetic,
            }
            for each in one.scores
        ],
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
