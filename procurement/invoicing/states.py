"""Moves of an invoice and of a credit note, as data."""

from marketplace.workflow import Move, moves
from procurement.invoicing.enums import OPEN_STATES
from procurement.invoicing.enums import InvoiceState as State

INVOICE = moves(
    Move("match", frozenset({State.RECEIVED}), State.MATCHED, "Rapprocher la facture"),
    Move("accept", frozenset({State.MATCHED}), State.ACCEPTED, "Accepter la facture"),
    # Never once accepted: the law lets the clock be interrupted before the payment is ordered only.
    Move("dispute", frozenset({State.RECEIVED, State.MATCHED}), State.DISPUTED, "Ouvrir un litige"),
    Move("answer", frozenset({State.DISPUTED}), State.RECEIVED, "Répondre au litige"),
    Move("lift", frozenset({State.DISPUTED}), State.RECEIVED, "Lever le litige"),
    Move(
        "reject",
        frozenset({State.RECEIVED, State.MATCHED, State.DISPUTED}),
        State.REJECTED,
        "Rejeter la facture",
    ),
    Move("settle", frozenset({State.ACCEPTED}), State.PAID, "Enregistrer le dernier paiement"),
    Move("cancel", frozenset(OPEN_STATES), State.CANCELLED, "Annuler par un avoir"),
    Move("credit", frozenset({State.RECEIVED}), State.CREDITED, "Déduire l’avoir"),
)
