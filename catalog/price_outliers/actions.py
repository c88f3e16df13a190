"""What a curator concludes of a price far from the others: it is kept, or its supplier is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from catalog.actions.reviews import managers_of
from catalog.models import PriceOutlier
from marketplace.errors import RuleBroken
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import euros

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def keep(
    outlier: PriceOutlier, *, actor: Actor, reason: str, expected_version: int | None = None
) -> PriceOutlier:
    """« Prix retenu »: remembered for this amount, also in the versions to come."""
    return outlier.keep(actor=actor, reason=reason, expected_version=expected_version)


def reopen(
    outlier: PriceOutlier, *, actor: Actor, reason: str, expected_version: int | None = None
) -> PriceOutlier:
    return outlier.reopen(actor=actor, reason=reason, expected_version=expected_version)


def ask(
    outlier: PriceOutlier, *, actor: Actor, reason: str, expected_version: int | None = None
) -> PriceOutlier:
    """Its supplier is told the figures and asked. The price does not change, the row waits for it.

    Raises RuleBroken when nobody answers for the sheet, MoveRefused, VersionStale.
    """
    offer = outlier.offer
    organisation = offer.supplier.organisation
    if organisation is None:
        raise RuleBroken(
            "nobody_to_ask",
            "Personne ne répond de cette fiche publique. Retenez le prix, ou corrigez la fiche.",
            field="reason",
        )
    with transaction.atomic():
        outlier.ask(actor=actor, reason=reason, expected_version=expected_version)
        price = f"{euros(outlier.amount_eur_ht, tax='HT', unit_price=True)} {outlier.unit}".strip()
        notify(
            managers_of(organisation.pk),
            subject=f"Un prix à vérifier : {offer.name}",
            body=f"{outlier.label} : {price}, soit {outlier.place.sentence} {reason} "
            "Corrigez ce prix s’il est faux ; sinon, dites ce qu’il comprend.",
            url=reverse("catalog:edit_plans", args=[offer.number, offer.slug]),
            organisation=organisation,
        )
    return outlier
