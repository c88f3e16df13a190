"""« Suspension conservatoire »: DINUM's own act on offers, its effects read first. No status of trust moves.

The suspended offer leaves the market in the transaction of the act; what is built on it says so from that
same moment, because the state of a layer is read, never copied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from catalog.effects import Preview, preview_offers
from catalog.models import Offer
from catalog.stack import above
from marketplace.accounts.models import User
from marketplace.audit.journal import canonical
from marketplace.errors import MoveRefused
from marketplace.notifications.outbox import notify

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

CHANGED = "Les offres ou leurs effets ont changé depuis votre lecture. Relisez-les avant de suspendre."


@dataclass(frozen=True, slots=True)
class Suspension:
    """What would be suspended, and what it touches. `sha256` covers the offers, their versions and every
    thing touched: what is confirmed is what was read."""

    offers: tuple[Offer, ...]
    preview: Preview
    sha256: str


def read_suspension(offers: Collection[Offer]) -> Suspension:
    """With everything built on these offers, whether their status relies on it or not. A few queries."""
    keys = [offer.pk for offer in offers]
    seen = preview_offers(keys, standing=above(keys))
    said = {
        "offers": [(offer.pk, offer.version) for offer in offers],
        "touched": [(effect.one, effect.items, sorted(effect.people)) for effect in seen.effects],
    }
    return Suspension(tuple(offers), seen, hashlib.sha256(canonical(said)).hexdigest())


def refuse_changed(found: Suspension, *, sha256: str) -> None:
    if found.sha256 != sha256:
        raise MoveRefused("effects_changed", CHANGED)


def suspend_offer(
    offer: Offer, *, actor: Actor, reason: str, sha256: str = "", expected_version: int | None = None
) -> Offer:
    """Suspend and tell everyone concerned, together. Raises MoveRefused, VersionStale.

    `sha256` of the preview read, if it was: what changed since then stops the act.
    """
    with transaction.atomic():
        Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
        found = read_suspension([offer])
        if sha256:
            refuse_changed(found, sha256=sha256)
        offer.suspend(actor=actor, reason=reason, expected_version=expected_version)
        tell(
            found.preview,
            subject=f"Offre suspendue : {offer.name}",
            reason=reason,
            url=offer.get_absolute_url(),
        )
    return offer


def lift_offer(offer: Offer, *, actor: Actor, reason: str, expected_version: int | None = None) -> Offer:
    """List it again and tell the same people."""
    with transaction.atomic():
        offer.lift(actor=actor, reason=reason, expected_version=expected_version)
        seen = preview_offers([offer.pk], standing=above([offer.pk]))
        tell(seen, subject=f"Suspension levée : {offer.name}", reason=reason, url=offer.get_absolute_url())
    return offer


def tell(seen: Preview, *, subject: str, reason: str, url: str) -> None:
    notify(
        User.objects.filter(pk__in=seen.told),
        subject=subject,
        body=f"Acte de l’opérateur sur le référencement. Motif : {reason}",
        url=url,
    )
