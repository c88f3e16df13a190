"""Reviews on « Mon bureau »: a contestation waits for the operator, a review for its supplier's answer."""

from __future__ import annotations

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import SUPPLIER_ROLES, Role
from marketplace.ui.desk import SOON, TODO, DeskRow, Rows, Shortcut, one_row_each
from procurement.models import UserReview
from procurement.voices.enums import UserReviewState

MOST = 20


def rows(actor: Actor) -> list[Rows]:
    """One reading for those concerned, none for the others."""
    reviews = UserReview.objects.for_pages()
    if actor.has(Role.CURATOR, Role.DECISION_MAKER):
        waiting = reviews.filter(state=UserReviewState.CONTESTED)
        words, button, zone = "Répondre à une contestation d’avis", "Répondre", TODO
    elif actor.is_supplier and actor.has(*SUPPLIER_ROLES):
        waiting = reviews.published().filter(
            offer__supplier__organisation=actor.organisation, replied_at__isnull=True
        )
        words, button, zone = "Répondre à un avis, si vous le souhaitez", "Lire l’avis", SOON
    else:
        return []
    return [
        one_row_each(
            waiting.order_by("state_since", "pk")[:MOST],
            lambda review: DeskRow(
                object_label=str(review),
                url=review.get_absolute_url(),
                expected=words,
                since=review.state_since,
                button=button,
                zone=zone,
            ),
        )
    ]


def shortcuts(actor: Actor) -> list[Shortcut]:
    if not actor.has(Role.CURATOR):
        return []
    return [Shortcut("Avis d’utilisateurs", "/pilotage/avis/", "Modérés pour la loi, jamais pour le goût")]
