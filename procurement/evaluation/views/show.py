"""`/consultations/CNS-…/evaluation/` and its comparison: what each may read at this moment."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import Verdicts, allowed
from marketplace.ui.drawings import MarkGroup, Step
from marketplace.ui.typography import plural
from procurement.awards.views.ending import endable_lots
from procurement.consultations.views.find import page_url
from procurement.evaluation import rules
from procurement.evaluation.abilities import evaluation_abilities
from procurement.evaluation.enums import EvaluationState
from procurement.evaluation.sheet import (
    LotSheet,
    agreed_missing,
    judged_criteria,
    lots_of,
    marks_missing,
    seen_marks,
)
from procurement.evaluation.views.find import trail, visible
from procurement.models import Evaluation, Evaluator
from procurement.views.find import actor_of

ACTS = (
    ("open_consensus", "mise-en-commun", "Ouvrir la mise en commun"),
    ("conclude", "classement", "Arrêter le classement"),
    ("resume", "reprendre", "Reprendre la mise en commun"),
)


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    actor, found = actor_of(request), visible(request, number)
    verdicts, own = evaluation_abilities(actor, found), found.evaluator_of(actor)
    running = found.state != EvaluationState.EVALUATED
    context = {
        "evaluation": found,
        "consultation": found.consultation,
        "own": own,
        "own_missing": len(marks_missing(found, own)) if own is not None and own.counts else None,
        "may_mark": _may_mark(found, own, verdicts),
        "criteria": judged_criteria(found),
        "lots": [(lot, marks_by_criterion(found, lot)) for lot in lots_of(found)],
        "missing": agreed_missing(found) if found.state == EvaluationState.CONSENSUS else [],
        "acts": _acts(found, verdicts),
        "may_name": allowed(verdicts, "name_evaluators") and found.state == EvaluationState.MARKING,
        "may_agree": allowed(verdicts, "agree") and found.state == EvaluationState.CONSENSUS,
        "endable": endable_lots(actor, found.consultation),
        "may_clarify": allowed(verdicts, "clarify") and running,
        "steps": steps_of(found),
        "low_price_rule": rules.low_price_on(found.created_at.date()),
        "breadcrumb_data": trail(found, current="Évaluation"),
    }
    return render(request, "procurement/evaluation/show.html", context)


def marks_by_criterion(found: Evaluation, lot: LotSheet) -> list[MarkGroup]:
    """For the picture, in the order of the ranking; empty while each person marks apart."""
    judged = [one for one in lot.ranked if one.set_aside is None and one.standing is not None]
    if not found.marks_are_shared or not judged or lot.outcome is not None:
        return []
    return [
        MarkGroup(
            f"{criterion.label} ({criterion.weight} %)",
            tuple((one.supplier, one.standing.scores[place].mark) for one in judged if one.standing),
        )
        for place, criterion in enumerate(found.consultation.criteria.all())
    ]


def _may_mark(found: Evaluation, own: Evaluator | None, verdicts: Verdicts) -> bool:
    ready = own is not None and own.counts and own.given_at is None
    return ready and allowed(verdicts, "mark") and found.state == EvaluationState.MARKING


def _acts(found: Evaluation, verdicts: Verdicts) -> list[dict[str, str]]:
    moves = {move.name for move in found.available_moves()}
    return [
        {"url": page_url("evaluation_act", found.consultation, words), "label": label}
        for ability, words, label in ACTS
        if ability in moves and allowed(verdicts, ability)
    ]


def steps_of(found: Evaluation) -> list[Step]:
    """Where the evaluation stands, in words."""
    expected = [one for one in found.evaluators.all() if not one.has_interest]
    given = sum(one.given_at is not None for one in expected)
    told = f"{given} sur {plural(len(expected), one='personne', many='personnes')}"
    done = {
        EvaluationState.MARKING: 0,
        EvaluationState.CONSENSUS: 1,
        EvaluationState.EVALUATED: 3,
    }[EvaluationState(found.state)]
    words = [
        ("Notes séparées", f"notes données par {told}"),
        ("Mise en commun", "notes retenues, avec leur motif"),
        ("Classement arrêté", "la formule du prix appliquée"),
    ]
    states = ["done" if place < done else "current" if place == done else "todo" for place in range(3)]
    return [Step(label, state, said) for (label, said), state in zip(words, states, strict=True)]


@login_required
@require_safe
def compare(request: HttpRequest, number: str) -> HttpResponse:
    """Responses side by side, a column each; what is not answered is said."""
    actor, found = actor_of(request), visible(request, number)
    marks = seen_marks(found, actor)
    context = {
        "evaluation": found,
        "consultation": found.consultation,
        "lots": [(lot, _rows(found, lot, marks)) for lot in lots_of(found)],
        "breadcrumb_data": trail(found, current="Comparaison"),
    }
    return render(request, "procurement/evaluation/compare.html", context)


def _rows(found: Evaluation, lot: LotSheet, marks: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """(criterion, a cell by response): marks seen by this reader, the agreed mark, the computed price."""
    rows = []
    for position, criterion in enumerate(found.consultation.criteria.all()):
        cells = []
        for one in lot.responses:
            seen = [
                (str(evaluator), mark)
                for evaluator, mark in marks
                if mark.criterion_id == criterion.pk and mark.response_id == one.response.pk
            ]
            score = one.standing.scores[position] if one.standing is not None else None
            cells.append({"marks": seen, "score": score, "aside": one.set_aside is not None})
        rows.append((f"{criterion.label} ({criterion.weight} %)", cells))
    return rows
