"""Who proposes and who decides; who gives a private price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import CounterProposal, Order, PrivatePrice

_BUYER_SIDE = "Cette action revient à l’administration qui commande."
_SUPPLIER_SIDE = "Cette action revient au fournisseur."


def _sells(actor: Actor, organisation_id: int | None) -> str:
    if actor.organisation is None or organisation_id is None or actor.organisation.pk != organisation_id:
        return _SUPPLIER_SIDE
    able = actor.user is not None and actor.has(Role.SUPPLIER_MANAGER)
    return "" if able else role_needed(Role.SUPPLIER_MANAGER)


def propose_ability(actor: Actor, order: Order) -> str:
    return _sells(actor, order.supplier.organisation_id)


def counter_proposals_abilities(actor: Actor) -> Verdicts:
    """What needs no order yet."""
    return {"create": _manages(actor)}


def counter_proposal_abilities(actor: Actor, proposal: CounterProposal) -> Verdicts:
    order = proposal.order
    decides = _BUYER_SIDE
    if actor.organisation is not None and actor.organisation.pk == order.buyer_id:
        able = actor.user is not None and actor.has(Role.REQUESTER)
        decides = "" if able else role_needed(Role.REQUESTER)
    return {"accept": decides, "refuse": decides, "withdraw": propose_ability(actor, order)}


def private_prices_abilities(actor: Actor) -> Verdicts:
    return {"create": _manages(actor)}


def private_price_abilities(actor: Actor, price: PrivatePrice) -> Verdicts:
    return {"withdraw": _sells(actor, price.offer.supplier.organisation_id)}


def _manages(actor: Actor) -> str:
    if not actor.is_supplier:
        return _SUPPLIER_SIDE
    able = actor.user is not None and actor.has(Role.SUPPLIER_MANAGER)
    return "" if able else role_needed(Role.SUPPLIER_MANAGER)
