"""What a curator concludes of two offers that look like one: nothing, a request, or a withdrawal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction

from catalog.actions.reviews import managers_of
from catalog.enums import OfferState
from catalog.models import DuplicatePair, Offer
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.outbox import notify

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def dismiss(
    pair: DuplicatePair, *, actor: Actor, reason: str, expected_version: int | None = None
) -> DuplicatePair:
    """« Pas un doublon »: remembered, the pair does not come back by itself."""
    return pair.dismiss(actor=actor, reason=reason, expected_version=expected_version)


def reopen(
    pair: DuplicatePair, *, actor: Actor, reason: str, expected_version: int | None = None
) -> DuplicatePair:
    return pair.reopen(actor=actor, reason=reason, expected_version=expected_version)


def ask(
    pair: DuplicatePair, *, actor: Actor, reason: str, duplicate: UUID, expected_version: int | None = None
) -> DuplicatePair:
    """The supplier of the duplicate is asked to withdraw it. Nothing of the offers changes.

    Raises RuleBroken on « duplicate » (neither of the two, nobody answers for it), MoveRefused.
    """
    offer = _one_of(pair, duplicate)
    organisation = offer.supplier.organisation_id
    if organisation is None:
        raise RuleBroken(
            "nobody_to_ask",
            "Personne ne répond de cette fiche publique. Retirez-la, ou choisissez l’autre offre.",
            field="duplicate",
        )
    with transaction.atomic():
        pair.ask(actor=actor, reason=reason, duplicate=offer, expected_version=expected_version)
        kept = pair.other(offer)
        notify(
            managers_of(organisation),
            subject=f"Une offre semble en doubler une autre : {offer.name}",
            body=f"L’opérateur y voit un doublon de {kept.name} ({kept.supplier.name}). Motif : {reason} "
            "Retirez-la si c’en est un, ou dites ce qui les distingue dans sa description.",
            url=offer.get_absolute_url(),
            organisation=offer.supplier.organisation,
        )
    return pair


def confirm(
    pair: DuplicatePair, *, actor: Actor, reason: str, duplicate: UUID, expected_version: int | None = None
) -> DuplicatePair:
    """The duplicate leaves the catalogue; its address says when and why, and names the one that stays.

    A supplier's offer is withdrawn (still read by those who hold an order or a contract on it); a public
    sheet that nobody claimed is removed. Offers are locked before the pair. Raises RuleBroken on
    « duplicate », MoveRefused when either offer left the catalogue meanwhile.
    """
    offer = _one_of(pair, duplicate)
    if settings.DEMONSTRATION and offer.source_key:
        raise RuleBroken(
            "demonstration_real_offer",
            "Dans la démonstration, aucun fait fictif n’est attaché à une offre réelle.",
            field="duplicate",
        )
    with transaction.atomic():
        rows = Offer.objects.select_for_update(of=("self",)).filter(pk__in=(pair.first_id, pair.second_id))
        locked = {row.pk: row for row in rows.order_by("pk")}
        kept = pair.other(offer)
        if not all(row.is_public for row in locked.values()):
            raise MoveRefused(
                "offer_closed", "L’une des deux offres n’est plus au catalogue. Rechargez la page."
            )
        pair.confirm(actor=actor, reason=reason, duplicate=offer, expected_version=expected_version)
        said = f"Doublon de l’offre n° {kept.number}, {kept.name}. {reason}"[:1000]
        if locked[offer.pk].state == OfferState.UNCLAIMED:
            offer.remove(actor=actor, reason=said)
        else:
            offer.withdraw(actor=actor, reason=said)
        _tell_withdrawn(offer, kept, said)
    return pair


def _one_of(pair: DuplicatePair, chosen: UUID) -> Offer:
    found = next((offer for offer in (pair.first, pair.second) if offer.uuid == chosen), None)
    if found is None:
        raise RuleBroken(
            "duplicate", "Choisissez laquelle des deux offres est le doublon.", field="duplicate"
        )
    return found


def _tell_withdrawn(offer: Offer, kept: Offer, said: str) -> None:
    organisation = offer.supplier.organisation_id
    if organisation is not None:
        notify(
            managers_of(organisation),
            subject=f"Offre retirée comme doublon : {offer.name}",
            body=said,
            url=kept.get_absolute_url(),
            organisation=offer.supplier.organisation,
        )
