from marketplace.workflow import Move, moves
from procurement.enums_orders import ContractState, OrderState

ORDER = moves(
    Move(
        "request_opinions", frozenset({OrderState.DRAFT}), OrderState.AWAITING_OPINIONS, "Demander les avis"
    ),
    Move(
        "request_approval",
        frozenset({OrderState.AWAITING_OPINIONS}),
        OrderState.AWAITING_APPROVAL,
        "Demander l’approbation",
    ),
    Move("approve", frozenset({OrderState.AWAITING_APPROVAL}), OrderState.APPROVED, "Approuver"),
    Move("reject", frozenset({OrderState.AWAITING_APPROVAL}), OrderState.REJECTED, "Refuser d’approuver"),
    Move("commit", frozenset({OrderState.APPROVED}), OrderState.COMMITTED, "Saisir le numéro d’engagement"),
    Move("send", frozenset({OrderState.COMMITTED}), OrderState.SENT, "Envoyer au fournisseur"),
    Move("acknowledge", frozenset({OrderState.SENT}), OrderState.ACKNOWLEDGED, "Accuser réception"),
    Move("refuse", frozenset({OrderState.SENT}), OrderState.REFUSED, "Refuser le bon de commande"),
    Move("replace", frozenset({OrderState.SENT}), OrderState.REPLACED, "Remplacer"),
    Move(
        "cancel",
        frozenset(
            {
                OrderState.DRAFT,
                OrderState.AWAITING_OPINIONS,
                OrderState.AWAITING_APPROVAL,
                OrderState.APPROVED,
                OrderState.COMMITTED,
                OrderState.SENT,
                OrderState.REJECTED,
            }
        ),
        OrderState.CANCELLED,
        "Annuler le bon de commande",
    ),
    Move(
        "reopen",
        frozenset(
            {
                OrderState.AWAITING_OPINIONS,
                OrderState.AWAITING_APPROVAL,
                OrderState.APPROVED,
                OrderState.COMMITTED,
                OrderState.REJECTED,
            }
        ),
        OrderState.DRAFT,
        "Reprendre en brouillon",
    ),
)

CONTRACT = moves(
    Move("start_ending", frozenset({ContractState.ACTIVE}), ContractState.ENDING, "Annoncer la fin"),
    Move(
        "end",
        frozenset({ContractState.ACTIVE, ContractState.ENDING}),
        ContractState.ENDED,
        "Constater la fin du contrat",
    ),
    Move(
        "terminate",
        frozenset({ContractState.ACTIVE, ContractState.ENDING}),
        ContractState.TERMINATED,
        "Résilier le contrat",
    ),
)
