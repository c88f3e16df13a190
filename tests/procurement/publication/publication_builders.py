"""Publications of an order without a vehicle, brought to a state by their own moves."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership
from procurement.models import Contract, Publication
from procurement.publication import actions as publications
from procurement.publication.facts import ChangeFacts
from tests.builders import make_member
from tests.procurement.order_builders import Purchase, make_order, make_purchase
from tests.procurement.publication.publication_facts import WHOLE

REASON = "Montant sous le seuil, trois fournisseurs consultés."


def purchasing_of(purchase: Purchase) -> Membership:
    return make_member(Role.PURCHASING, organisation=purchase.buyer)


def make_contract(purchase: Purchase, *, seats: str = "300", **terms: Any) -> Contract:
    """Of an order below the threshold: 36 000 € HT of seats by default."""
    order = make_order(
        purchase, state="acknowledged", seats=seats, vehicle=None, below_threshold_reason=REASON, **terms
    )
    return Contract.objects.get(order=order)


def whole_answers(publication: Publication, **values: Any) -> dict[str, Any]:
    """What a buyer would type: everything, on an invented contract notified today."""
    told = {field.name: getattr(WHOLE, field.name) for field in fields(WHOLE) if field.name != "buyer"}
    return {
        **told,
        "reference": f"ESSAI-{publication.pk}",
        "notified_on": timezone.localdate(),
        **values,
    }


def make_publication(
    state: str = "draft",
    *,
    purchase: Purchase | None = None,
    actor: Actor | None = None,
    **values: Any,
) -> Publication:
    """`values`: answers that differ. `actor`: of the service achats."""
    purchase = purchase or make_purchase()
    actor = actor or Actor.of(purchasing_of(purchase))
    contract = make_contract(purchase)
    found = Publication.objects.for_pages().get(contract=contract)
    publications.save_answers(found, actor=actor, values=whole_answers(found, **values))
    if state in ("reviewed", "published"):
        publications.review(found, actor=actor, attested=True)
    if state == "published":
        publications.publish(found, actor=actor)
    if state == "elsewhere":
        publications.mark_elsewhere(found, actor=actor, where="Profil", published_on=timezone.localdate())
    if state == "dropped":
        found.drop(actor=actor, reason="Essai.")
    assert found.state == state
    return found


def dearer(amount: str = "60000", **values: Any) -> ChangeFacts:

    return ChangeFacts(timezone.localdate(), amount_eur_ht=Decimal(amount), **values)
