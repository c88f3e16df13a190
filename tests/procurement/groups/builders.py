"""Shared needs and groups for tests, made by the same actions as real ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from procurement.groups import forming, sharing
from procurement.models import GroupMember, GroupPurchase, NeedShare, Project
from tests.builders import actor_for
from tests.procurement.builders import Administration, make_project
from tests.procurement.derogation_builders import pdf


def make_share(administration: Any, *, project: Project | None = None, **values: Any) -> NeedShare:
    """Of its only author: shared at once. 250 seats of a SaaS."""
    return sharing.propose(
        project or make_project(administration),
        actor=administration.requester,
        **{"volume": Decimal(250), "unit": "postes", **values},
    )


def make_group(administration: Any, *, project: Project | None = None) -> GroupPurchase:
    """Coordinated by the administration, alone in it."""
    return forming.create_group(
        project or make_project(administration),
        actor=administration.requester,
        title="Messagerie commune",
        unit="postes",
        volume=Decimal(1000),
    )


def bring(group: GroupPurchase, other: Any, *, coordinator: Actor, joins: bool = True) -> GroupMember:
    """Another administration is invited from its shared need, and joins."""
    share = NeedShare.objects.filter(project__organisation=other.organisation, state="shared").first()
    member = forming.invite(group, actor=coordinator, share=share or make_share(other))
    if joins:
        forming.join(member, actor=other.requester, volume=Decimal(300))
    return member


def propose(group: GroupPurchase, *, coordinator: Actor) -> GroupPurchase:
    group.refresh_from_db()
    return forming.propose_convention(group, actor=coordinator, document=pdf("convention.pdf"))


def sign(member: GroupMember) -> GroupMember:
    member.refresh_from_db()
    signer = actor_for(Role.AUTHORISING_OFFICER, organisation=member.organisation)
    return forming.sign(member, actor=signer)


def own_member(group: GroupPurchase) -> GroupMember:
    found: GroupMember = group.members.get(project=group.project)
    return found


def signing_group(administration: Any, other: Any | None = None, **values: Any) -> GroupPurchase:
    """Two members, the convention put to signature."""
    group = make_group(administration, **values)
    bring(group, other or Administration(), coordinator=administration.requester)
    return propose(group, coordinator=administration.requester)
