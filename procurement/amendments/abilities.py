"""Who writes an amendment; the steps of the chain that its whole needs sign it, never who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.approval.signing import awaited_role, right_to_sign

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Amendment, Contract

WRITERS = (Role.REQUESTER, Role.PURCHASING)
_OTHER_SIDE = "Cette action revient à l’administration qui commande."
_NOT_YOURS = "La personne qui a écrit cet avenant le corrige. Demandez-lui, ou retirez-le."


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
    """A few queries for who may sign the step that waits (procurement.approval.signing)."""
    writes = _writes(actor, amendment.contract.buyer_id)
    return {
        "edit": writes or ("" if amendment.is_author(actor.user) else _NOT_YOURS),
        "approve": approval_refusal(actor, amendment),
        "refuse": approval_refusal(actor, amendment, ceiling=False),
        "withdraw": writes,
    }


def approval_refusal(actor: Actor, amendment: Amendment, *, ceiling: bool = True) -> str:
    """Empty, or why this person may not sign the step that waits: role, authorship, ceiling, delegation."""
    if actor.organisation is None or actor.organisation.pk != amendment.contract.buyer_id:
        return _OTHER_SIDE
    return right_to_sign(actor, amendment, awaited_role(amendment), ceiling=ceiling).refusal
