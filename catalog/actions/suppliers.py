"""A supplier's listed offers suspended at once, and lifted: DINUM's own act, all of it or nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction

from catalog.actions.suspensions import Suspension, read_suspension, refuse_changed, tell
from catalog.effects import Preview, preview_offers
from catalog.enums import OfferState
from catalog.models import Offer, Supplier
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, RuleBroken

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.accounts.actors import Actor


def suspension_of(supplier: Supplier) -> Suspension:
    """Raises MoveRefused when the supplier has no listed offer."""
    offers = tuple(supplier.offers.filter(state=OfferState.LISTED).order_by("pk"))
    if not offers:
        raise MoveRefused("nothing_listed", "Ce fournisseur n’a aucune offre référencée à suspendre.")
    return read_suspension(offers)


def suspend_offers(supplier: Supplier, *, actor: Actor, reason: str, sha256: str) -> Suspension:
    """One transaction. Raises MoveRefused when anything shown has changed since it was read."""
    with transaction.atomic():
        _lock(supplier)
        found = suspension_of(supplier)
        refuse_changed(found, sha256=sha256)
        for offer in found.offers:
            offer.suspend(actor=actor, reason=reason, expected_version=offer.version)
        record(supplier, "offers_suspended", actor=actor, reason=reason, detail=_named(found.offers))
        _tell(supplier, found.preview, title="Offres suspendues", reason=reason)
    return found


def lift_offers(
    supplier: Supplier, *, actor: Actor, reason: str, offers: Collection[UUID]
) -> tuple[Offer, ...]:
    """Those named, which are all suspended and of this supplier, or none. Raises RuleBroken on « offers »."""
    with transaction.atomic():
        _lock(supplier)
        rows = supplier.offers.filter(state=OfferState.SUSPENDED, uuid__in=offers).order_by("pk")
        found = tuple(rows)
        if not found or len(found) != len(set(offers)):
            raise RuleBroken(
                "offers",
                "Choisissez des offres de ce fournisseur qui sont encore suspendues. Rechargez la page.",
                field="offers",
            )
        for offer in found:
            offer.lift(actor=actor, reason=reason)
        record(supplier, "suspensions_lifted", actor=actor, reason=reason, detail=_named(found))
        seen = preview_offers([offer.pk for offer in found])
        _tell(supplier, seen, title="Suspension levée", reason=reason)
    return found


def _lock(supplier: Supplier) -> None:
    """No offer of the supplier moves meanwhile; always in the same order."""
    list(Offer.objects.select_for_update(of=("self",)).filter(supplier=supplier).order_by("pk"))


def _named(offers: Collection[Offer]) -> dict[str, list[int]]:
    return {"offers": [offer.number for offer in offers]}


def _tell(supplier: Supplier, seen: Preview, *, title: str, reason: str) -> None:
    tell(seen, subject=f"{title} : {supplier.name}", reason=reason, url=supplier.get_absolute_url())
