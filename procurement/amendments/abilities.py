"""Who writes an amendment; an approver whose ceiling covers the whole approves it, never who wrote it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.approval.signing import refusal_to_approve

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Amendment, Contract

WRITERS = (Role.REQUESTER, Role.PURCHASING)
_OTHER_SIDE = "Cette action revient à l’administration qui commande."


def _writes(actor: Actor, buyer_id: int) -> str:
    if actor.organisation is None or actor.organisation.pk != buyer_id:
        return _OTHER_SIDE
    if actor.user is None or not actor.has(*WRITERS):
        return role_needed(*WRITERS)
    return ""


def amendments_abilities(actor: Actor) -> Verdicts:
    """What needs no contract yet."""
    able = actor.is_buyer and actor.user is not None and actor.has(*WRITERS)
    return {"create": "" if able else role_needed(*WRITERS)}


def write_ability(actor: Actor, contract: Contract) -> str:
    return _writes(actor, contract.buyer_id)


def amendment_abilities(actor: Actor, amendment: Amendment) -> Verdicts:
    return {
        "approve": approval_refusal(actor, amendment),
        "refuse": approval_refusal(actor, amendment),
        "withdraw": _writes(actor, amendment.contract.buyer_id),
    }


def approval_refusal(actor: Actor, amendment: Amendment, *, total: Decimal | None = None) -> str:
    """With `total`, the ceiling of the delegation is judged too."""
    contract = amendment.contract
    if actor.organisation is None or actor.organisation.pk != contract.buyer_id:
        return _OTHER_SIDE
    return refusal_to_approve(actor, contract.order, total=total, writer_id=amendment.written_by_id)
