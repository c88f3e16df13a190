"""An offer that passed to another supplier since an order or a contract named its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from catalog.models import OfferHandover
from marketplace.ui.typography import date_text
from procurement.models import Order

if TYPE_CHECKING:
    from procurement.models import Contract


def has_changed(row: Order | Contract) -> bool:
    """Not when its vehicle says that another party answers: a central body, or its holder."""
    if row.offer.supplier_id == row.supplier_id:
        return False
    order = row if isinstance(row, Order) else row.order
    return order.vehicle is None or order.vehicle.counterpart_id != row.supplier_id


def supplier_change(row: Order | Contract) -> str:
    """« Nuage Exemple est passée de A à B le 3 mars 2027. »; empty when it has not. Two queries then."""
    if not has_changed(row):
        return ""
    left = OfferHandover.objects.done().filter(offer=row.offer_id, supplier_from=row.supplier_id).last()
    day = f" le {date_text(timezone.localdate(left.decided_at))}" if left else ""
    return f"{row.offer.name} est passée de {row.supplier.name} à {row.offer.supplier.name}{day}."


def order_sentence(order: Order) -> str:
    """Sent, it stays; not sent yet, it is to be written again."""
    if order.sent_at is not None:
        return kept_sentence(order, "Ce bon de commande")
    change = supplier_change(order)
    return f"{change} Annulez ce bon de commande et refaites-le." if change else ""


def kept_sentence(row: Order | Contract, what: str) -> str:
    """What the page of an order sent or of a contract says: it stays with the supplier it names."""
    change = supplier_change(row)
    kept = f"{what} reste conclu avec {row.supplier.name}, jusqu’à ce qu’un acte en change le titulaire."
    return f"{change} {kept}" if change else ""
