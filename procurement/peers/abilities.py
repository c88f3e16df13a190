"""Who agrees to be contacted, who writes to a peer, who answers. States are the moves' business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.abilities import SIGN_IN
from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.peers.enums import PEER_ROLES
from procurement.voices.abilities import uses

if TYPE_CHECKING:
    from catalog.models import Offer
    from marketplace.accounts.actors import Actor
    from procurement.models import PeerConsent, PeerMessage

READERS = "Seuls les membres d’une administration lisent qui utilise une offre."
WRITERS = "Seul un membre d’une administration écrit à un pair."
USER = (
    "Seule une administration qui a un contrat ou une commande acceptée sur cette offre peut accepter "
    "d’être contactée."
)
SPEAKER = role_needed(*sorted(PEER_ROLES), because="Cela engage le nom de votre administration.")
OWN = "Cet accord est celui de votre administration : demandez à votre collègue."
WITHDRAWER = role_needed(
    Role.ORGANISATION_ADMIN, because="Seule la personne qui a donné l’accord le retire, ou un administrateur."
)
ADDRESSEE = "Seule la personne à qui ce message est adressé y répond."


def reads_peers(actor: Actor) -> bool:
    """Public-sector members alone: a supplier would learn who buys from its competitors."""
    return actor.is_buyer and bool(actor.roles)


def peers_abilities(actor: Actor) -> Verdicts:
    """What needs no object: `create` and `write` are judged again on what they name."""
    person = actor.user is not None and reads_peers(actor)
    return {
        "read": "" if reads_peers(actor) or actor.has(Role.AUDITOR) else _or_sign_in(actor, READERS),
        "create": "" if person and actor.has(*PEER_ROLES) else _or_sign_in(actor, SPEAKER),
        "write": "" if person else _or_sign_in(actor, WRITERS),
    }


def offer_peer_abilities(actor: Actor, offer: Offer) -> Verdicts:
    """`consent` costs two queries at most."""
    refusal = peers_abilities(actor)["create"]
    return {"consent": refusal or ("" if uses(actor, offer) else USER)}


def consent_abilities(actor: Actor, consent: PeerConsent) -> Verdicts:
    inside = actor.organisation is not None and actor.organisation.pk == consent.organisation_id
    own = inside and (actor.is_person(consent.user_id) or _administers(actor))
    return {
        "withdraw": "" if own else _or_sign_in(actor, WITHDRAWER),
        "write": peers_abilities(actor)["write"] or (OWN if inside else ""),
    }


def message_abilities(actor: Actor, message: PeerMessage) -> Verdicts:
    consent = message.consent
    here = actor.organisation is not None and actor.organisation.pk == consent.organisation_id
    addressee = "" if here and actor.is_person(consent.user_id) else ADDRESSEE
    return {"answer": addressee, "decline": addressee}


def _administers(actor: Actor) -> bool:
    return actor.user is not None and actor.has(Role.ORGANISATION_ADMIN)


def _or_sign_in(actor: Actor, refusal: str) -> str:
    return SIGN_IN if actor.is_anonymous else refusal
