"""Who says who follows a contract, and who may have a calendar of those they follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts
from procurement.abilities_orders import contract_abilities

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import CalendarLink, Contract

_BUYERS = "L’agenda des contrats est celui des personnes d’une administration."


def owners_ability(actor: Actor, contract: Contract) -> str:
    """As for the contract's other acts."""
    return contract_abilities(actor, contract)["start_ending"]


def calendars_abilities(actor: Actor) -> Verdicts:
    able = actor.is_buyer and actor.membership is not None and bool(actor.roles)
    return {"create": "" if able else _BUYERS}


def calendar_abilities(actor: Actor, link: CalendarLink) -> Verdicts:
    """Only one's own are visible."""
    return {"revoke": ""}
