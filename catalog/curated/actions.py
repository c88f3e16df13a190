"""The list of offers that an administration recommends to, or allows, its own people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from catalog.curated.abilities import curated_abilities, curated_offer_abilities
from catalog.models import CuratedOffer, Offer
from marketplace.accounts.abilities import require
from marketplace.accounts.models import Organisation
from marketplace.audit.journal import record
from marketplace.errors import RuleBroken

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST_CURATED = 500


def retain(offer: Offer, *, actor: Actor, kind: str, note: str = "") -> CuratedOffer:
    """Raises NotAllowed, RuleBroken: not public, there already, or the list is full."""
    require(curated_abilities(actor), "create")
    assert actor.organisation is not None  # `create` asks for a member of an administration
    if not Offer.objects.public().filter(pk=offer.pk).exists():
        raise RuleBroken(
            "offer_not_public", "Cette offre n’est pas en ligne. Choisissez-en une autre.", field="offer"
        )
    with transaction.atomic():
        # Two people of one administration wait for one another: the list is counted under this lock.
        organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=actor.organisation.pk)
        rows = CuratedOffer.objects.filter(organisation=organisation)
        if rows.filter(offer=offer).exists():
            raise RuleBroken(
                "already_retained", "Cette offre est déjà retenue. Modifiez ce qui en est dit.", field="offer"
            )
        if rows.count() >= MOST_CURATED:
            raise RuleBroken("list_full", f"La liste compte {MOST_CURATED} offres au plus. Retirez-en une.")
        made = CuratedOffer.objects.create(
            organisation=organisation, offer=offer, kind=kind, note=note, added_by=actor.user
        )
        record(made, "retain", actor=actor, detail={"offer": offer.number, "kind": kind})
    return made


def edit(curated: CuratedOffer, *, actor: Actor, **values: Any) -> CuratedOffer:
    """`kind`, `note`. Raises NotAllowed."""
    require(curated_offer_abilities(actor, curated), "edit")
    with transaction.atomic():
        row = CuratedOffer.objects.select_for_update(of=("self",)).select_related("offer").get(pk=curated.pk)
        before = row.kind
        row.kind, row.note = values.get("kind", row.kind), values.get("note", row.note)
        row.changed_at = timezone.now()
        row.save(update_fields=["kind", "note", "changed_at"])
        record(row, "edit", actor=actor, detail={"offer": row.offer.number, "kind": [before, row.kind]})
    return row


def drop(curated: CuratedOffer, *, actor: Actor) -> None:
    """Raises NotAllowed."""
    require(curated_offer_abilities(actor, curated), "delete")
    with transaction.atomic():
        record(curated, "drop", actor=actor, detail={"offer": curated.offer.number, "kind": curated.kind})
        curated.delete()
