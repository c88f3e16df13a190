"""Moves of the catalogue, as data. The tables are the contract; tests walk every pair."""

from catalog.enums import (
    OPEN_NEEDS,
    CategoryState,
    ClaimState,
    CollectionState,
    DuplicateState,
    HandoverState,
    NeedState,
    OfferState,
    PriceOutlierState,
    RegisterImportState,
    ReviewState,
    TrustStatus,
)
from marketplace.workflow import Move, moves

OFFER_MOVES = moves(
    # The reference loader only: a sheet drawn from registers goes online without supplier nor dossier.
    Move("open_sheet", frozenset({OfferState.DRAFT}), OfferState.UNCLAIMED, label="Ouvrir la fiche publique"),
    Move("claim", frozenset({OfferState.UNCLAIMED}), OfferState.DRAFT, label="Revendiquer"),
    Move("publish", frozenset({OfferState.DRAFT}), OfferState.LISTED, label="Référencer"),
    Move(
        "suspend",
        frozenset({OfferState.LISTED}),
        OfferState.SUSPENDED,
        label="Suspendre à titre conservatoire",
    ),
    Move("lift", frozenset({OfferState.SUSPENDED}), OfferState.LISTED, label="Lever la suspension"),
    Move(
        "withdraw",
        frozenset({OfferState.DRAFT, OfferState.LISTED, OfferState.SUSPENDED}),
        OfferState.WITHDRAWN,
        label="Retirer l’offre",
    ),
    Move(
        "remove",
        frozenset(
            {
                OfferState.UNCLAIMED,
                OfferState.DRAFT,
                OfferState.LISTED,
                OfferState.SUSPENDED,
                OfferState.WITHDRAWN,
            }
        ),
        OfferState.REMOVED,
        label="Supprimer l’offre",
    ),
)

CLAIM_MOVES = moves(
    Move("contest", frozenset({ClaimState.OPEN}), ClaimState.CONTESTED, label="Geler"),
    Move("grant", frozenset({ClaimState.OPEN, ClaimState.CONTESTED}), ClaimState.GRANTED, label="Accorder"),
    Move("refuse", frozenset({ClaimState.OPEN, ClaimState.CONTESTED}), ClaimState.REFUSED, label="Refuser"),
    Move("cancel", frozenset({ClaimState.OPEN, ClaimState.CONTESTED}), ClaimState.CANCELLED, label="Annuler"),
)

HANDOVER_MOVES = moves(
    Move(
        "accept", frozenset({HandoverState.PROPOSED}), HandoverState.ACCEPTED, label="Accepter le transfert"
    ),
    Move("refuse", frozenset({HandoverState.PROPOSED}), HandoverState.REFUSED, label="Refuser le transfert"),
    Move(
        "cancel", frozenset({HandoverState.PROPOSED}), HandoverState.CANCELLED, label="Annuler le transfert"
    ),
)

DUPLICATE_MOVES = moves(
    Move(
        "dismiss",
        frozenset({DuplicateState.OPEN, DuplicateState.ASKED}),
        DuplicateState.DISMISSED,
        label="Dire que ce n’est pas un doublon",
    ),
    Move("ask", frozenset({DuplicateState.OPEN}), DuplicateState.ASKED, label="Demander le retrait"),
    Move(
        "confirm",
        frozenset({DuplicateState.OPEN, DuplicateState.ASKED}),
        DuplicateState.CONFIRMED,
        label="Retirer le doublon",
    ),
    # By the comparison itself: an offer left the catalogue, or the two are alike no more.
    Move(
        "lapse",
        frozenset({DuplicateState.OPEN, DuplicateState.ASKED}),
        DuplicateState.LAPSED,
        label="Constater la fin",
    ),
    Move(
        "reopen",
        frozenset({DuplicateState.DISMISSED, DuplicateState.LAPSED}),
        DuplicateState.OPEN,
        label="Rouvrir",
    ),
)

PRICE_OUTLIER_MOVES = moves(
    Move(
        "keep",
        frozenset({PriceOutlierState.OPEN, PriceOutlierState.ASKED}),
        PriceOutlierState.KEPT,
        label="Retenir le prix",
    ),
    Move(
        "ask",
        frozenset({PriceOutlierState.OPEN}),
        PriceOutlierState.ASKED,
        label="Interroger le fournisseur",
    ),
    # By the comparison itself: the price left, or is no longer far from the others.
    Move(
        "lapse",
        frozenset({PriceOutlierState.OPEN, PriceOutlierState.ASKED}),
        PriceOutlierState.LAPSED,
        label="Constater la fin",
    ),
    Move(
        "reopen",
        frozenset({PriceOutlierState.KEPT, PriceOutlierState.LAPSED}),
        PriceOutlierState.OPEN,
        label="Rouvrir",
    ),
)

REVIEW_MOVES = moves(
    Move(
        "accept",
        frozenset({ReviewState.PENDING, ReviewState.IN_DOSSIER}),
        ReviewState.ACCEPTED,
        label="Accepter",
    ),
    Move(
        "refuse",
        frozenset({ReviewState.PENDING, ReviewState.IN_DOSSIER}),
        ReviewState.REFUSED,
        label="Refuser",
    ),
    Move(
        "send_to_dossier",
        frozenset({ReviewState.PENDING}),
        ReviewState.IN_DOSSIER,
        label="Envoyer au dossier",
    ),
    # A newer version of the same offer went online: this one is no longer to be decided.
    Move(
        "supersede",
        frozenset({ReviewState.PENDING}),
        ReviewState.SUPERSEDED,
        label="Constater le remplacement",
    ),
)

NEED_MOVES = moves(
    Move("answer", frozenset(OPEN_NEEDS), NeedState.ANSWERED, label="Répondre"),
    Move("cover", frozenset(OPEN_NEEDS), NeedState.COVERED, label="Dire le besoin couvert"),
    Move("dismiss", frozenset(OPEN_NEEDS), NeedState.DISMISSED, label="Écarter le besoin"),
    Move("merge", frozenset(OPEN_NEEDS), NeedState.MERGED, label="Fusionner avec un autre besoin"),
    Move(
        "reopen",
        frozenset({NeedState.COVERED, NeedState.DISMISSED}),
        NeedState.OPEN,
        label="Rouvrir le besoin",
    ),
)

CATEGORY_MOVES = moves(
    Move("retire", frozenset({CategoryState.OPEN}), CategoryState.RETIRED, label="Retirer la catégorie"),
)

COLLECTION_MOVES = moves(
    Move("publish", frozenset({CollectionState.DRAFT}), CollectionState.PUBLISHED, label="Publier"),
    Move(
        "archive",
        frozenset({CollectionState.DRAFT, CollectionState.PUBLISHED}),
        CollectionState.ARCHIVED,
        label="Archiver",
    ),
    Move("reopen", frozenset({CollectionState.ARCHIVED}), CollectionState.DRAFT, label="Reprendre"),
)

REGISTER_IMPORT_MOVES = moves(
    Move(
        "apply",
        frozenset({RegisterImportState.PREPARED}),
        RegisterImportState.APPLIED,
        label="Confirmer l’import",
    ),
    Move(
        "drop",
        frozenset({RegisterImportState.PREPARED}),
        RegisterImportState.DROPPED,
        label="Abandonner l’import",
    ),
    Move(
        "undo", frozenset({RegisterImportState.APPLIED}), RegisterImportState.UNDONE, label="Annuler l’import"
    ),
)

# A trust mark's status is the last of its dated facts; these are the acts a person may record.
# `sources` are recorded statuses: `expiring` is in_force read from the clock.
TRUST_MOVES = moves(
    Move(
        "suspend",
        frozenset({TrustStatus.IN_FORCE, TrustStatus.RENEWAL_PENDING, TrustStatus.UNKNOWN}),
        TrustStatus.SUSPENDED,
        label="Suspendre",
    ),
    Move("reinstate", frozenset({TrustStatus.SUSPENDED}), TrustStatus.IN_FORCE, label="Rétablir"),
    Move(
        "withdraw",
        frozenset(
            {
                TrustStatus.IN_FORCE,
                TrustStatus.RENEWAL_PENDING,
                TrustStatus.SUSPENDED,
                TrustStatus.UNKNOWN,
            }
        ),
        TrustStatus.WITHDRAWN,
        label="Retirer",
    ),
    Move(
        "abandon",
        frozenset({TrustStatus.ANNOUNCED, TrustStatus.IN_PROGRESS, TrustStatus.UNKNOWN}),
        TrustStatus.ABANDONED,
        label="Constater l’abandon",
    ),
    Move(
        "start",
        frozenset(
            {
                TrustStatus.ANNOUNCED,
                TrustStatus.NONE,
                TrustStatus.ABANDONED,
                TrustStatus.IN_PROGRESS,
                TrustStatus.UNKNOWN,
            }
        ),
        TrustStatus.IN_PROGRESS,
        label="Constater l’entrée en qualification ou un jalon",
    ),
    Move(
        "obtain",
        frozenset(
            {
                TrustStatus.ANNOUNCED,
                TrustStatus.IN_PROGRESS,
                TrustStatus.IN_FORCE,
                TrustStatus.RENEWAL_PENDING,
                TrustStatus.EXPIRED,
                TrustStatus.WITHDRAWN,
                TrustStatus.NONE,
                TrustStatus.UNKNOWN,
            }
        ),
        TrustStatus.IN_FORCE,
        label="Constater la délivrance",
    ),
    Move(
        "renew",
        frozenset({TrustStatus.IN_FORCE}),
        TrustStatus.RENEWAL_PENDING,
        label="Constater la demande de renouvellement",
    ),
    # By the supplier, of its own declaration only: nobody says it any more.
    Move(
        "retract",
        frozenset(
            {
                TrustStatus.ANNOUNCED,
                TrustStatus.IN_PROGRESS,
                TrustStatus.IN_FORCE,
                TrustStatus.RENEWAL_PENDING,
                TrustStatus.UNKNOWN,
            }
        ),
        TrustStatus.NONE,
        label="Retirer la déclaration",
    ),
    Move(
        "expire",
        frozenset({TrustStatus.IN_FORCE, TrustStatus.RENEWAL_PENDING, TrustStatus.SUSPENDED}),
        TrustStatus.EXPIRED,
        label="Constater l’expiration",
    ),
    # The offer changed hands: its marks are to be proved for the one who holds it now. No page records
    # this alone, for only an issuer's act takes a status away.
    Move(
        "question",
        frozenset(
            {
                TrustStatus.ANNOUNCED,
                TrustStatus.IN_PROGRESS,
                TrustStatus.IN_FORCE,
                TrustStatus.RENEWAL_PENDING,
            }
        ),
        TrustStatus.UNKNOWN,
        label="Mettre à reprouver",
    ),
)
