"""Who may announce a drill, and who may cancel it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from qualification.abilities import ties_of

if TYPE_CHECKING:
    from catalog.models import Offer
    from marketplace.accounts.actors import Actor
    from qualification.drills.models import SecurityDrill

HOLDERS = (Role.SUPPLIER_MANAGER, Role.QUALIFICATION_OFFICER)
NEEDS_HOLDER = role_needed(
    *HOLDERS, because="Un exercice est annoncé par le fournisseur de l’offre ou par l’opérateur."
)
THE_OPERATORS = "Cet exercice est annoncé par l’opérateur : lui seul l’annule."


def drills_abilities(actor: Actor) -> Verdicts:
    return {"create": "" if actor.has(*HOLDERS) else NEEDS_HOLDER}


def announce_refusal(actor: Actor, offer: Offer) -> str:
    """Two queries for an officer, none for others."""
    return _holds(actor, offer.supplier.organisation_id)


def drill_abilities(actor: Actor, drill: SecurityDrill) -> Verdicts:
    refusal = _holds(actor, drill.organisation_id)
    if not refusal and not drill.by_supplier and not actor.has(Role.QUALIFICATION_OFFICER):
        refusal = THE_OPERATORS
    return {"cancel": refusal}


def _holds(actor: Actor, owner: int | None) -> str:
    if actor.has(Role.SUPPLIER_MANAGER):
        own = actor.organisation is not None and actor.organisation.pk == owner
        return "" if own else NEEDS_HOLDER
    if not actor.has(Role.QUALIFICATION_OFFICER):
        return NEEDS_HOLDER
    return ties_of(actor).refusal(owner) if owner is not None else ""
