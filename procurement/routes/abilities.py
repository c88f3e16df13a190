"""Who chooses the route of a project, and who confirms it: the service achats, never who chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts
from marketplace.accounts.enums import Role
from procurement.abilities import OTHER_ORGANISATION, project_abilities, role_needed

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Project, RouteChoice

OWN_CHOICE = "Vous avez choisi cette voie : une autre personne du service achats la confirme ou la refuse."
BY_A_NEW_ONE = "Une voie se remplace en en choisissant une autre."


def route_choices_abilities(actor: Actor) -> Verdicts:
    """What needs no object yet."""
    buyer = actor.is_buyer and actor.has(Role.REQUESTER)
    return {"create": "" if buyer else role_needed(Role.REQUESTER)}


def choose_ability(actor: Actor, project: Project) -> Verdicts:
    """Who writes the project chooses."""
    return {"create": project_abilities(actor, project)["edit"]}


def route_choice_abilities(actor: Actor, choice: RouteChoice) -> Verdicts:
    return {**dict.fromkeys(("confirm", "refuse"), _deciding(actor, choice)), "replace": BY_A_NEW_ONE}


def _deciding(actor: Actor, choice: RouteChoice) -> str:
    if actor.organisation is None or actor.organisation.pk != choice.project.organisation_id:
        return OTHER_ORGANISATION
    if actor.user is None or not actor.has(Role.PURCHASING):
        return role_needed(Role.PURCHASING)
    return OWN_CHOICE if actor.is_person(choice.chosen_by_id) else ""
