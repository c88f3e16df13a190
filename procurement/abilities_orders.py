"""Who may do what to an order, a contract, a vehicle. The state is not judged here: moves judge it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.approval.signing import awaited_role, right_to_sign

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Contract, ContractReview, Order, PurchasingVehicle, VehicleLot

_OTHER_SIDE = "Cette action revient à l’administration qui commande."
_SUPPLIER_SIDE = "Cette action revient au fournisseur."


def _needs(actor: Actor, *roles: Role, side: str = "") -> str:
    return side or ("" if actor.has(*roles) else role_needed(roles[0]))


def order_abilities(actor: Actor, order: Order) -> Verdicts:
    """A few queries for who may sign the step that waits (procurement.approval.signing)."""
    own = actor.organisation is not None and actor.organisation.pk == order.buyer_id
    supplier_id = order.supplier.organisation_id
    sells = (
        actor.organisation is not None and supplier_id is not None and actor.organisation.pk == supplier_id
    )
    buyer_side, supplier_side = ("" if own else _OTHER_SIDE), ("" if sells else _SUPPLIER_SIDE)
    writes = _needs(actor, Role.REQUESTER, side=buyer_side)
    answers = _needs(actor, Role.SUPPLIER_MANAGER, side=supplier_side)
    speaks = "" if (own and actor.roles) or (sells and actor.roles) else _OTHER_SIDE
    return {
        "edit": writes,
        "request_opinions": writes,
        "request_approval": writes,
        "approve": approval_refusal(actor, order, side=buyer_side),
        "reject": approval_refusal(actor, order, side=buyer_side, ceiling=False),
        "commit": _needs(actor, Role.FINANCE, side=buyer_side),
        "send": writes,
        "cancel": writes,
        "reopen": writes,
        "acknowledge": answers,
        "refuse": answers,
        "write_message": speaks,
    }


def approval_refusal(actor: Actor, order: Order, *, side: str = "", ceiling: bool = True) -> str:
    """Empty, or why this person may not sign the step that waits: role, authorship, ceiling, delegation."""
    if side:
        return side
    return right_to_sign(actor, order, awaited_role(order), ceiling=ceiling).refusal


def orders_abilities(actor: Actor) -> Verdicts:
    """What needs no order yet: writing one, listing them."""
    refusal = "" if actor.is_buyer else _OTHER_SIDE
    seen = "" if actor.organisation is not None else "Choisissez une organisation."
    return {"create": _needs(actor, Role.REQUESTER, side=refusal), "list": seen}


def contract_abilities(actor: Actor, contract: Contract) -> Verdicts:
    own = actor.organisation is not None and actor.organisation.pk == contract.buyer_id
    side = "" if own else _OTHER_SIDE
    manages = _needs(actor, Role.REQUESTER, Role.PURCHASING, side=side)
    return {
        "start_ending": manages,
        "end": manages,
        "terminate": manages,
        "decide_review": manages,
    }


def review_abilities(actor: Actor, review: ContractReview) -> Verdicts:
    return {"decide": contract_abilities(actor, review.contract)["decide_review"]}


def vehicles_abilities(actor: Actor) -> Verdicts:
    side = "" if actor.is_buyer else _OTHER_SIDE
    return {
        "create": _needs(actor, Role.PURCHASING, Role.ORGANISATION_ADMIN, side=side),
        "list": side or ("" if actor.roles else role_needed(Role.PURCHASING)),
    }


def vehicle_abilities(actor: Actor, vehicle: PurchasingVehicle) -> Verdicts:
    """Its lots are written by who records vehicles."""
    verdicts = vehicles_abilities(actor)
    return {**verdicts, "add_lot": verdicts["create"], "edit": verdicts["create"]}


def vehicle_lot_abilities(actor: Actor, lot: VehicleLot) -> Verdicts:
    return vehicle_abilities(actor, lot.vehicle)
