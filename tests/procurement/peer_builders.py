"""An agreement and a message in a few lines."""

from __future__ import annotations

from procurement.models import PeerConsent, PeerMessage
from procurement.peers import actions as peers
from tests.builders import actor_for
from tests.procurement.order_builders import Purchase


def agreed(purchase: Purchase) -> PeerConsent:
    return peers.consent(purchase.offer, actor=purchase.actor("requester"))


def asked(purchase: Purchase, *, consent: PeerConsent | None = None) -> PeerMessage:
    """By the requester of another administration."""
    given = consent or agreed(purchase)
    return peers.write(given, actor=actor_for("requester"), text="Combien de temps pour la reprise ?")
