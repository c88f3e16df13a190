from marketplace.workflow import Move, moves

ORGANISATION = moves(
    Move("verify", frozenset({"pending"}), "verified", "Vérifier l’organisation"),
    Move("reject", frozenset({"pending"}), "rejected", "Refuser l’organisation"),
    Move("close", frozenset({"verified"}), "closed", "Fermer l’organisation"),
)

# « expire » is read from the clock at once (Invitation.is_open); beat journals the passage.
INVITATION = moves(
    Move("accept", frozenset({"open"}), "accepted", "Accepter l’invitation"),
    Move("revoke", frozenset({"open"}), "revoked", "Annuler l’invitation"),
    Move("expire", frozenset({"open"}), "expired", "Constater l’expiration"),
)
