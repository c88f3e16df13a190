"""Who applies: who signs for a supplier. Who chooses: the service achats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.abilities import OTHER_ORGANISATION

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Candidate


def candidates_abilities(actor: Actor) -> Verdicts:
    """Any supplier; the conditions are judged by the action."""
    signs = actor.is_supplier and actor.user is not None and actor.has(Role.SUPPLIER_MANAGER)
    return {"create": "" if signs else role_needed(Role.SUPPLIER_MANAGER)}


def candidate_abilities(actor: Actor, candidate: Candidate) -> Verdicts:
    """No query when the consultation and the supplier were joined."""
    organisation = actor.organisation.pk if actor.organisation is not None else None
    buyer = supplier = OTHER_ORGANISATION
    if organisation is not None and organisation == candidate.consultation.organisation_id:
        able = actor.is_buyer and actor.user is not None and actor.has(Role.PURCHASING)
        buyer = "" if able else role_needed(Role.PURCHASING)
    if organisation is not None and organisation == candidate.supplier.organisation_id:
        supplier = candidates_abilities(actor)["create"]
    return {**dict.fromkeys(("select", "reject"), buyer), "withdraw": supplier, "add_paper": supplier}
