"""Who may do what to an R9 derogation. The circular names who signs; it does not name who keeps the file
nor who finds an offer acceptable. Here the qualified authority finds it: it is a judgement on risk (« dont
les éventuels inconvénients sont supportables ou compensables », R9), and risk is theirs to decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts
from marketplace.accounts.enums import Role
from procurement.abilities import OTHER_ORGANISATION, project_abilities, role_needed

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Derogation, Project

RECORDERS = (Role.QUALIFIED_AUTHORITY, Role.DNUM)
OWN_REQUEST = "Vous avez demandé cette dérogation : une autre personne enregistre la suite."
CLOCK = "La fin se lit à l’horloge : personne ne la prononce."


def derogations_abilities(actor: Actor) -> Verdicts:
    """What needs no object yet."""
    buyer = actor.is_buyer and actor.has(Role.REQUESTER)
    return {"create": "" if buyer else role_needed(Role.REQUESTER)}


def ask_ability(actor: Actor, project: Project) -> Verdicts:
    """Who writes the project asks for it."""
    return {"create": project_abilities(actor, project)["edit"]}


def derogation_abilities(actor: Actor, derogation: Derogation) -> Verdicts:
    recording = _by(actor, derogation, *RECORDERS)
    return {
        **dict.fromkeys(("sign", "validate", "activate", "refuse"), recording),
        "record_finding": _by(actor, derogation, Role.QUALIFIED_AUTHORITY),
        "expire": CLOCK,
    }


def _by(actor: Actor, derogation: Derogation, *roles: str) -> str:
    if actor.organisation is None or actor.organisation.pk != derogation.project.organisation_id:
        return OTHER_ORGANISATION
    if actor.user is None or not actor.has(*roles):
        return role_needed(*roles)
    return OWN_REQUEST if actor.is_person(derogation.asked_by_id) else ""
