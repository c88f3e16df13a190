from marketplace.workflow import Move, moves

ORGANISATION = moves(
    Move("verify", frozenset({"pending"}), "verified", "Vérifier l’organisation"),
    Move("reject", frozenset({"pending"}), "rejected", "Refuser l’organisation"),
    Move("close", frozenset({"verified"}), "closed", "Fermer l’organisation"),
)
