"""Who writes a convention, who signs it: the authorising officer, never who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.abilities import OTHER_ORGANISATION, project_abilities

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Convention, Project

KEEPERS = (Role.PURCHASING, Role.AUTHORISING_OFFICER, Role.DNUM)
CHARGERS = (Role.FINANCE, Role.PURCHASING)
OWN_TEXT = "Vous avez écrit cette convention\u00a0: une autre personne la signe."


def conventions_abilities(actor: Actor) -> Verdicts:
    """What needs no project yet."""
    able = actor.is_buyer and actor.has(Role.REQUESTER)
    return {"create": "" if able else role_needed(Role.REQUESTER)}


def write_ability(actor: Actor, project: Project) -> Verdicts:
    """Who writes the project writes its convention."""
    return {"create": project_abilities(actor, project)["edit"]}


def convention_abilities(actor: Actor, convention: Convention) -> Verdicts:
    """No query but the project's authors, unless they were prefetched."""
    signs = _by(actor, convention, Role.AUTHORISING_OFFICER)
    if not signs and actor.is_person(convention.written_by_id):
        signs = OWN_TEXT
    return {
        "sign": signs,
        "countersign": _by(actor, convention, *KEEPERS),
        "end": _by(actor, convention, *KEEPERS),
        "abandon": _by(actor, convention, Role.REQUESTER, *KEEPERS),
        "record_charge": _by(actor, convention, *CHARGERS),
    }


def _by(actor: Actor, convention: Convention, *roles: str) -> str:
    if actor.organisation is None or actor.organisation.pk != convention.project.organisation_id:
        return OTHER_ORGANISATION
    if actor.user is None or not actor.has(*roles):
        return role_needed(*roles)
    return ""
