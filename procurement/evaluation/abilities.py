"""Who does what to an evaluation. States are judged by moves and actions, not here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.consultations.abilities import A_PERSON, OTHER_ADMINISTRATION

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import ClarificationRequest, Consultation, Evaluation

NOT_EVALUATOR = "Vous n’êtes pas parmi les personnes nommées pour évaluer."
LINKED = "Vous avez déclaré un lien avec un fournisseur : vous ne participez pas à cette évaluation."
OF_THE_SUPPLIER = "Le fournisseur interrogé répond."
DECIDES = (
    "name_evaluators",
    "open_consensus",
    "agree",
    "conclude",
    "resume",
    "set_aside",
    "lift",
    "clarify",
    "award",
)


def evaluations_abilities(actor: Actor) -> Verdicts:
    """What needs no evaluation yet."""
    return {"create": "" if actor.is_buyer and _purchases(actor) else role_needed(Role.PURCHASING)}


def begin_ability(actor: Actor, consultation: Consultation) -> Verdicts:
    own = actor.organisation is not None and actor.organisation.pk == consultation.organisation_id
    if not own:
        return {"create": OTHER_ADMINISTRATION}
    return {"create": "" if _purchases(actor) else role_needed(Role.PURCHASING)}


def _purchases(actor: Actor) -> bool:
    return actor.user is not None and actor.has(Role.PURCHASING)


def evaluation_abilities(actor: Actor, evaluation: Evaluation) -> Verdicts:
    """No query when the evaluators were prefetched."""
    decides = _decides(actor, evaluation)
    return {
        **dict.fromkeys(DECIDES, decides),
        "declare_interest": _evaluates(actor, evaluation, linked=True),
        **dict.fromkeys(("mark", "give"), _evaluates(actor, evaluation, linked=False)),
    }


def _decides(actor: Actor, evaluation: Evaluation) -> str:
    refusal = begin_ability(actor, evaluation.consultation)["create"]
    if refusal:
        return refusal
    named = evaluation.evaluator_of(actor)
    return LINKED if named is not None and named.has_interest else ""


def _evaluates(actor: Actor, evaluation: Evaluation, *, linked: bool) -> str:
    """`linked`: also who declared a link."""
    consultation = evaluation.consultation
    if actor.organisation is None or actor.organisation.pk != consultation.organisation_id:
        return OTHER_ADMINISTRATION
    if actor.user is None:
        return A_PERSON
    named = evaluation.evaluator_of(actor) if actor.roles else None
    if named is None:
        return NOT_EVALUATOR
    return LINKED if named.has_interest and not linked else ""


def clarifications_abilities(actor: Actor) -> Verdicts:
    return evaluations_abilities(actor)


def clarification_abilities(actor: Actor, request: ClarificationRequest) -> Verdicts:
    """Who signs for the supplier answers."""
    supplier = request.response.deposit.supplier
    own = actor.organisation is not None and actor.organisation.pk == supplier.organisation_id
    if not own:
        return {"answer": OF_THE_SUPPLIER}
    signs = actor.is_supplier and actor.has(Role.SUPPLIER_MANAGER)
    return {"answer": "" if signs else role_needed(Role.SUPPLIER_MANAGER)}
