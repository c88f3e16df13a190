"""Naming who evaluates, what each declares and marks apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from procurement.consultations.enums import ConsultationState, CriterionKind
from procurement.consultations.people import members_of
from procurement.consultations.telling import tell_people
from procurement.evaluation.abilities import begin_ability
from procurement.evaluation.enums import MOST_EVALUATORS, EvaluationState
from procurement.evaluation.sheet import judged_responses, marks_missing
from procurement.models import Consultation, Evaluation, Evaluator, Mark

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User
    from procurement.models import AwardCriterion, OpenedResponse

FULL = Decimal(20)


@dataclass(frozen=True)
class MarkGiven:
    """`value` None: not marked, what was kept is taken away."""

    response: OpenedResponse
    value: Decimal | None
    reason: str = ""


def begin(consultation: Consultation, *, actor: Actor, people: Sequence[User]) -> Evaluation:
    """Opens the evaluation of an opened consultation. Raises NotAllowed, MoveRefused, RuleBroken."""
    require(begin_ability(actor, consultation), "create")
    with transaction.atomic():
        row = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        refuse_not_opened(row)
        if Evaluation.objects.filter(consultation=row).exists():
            raise MoveRefused("evaluation_exists", "L’évaluation de cette consultation est commencée.")
        if not row.deposits.filter(opened__isnull=False).exists():
            raise MoveRefused(
                "no_response", "Aucune réponse n’a été reçue : déclarez la consultation infructueuse."
            )
        made = Evaluation.objects.create(consultation=row)
        made.journal_creation(actor=actor)
        _name(made, people, actor=actor)
    return made


def refuse_not_opened(row: Consultation) -> None:
    if row.state != ConsultationState.OPENED:
        raise MoveRefused(
            "consultation_not_opened",
            f"L’évaluation suit l’ouverture : l’état est « {row.get_state_display()} ».",
            about=row,
        )


def name_evaluators(
    evaluation: Evaluation, *, actor: Actor, people: Sequence[User], expected_version: int | None = None
) -> Evaluation:
    """More people, while marks are apart. Raises MoveRefused, RuleBroken."""

    def apply(row: Evaluation) -> None:
        refuse_unless(row, EvaluationState.MARKING)
        _name(row, people, actor=actor)

    return evaluation.touch("name_evaluators", actor=actor, apply=apply, expected_version=expected_version)


def refuse_unless(row: Evaluation, *states: str) -> None:
    """Raises MoveRefused out of these states, or once its consultation has ended."""
    refuse_not_opened(Consultation.objects.get(pk=row.consultation_id))
    if row.state not in states:
        raise MoveRefused(
            "wrong_state",
            f"Ce n’est pas possible : l’état est « {row.get_state_display()} ». Rechargez la page.",
            about=row,
        )


def _name(row: Evaluation, people: Sequence[User], *, actor: Actor) -> None:
    own = {one.pk for one in members_of(row.consultation.organisation)}
    if not people or any(one.pk not in own for one in people):
        raise RuleBroken(
            "evaluator_elsewhere", "Nommez au moins une personne de votre administration.", field="people"
        )
    known = set(row.evaluators.values_list("user_id", flat=True))
    new = [one for one in dict.fromkeys(people) if one.pk not in known]
    if len(known) + len(new) > MOST_EVALUATORS:
        raise RuleBroken("too_many_evaluators", f"{MOST_EVALUATORS} personnes au plus.", field="people")
    Evaluator.objects.bulk_create(Evaluator(evaluation=row, user=one) for one in new)
    names = sorted(str(one) for one in new)
    record(row, "evaluators_named", actor=actor, detail={"people": names})
    tell_people(
        row.consultation,
        new,
        "Vous êtes nommé pour évaluer",
        "Déclarez d’abord vos liens avec les fournisseurs, puis notez. Vos notes ne sont visibles que de "
        "vous jusqu’à la mise en commun.",
        url=row.get_absolute_url(),
    )


def declare_interest(
    evaluation: Evaluation, *, actor: Actor, has_interest: bool, statement: str = ""
) -> Evaluation:
    """Before marking. A link, said then or later, bars for good: what was marked is not read.

    Raises NotAllowed, MoveRefused once marks are shared, RuleBroken.
    """
    if has_interest and not statement.strip():
        raise RuleBroken("statement_missing", "Dites quel est ce lien.", field="statement")

    def apply(row: Evaluation) -> None:
        refuse_unless(row, EvaluationState.MARKING)
        own = _own(row, actor)
        if own.has_interest:
            raise MoveRefused("linked", "Votre lien est déclaré : il ne se retire pas.", about=row)
        own.has_interest, own.statement, own.declared_at = has_interest, statement, timezone.now()
        own.save(update_fields=["has_interest", "statement", "declared_at"])

    return evaluation.touch(
        "declare_interest",
        actor=actor,
        apply=apply,
        reason=statement,
        detail={"has_interest": has_interest},
    )


def _own(row: Evaluation, actor: Actor) -> Evaluator:
    """Locked. Raises NotAllowed for who was not named."""
    own = row.evaluators.select_for_update().filter(user=actor.user).first()
    if own is None:
        raise NotAllowed("not_allowed", "Vous n’êtes pas parmi les personnes nommées pour évaluer.")
    return own


def refuse_unready(own: Evaluator) -> None:
    """Raises MoveRefused before the declaration, and once all is given."""
    if own.has_interest is None:
        raise MoveRefused("declaration_missing", "Déclarez d’abord vos liens avec les fournisseurs.")
    if own.has_interest:
        raise MoveRefused("linked", "Vous avez déclaré un lien : vous ne notez pas.")
    if own.given_at is not None:
        raise MoveRefused("marks_given", "Vos notes sont données : elles ne changent plus.")


def save_marks(
    evaluation: Evaluation, *, actor: Actor, criterion: AwardCriterion, marks: Sequence[MarkGiven]
) -> Evaluation:
    """One's own, on one criterion. The journal never holds a value. Raises MoveRefused, RuleBroken."""

    def apply(row: Evaluation) -> None:
        refuse_unless(row, EvaluationState.MARKING)
        own = _own(row, actor)
        refuse_unready(own)
        refuse_marks(row, criterion, marks)
        for one in marks:
            _keep(own, criterion, one, now=timezone.now())

    return evaluation.touch(
        "mark", actor=actor, apply=apply, detail={"criterion": criterion.label, "marks": len(marks)}
    )


def refuse_marks(row: Evaluation, criterion: AwardCriterion, marks: Sequence[MarkGiven]) -> None:
    """Raises RuleBroken naming the field: the price is computed, the range, a reason, a response judged."""
    if criterion.consultation_id != row.consultation_id or criterion.kind == CriterionKind.PRICE:
        message = "Le prix n’est pas noté par une personne : sa formule le fait."
        raise RuleBroken("criterion_not_marked", message, field="criterion")
    judged = {one.response.pk for one in judged_responses(Evaluation.objects.with_sheet().get(pk=row.pk))}
    fields: dict[str, list[str]] = {}
    for one in marks:
        for name, sentence in _faults(one, judged):
            fields.setdefault(f"{name}_{one.response.uuid.hex}", []).append(sentence)
    if fields:
        raise RuleBroken("marks_refused", "Certaines notes sont à reprendre.", fields=fields)


def _faults(one: MarkGiven, judged: set[int]) -> list[tuple[str, str]]:
    supplier = one.response.deposit.supplier.name
    if one.response.pk not in judged:
        return [("value", f"La réponse de {supplier} n’est pas à noter ici.")]
    if one.value is None:
        return []
    found = []
    if not one.value.is_finite() or not 0 <= one.value <= FULL:
        found.append(("value", f"{supplier} : donnez une note de 0 à 20."))
    elif one.value != one.value.quantize(Decimal("0.01")):
        found.append(("value", f"{supplier} : deux décimales au plus."))
    if not one.reason.strip():
        found.append(("reason", f"{supplier} : donnez le motif de cette note."))
    return found


def _keep(own: Evaluator, criterion: AwardCriterion, one: MarkGiven, *, now: dt.datetime) -> None:
    same = {"evaluator": own, "response": one.response, "criterion": criterion}
    if one.value is None:
        Mark.objects.filter(**same).delete()
        return
    Mark.objects.update_or_create(
        **same, defaults={"value": one.value, "reason": one.reason, "saved_at": now}
    )


def give(evaluation: Evaluation, *, actor: Actor) -> Evaluation:
    """All one's marks, for good. Raises MoveRefused, RuleBroken while some are missing."""

    def apply(row: Evaluation) -> None:
        refuse_unless(row, EvaluationState.MARKING)
        own = _own(row, actor)
        refuse_unready(own)
        missing = marks_missing(Evaluation.objects.with_sheet().get(pk=row.pk), own)
        if missing:
            first = ", ".join(f"{one.supplier} ({criterion.label})" for criterion, one in missing[:3])
            more = f" et {len(missing) - 3} autres" if len(missing) > 3 else ""
            raise RuleBroken("marks_missing", f"Il manque une note à : {first}{more}.")
        own.given_at = timezone.now()
        own.save(update_fields=["given_at"])

    return evaluation.touch("give", actor=actor, apply=apply)
