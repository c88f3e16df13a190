"""Who may ask for a waiver or a link, who may answer: another person, without ties to the supplier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, needs
from marketplace.accounts.enums import Role
from qualification.abilities import NEEDS_OFFICER, dossier_abilities, ties_of
from qualification.models import Dossier, Waiver
from qualification.models.confirmed import Confirmed

if TYPE_CHECKING:
    from catalog.models import Offer
    from marketplace.accounts.actors import Actor

ANOTHER = "Vous l’avez demandé : une autre personne répond."
LINKERS = (Role.QUALIFICATION_OFFICER, Role.CURATOR)
WAIVERS = (Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER)
NEEDS_LINKER = needs(Role.CURATOR)


def waiver_refusal(actor: Actor, dossier: Dossier) -> str:
    """The officer in charge of the dossier asks."""
    return dossier_abilities(actor, dossier)["record_finding"]


def link_refusal(actor: Actor, offer: Offer) -> str:
    if not actor.has(*LINKERS):
        return NEEDS_LINKER
    owner = offer.supplier.organisation_id
    return ties_of(actor).refusal(owner) if owner else ""


def confirmed_abilities(actor: Actor, row: Confirmed) -> Verdicts:
    roles = WAIVERS if isinstance(row, Waiver) else LINKERS
    if not actor.has(*roles):
        refused = NEEDS_OFFICER if isinstance(row, Waiver) else NEEDS_LINKER
        return {"accept": refused, "refuse": refused, "end": refused}
    owner = row.offer.supplier.organisation_id
    tie = ties_of(actor).refusal(owner) if owner else ""
    answer = tie or (ANOTHER if actor.is_person(row.asked_by_id) else "")
    return {"accept": answer, "refuse": answer, "end": tie}


def links_abilities(actor: Actor) -> Verdicts:
    return {
        "see": "" if actor.has(*LINKERS, Role.DECISION_MAKER, Role.AUDITOR) else NEEDS_LINKER,
        "create": "" if actor.has(*LINKERS) else NEEDS_LINKER,
    }


def waivers_abilities(actor: Actor) -> Verdicts:
    return {"create": "" if actor.has(Role.QUALIFICATION_OFFICER) else NEEDS_OFFICER}
