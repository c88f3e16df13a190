"""Who awards: the service achats without a link. Who gives certificates: it, or the supplier chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.awards.states import AWARD
from procurement.evaluation.abilities import evaluation_abilities, evaluations_abilities

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Award


def awards_abilities(actor: Actor) -> Verdicts:
    """What needs no award yet."""
    return evaluations_abilities(actor)


def outcomes_abilities(actor: Actor) -> Verdicts:
    """Who may end a lot that nobody is to have: the service achats."""
    return {"create": "" if actor.is_buyer and actor.has(Role.PURCHASING) else role_needed(Role.PURCHASING)}


def award_abilities(actor: Actor, award: Award) -> Verdicts:
    """No query when the evaluators were prefetched."""
    buys = evaluation_abilities(actor, award.consultation.evaluation)["award"]
    return {**dict.fromkeys(AWARD, buys), "add_certificate": _gives(actor, award, buys)}


def _gives(actor: Actor, award: Award, buys: str) -> str:
    own = actor.organisation is not None and actor.organisation.pk == award.supplier.organisation_id
    if not own:
        return buys
    signs = actor.is_supplier and actor.has(Role.SUPPLIER_MANAGER)
    return "" if signs else role_needed(Role.SUPPLIER_MANAGER)
