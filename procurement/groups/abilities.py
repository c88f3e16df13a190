"""Who shares a need: its authors. Who runs a group: the coordinator's people. Who signs: each member's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.abilities import OTHER_ORGANISATION, project_abilities

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import GroupMember, GroupPurchase, NeedShare, Project

RUNNERS = (Role.PURCHASING, Role.REQUESTER)
SIGNERS = (Role.AUTHORISING_OFFICER, Role.APPROVER)
AUTHORS_ONLY = "Un auteur du projet donne son accord lui-même."


def shares_abilities(actor: Actor) -> Verdicts:
    """What needs no project yet."""
    able = actor.is_buyer and actor.user is not None and actor.has(Role.REQUESTER)
    return {"create": "" if able else role_needed(Role.REQUESTER)}


def share_ability(actor: Actor, project: Project) -> Verdicts:
    refusal = project_abilities(actor, project)["edit"]
    return {"create": refusal or ("" if actor.user is not None else AUTHORS_ONLY)}


def share_abilities(actor: Actor, share: NeedShare) -> Verdicts:
    writes = share_ability(actor, share.project)["create"]
    return {"consent": writes, "withdraw": writes}


def groups_abilities(actor: Actor) -> Verdicts:
    able = actor.is_buyer and actor.has(Role.REQUESTER)
    return {"create": "" if able else role_needed(Role.REQUESTER)}


def group_abilities(actor: Actor, group: GroupPurchase) -> Verdicts:
    runs = _of(actor, group.coordinator_id, *RUNNERS)
    return dict.fromkeys(("invite", "propose_convention", "reopen", "dissolve"), runs)


def member_abilities(actor: Actor, member: GroupMember) -> Verdicts:
    runs = _of(actor, member.organisation_id, *RUNNERS)
    return {
        **dict.fromkeys(("join", "decline", "leave"), runs),
        "sign": _of(actor, member.organisation_id, *SIGNERS),
    }


def _of(actor: Actor, organisation_id: int, *roles: str) -> str:
    if actor.organisation is None or actor.organisation.pk != organisation_id:
        return OTHER_ORGANISATION
    return "" if actor.user is not None and actor.has(*roles) else role_needed(*roles)
