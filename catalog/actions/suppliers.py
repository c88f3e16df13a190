"""A supplier's listed offers suspended at once, and lifted: DINUM's own act, all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from catalog.effects import Preview, preview_offers
from catalog.enums import OfferState
from catalog.models import Offer, Supplier
from marketplace.accounts.models import User
from marketplace.audit.journal import canonical, record
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.outbox import notify

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.accounts.actors import Actor


@dataclass(frozen=True, slots=True)
class Suspension:
    """What would be suspended, and what it touches. `sha256` covers the offers, their versions and every
    thing touched: what is confirmed is what was read."""

    offers: tuple[Offer, ...]
    preview: Preview
    sha256: str


def suspension_of(supplier: Supplier) -> Suspension:
    """Raises MoveRefused when the supplier has no listed offer."""
    offers = tuple(supplier.offers.filter(state=OfferState.LISTED).order_by("pk"))
    if not offers:
        raise MoveRefused("nothing_listed", "Ce fournisseur n’a aucune offre référencée à suspendre.")
    seen = preview_offers([offer.pk for offer in offers])
    said = {
        "offers": [(offer.pk, offer.version) for offer in offers],
        "touched": [(effect.one, effect.items, sorted(effect.people)) for effect in seen.effects],
    }
    return Suspension(offers, seen, hashlib.sha256(canonical(said)).hexdigest())


def suspend_offers(supplier: Supplier, *, actor: Actor, reason: str, sha256: str) -> Suspension:
    """One transaction. Raises MoveRefused when anything shown has changed since it was read."""
    with transaction.atomic():
        _lock(supplier)
        found = suspension_of(supplier)
        if found.sha256 != sha256:
            raise MoveRefused(
                "effects_changed",
                "Les offres ou leurs effets ont changé depuis votre lecture. Relisez-les avant de suspendre.",
            )
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
    notify(
        User.objects.filter(pk__in=seen.told),
        subject=f"{title} : {supplier.name}",
        body=f"Acte de l’opérateur sur le référencement. Motif : {reason}",
        url=supplier.get_absolute_url(),
    )
