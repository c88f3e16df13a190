"""Who writes a review, who answers it, who hides it. States are the moves' business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.abilities import SIGN_IN
from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import SUPPLIER_ROLES, Role
from procurement.enums_orders import OrderState
from procurement.models import Contract, Order, UserReview

if TYPE_CHECKING:
    from catalog.models import Offer
    from marketplace.accounts.actors import Actor

USER = (
    "Seul un membre d’une administration qui a un contrat ou une commande acceptée sur cette offre "
    "peut en donner un avis."
)
AUTHOR = "Cela revient à l’administration qui a donné l’avis."
SUPPLIER = role_needed(*sorted(SUPPLIER_ROLES), because="Seul le fournisseur de l’offre répond à un avis.")
CURATOR = role_needed(Role.CURATOR, because="Seul l’opérateur masque un avis, pour un motif légal.")
DECIDER = role_needed(
    Role.CURATOR, Role.DECISION_MAKER, because="Seul l’opérateur répond à une contestation."
)
OWN_ACT = "Vous avez masqué cet avis : une autre personne répond à la contestation."


def uses(actor: Actor, offer: Offer) -> bool:
    """A person of an administration with a contract or an acknowledged order on it. Two queries at most."""
    if actor.user is None or actor.organisation is None or not actor.is_buyer or not actor.roles:
        return False
    contracts = Contract.objects.filter(buyer=actor.organisation, offer=offer)
    orders = Order.objects.filter(buyer=actor.organisation, offer=offer, state=OrderState.ACKNOWLEDGED)
    return contracts.exists() or orders.exists()


def offer_voice_abilities(actor: Actor, offer: Offer) -> Verdicts:
    return {"review": "" if uses(actor, offer) else SIGN_IN if actor.is_anonymous else USER}


def voices_abilities(actor: Actor) -> Verdicts:
    """What needs no review: `create` is judged again on the offer it names."""
    speaks = actor.user is not None and actor.is_buyer and bool(actor.roles)
    moderates = actor.has(Role.CURATOR, Role.DECISION_MAKER, Role.AUDITOR)
    return {
        "create": "" if speaks else SIGN_IN if actor.is_anonymous else USER,
        "moderate": "" if moderates else SIGN_IN if actor.is_anonymous else CURATOR,
    }


def user_review_abilities(actor: Actor, review: UserReview) -> Verdicts:
    own = actor.is_buyer and actor.organisation == review.organisation and bool(actor.roles)
    author = "" if own and actor.user is not None else AUTHOR
    supplier = review.offer.supplier.organisation_id
    sells = supplier is not None and actor.organisation is not None and actor.organisation.pk == supplier
    decides = "" if actor.has(Role.CURATOR, Role.DECISION_MAKER) else DECIDER
    return {
        "edit": author,
        "contest": author,
        "reply": "" if sells and actor.has(*SUPPLIER_ROLES) else SUPPLIER,
        "hide": "" if actor.has(Role.CURATOR) else CURATOR,
        "restore": decides,
        "uphold": decides or (OWN_ACT if actor.is_person(review.hidden_by_id) else ""),
    }
