"""The chain of approval and the delegations of signature: pages and API."""

from __future__ import annotations

from typing import Any

from procurement.models import ApprovalChain, SignatureDelegation
from tests.habits.matrix.api import INSIDE, moves, reading
from tests.habits.matrix.rows import OTHER_BUYER, Row, only
from tests.habits.matrix.world import World
from tests.procurement.approval.builders import make_chain, make_delegation, step

ADMIN = only("organisation_admin")
SIGNERS = only(
    "security_officer", "data_officer", "dnum", "purchasing", "finance", "approver", "authorising_officer"
)
READERS = INSIDE | only(OTHER_BUYER)


def chain_of(world: World) -> ApprovalChain:
    """One of the world's ministry, made when first asked."""
    found = ApprovalChain.objects.filter(organisation=world.ministry).first()
    return found or make_chain(world.ministry, step("approver"), actor=world.actor("organisation_admin"))


def delegation_of(world: World) -> SignatureDelegation:
    """Given by the world's approver."""
    found = SignatureDelegation.objects.filter(organisation=world.ministry).first()
    return found or make_delegation(world.the("approver"), world.the("requester"))


def chain(world: World) -> dict[str, Any]:
    return {"uuid": chain_of(world).uuid}


def delegation(world: World) -> dict[str, Any]:
    return {"uuid": delegation_of(world).uuid}


ROWS: dict[str, Row] = {
    "GET procurement:approval_chain": Row(READERS),
    "GET procurement:approval_chain_new": Row(ADMIN | only(OTHER_BUYER)),
    "GET procurement:delegations": Row(READERS),
    "GET procurement:delegation_new": Row(ADMIN | SIGNERS | only(OTHER_BUYER)),
    "GET procurement:delegation_revoke": Row(ADMIN | only("approver"), delegation),
    **reading("approval-chain", INSIDE, chain),
    "POST api:approval-chain-list": Row(ADMIN | only(OTHER_BUYER)),
    **reading("signature-delegation", INSIDE, delegation),
    "POST api:signature-delegation-list": Row(ADMIN | SIGNERS | only(OTHER_BUYER)),
    **moves("signature-delegation", "revoke", ADMIN | only("approver"), delegation),
}
