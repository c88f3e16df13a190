"""Moves of an agreement between peers and of a message, as data."""

from marketplace.workflow import Move, moves
from procurement.peers.enums import PeerConsentState as Consent
from procurement.peers.enums import PeerMessageState as Message

PEER_CONSENT = moves(
    Move("withdraw", frozenset({Consent.OPEN}), Consent.WITHDRAWN, "Retirer l’accord"),
)
PEER_MESSAGE = moves(
    Move("answer", frozenset({Message.SENT}), Message.ANSWERED, "Répondre"),
    Move("decline", frozenset({Message.SENT}), Message.DECLINED, "Décliner"),
    Move("lapse", frozenset({Message.SENT}), Message.LAPSED, "Clore sans suite"),
)
