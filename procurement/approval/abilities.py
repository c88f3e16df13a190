"""Who writes the chain and the delegations of an administration; its members read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.approval.enums import SIGNING_ROLES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import ApprovalChain, SignatureDelegation

_OTHER_SIDE = "Le circuit d’approbation est celui d’une administration."
_OTHER_ONE = "Cette délégation est celle d’une autre administration."
_NOT_YOURS = "La personne qui l’a donnée ou un administrateur de l’organisation la retire."


def _reads(actor: Actor) -> str:
    reads = actor.has(Role.AUDITOR) or (actor.is_buyer and bool(actor.roles))
    return "" if reads else _OTHER_SIDE


def chains_abilities(actor: Actor) -> Verdicts:
    """What needs no version yet."""
    person = actor.is_buyer and actor.user is not None
    writes = _OTHER_SIDE if not person else ""
    admin = "" if actor.has(Role.ORGANISATION_ADMIN) else role_needed(Role.ORGANISATION_ADMIN)
    return {"list": _reads(actor), "create": writes or admin}


def chain_abilities(actor: Actor, chain: ApprovalChain) -> Verdicts:
    """Versions are never changed."""
    return {}


def delegations_abilities(actor: Actor) -> Verdicts:
    """Who holds a role that signs gives it for a time; an administrator records it for who is away."""
    if not actor.is_buyer or actor.user is None:
        return {"list": _reads(actor), "create": _OTHER_SIDE}
    able = actor.has(*SIGNING_ROLES, Role.ORGANISATION_ADMIN)
    needed = "" if able else role_needed(Role.ORGANISATION_ADMIN, *SIGNING_ROLES)
    return {"list": _reads(actor), "create": needed}


def delegation_abilities(actor: Actor, delegation: SignatureDelegation) -> Verdicts:
    if actor.organisation is None or actor.organisation.pk != delegation.organisation_id:
        return {"revoke": _OTHER_ONE}
    able = actor.is_person(delegation.giver_id) or actor.has(Role.ORGANISATION_ADMIN)
    return {"revoke": "" if able else _NOT_YOURS}
