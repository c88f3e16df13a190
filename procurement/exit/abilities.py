"""Who leaves a contract: those who manage it. Who secures it: the RSSI and who asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.abilities_orders import contract_abilities

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Contract, ExitPlan

SECURERS = (Role.SECURITY_OFFICER, Role.REQUESTER)
WRITERS = (Role.REQUESTER, Role.PURCHASING)
_OTHER_SIDE = "Cette action revient à l’administration qui commande."
_PEOPLE = "Cet acte est celui d’une personne."
ACTS = ("give_notice", "close", "abandon", "rehearse", "request_export", "receive_export", "record_erasure")


def open_ability(actor: Actor, contract: Contract) -> str:
    refusal = contract_abilities(actor, contract)["start_ending"]
    return refusal or ("" if actor.user is not None else _PEOPLE)


def exits_abilities(actor: Actor) -> Verdicts:
    """What needs no contract yet."""
    able = actor.is_buyer and actor.user is not None and actor.has(*WRITERS)
    return {"create": "" if able else role_needed(*WRITERS)}


def exit_abilities(actor: Actor, plan: ExitPlan) -> Verdicts:
    return dict.fromkeys(ACTS, open_ability(actor, plan.contract))


def secure_ability(actor: Actor, contract: Contract) -> str:
    if actor.organisation is None or actor.organisation.pk != contract.buyer_id:
        return _OTHER_SIDE
    if actor.user is None:
        return _PEOPLE
    return "" if actor.has(*SECURERS) else role_needed(*SECURERS)
