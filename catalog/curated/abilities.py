"""Who may do what to the list of an administration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.abilities import SIGN_IN
from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role

if TYPE_CHECKING:
    from catalog.models import CuratedOffer
    from marketplace.accounts.actors import Actor

MEMBER = "Cette liste est celle d’une administration : ses membres seuls la lisent."
KEEPER = role_needed(
    Role.ORGANISATION_ADMIN, because="Seule la personne qui administre l’organisation tient cette liste."
)


def curated_abilities(actor: Actor) -> Verdicts:
    """What needs no object. A role in force says that the organisation is verified."""
    member = actor.is_buyer and bool(actor.roles)
    keeper = actor.is_buyer and actor.has(Role.ORGANISATION_ADMIN)
    return {
        "list": "" if member or actor.has(Role.AUDITOR) else SIGN_IN if actor.is_anonymous else MEMBER,
        "create": "" if keeper else SIGN_IN if actor.is_anonymous else KEEPER,
    }


def curated_offer_abilities(actor: Actor, curated: CuratedOffer) -> Verdicts:
    own = actor.organisation is not None and actor.organisation.pk == curated.organisation_id
    refusal = curated_abilities(actor)["create"] if own else KEEPER
    return {"edit": refusal, "delete": refusal}
