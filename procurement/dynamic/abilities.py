"""Who opens a system and answers: the service achats. Who applies: who signs for a supplier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.abilities import OTHER_ORGANISATION

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Admission, DynamicSystem

ANSWERS = ("admit", "refuse", "end", "extend")


def systems_abilities(actor: Actor) -> Verdicts:
    able = actor.is_buyer and actor.user is not None and actor.has(Role.PURCHASING)
    return {"create": "" if able else role_needed(Role.PURCHASING)}


def admissions_abilities(actor: Actor) -> Verdicts:
    """Any supplier; the conditions are judged by the action."""
    signs = actor.is_supplier and actor.user is not None and actor.has(Role.SUPPLIER_MANAGER)
    return {"create": "" if signs else role_needed(Role.SUPPLIER_MANAGER)}


def system_abilities(actor: Actor, system: DynamicSystem) -> Verdicts:
    own = (
        actor.is_buyer and actor.organisation is not None and actor.organisation.pk == system.organisation_id
    )
    reads = (own and bool(actor.roles)) or actor.has(Role.AUDITOR)
    buys = own and actor.user is not None and actor.has(Role.PURCHASING)
    return {
        "write_categories": "" if buys else OTHER_ORGANISATION if not own else role_needed(Role.PURCHASING),
        "ask": admissions_abilities(actor)["create"],
        "see_admissions": "" if reads else OTHER_ORGANISATION,
    }


def admission_abilities(actor: Actor, admission: Admission) -> Verdicts:
    """No query when the system and the supplier were joined."""
    organisation = actor.organisation.pk if actor.organisation is not None else None
    buyer = OTHER_ORGANISATION
    if organisation == admission.system.organisation_id:
        buyer = systems_abilities(actor)["create"]
    supplier = OTHER_ORGANISATION
    if organisation is not None and organisation == admission.supplier.organisation_id:
        supplier = admissions_abilities(actor)["create"]
    return {**dict.fromkeys(ANSWERS, buyer), "withdraw": supplier, "add_paper": supplier}
