"""« Tout est toujours vrai »: a supplier says again that what is online holds; a curator asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from catalog.actions.reviews import managers_of
from catalog.enums import FactsEventKind
from catalog.freshness import ANSWERED_STATES
from catalog.models import FactsEvent, Offer, OfferVersion
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused
from marketplace.notifications.outbox import notify

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def confirm(offer: Offer, *, actor: Actor, version_read: int | None = None) -> Offer:
    """Raises MoveRefused when no supplier answers for the sheet yet, or when another version came online
    since `version_read` (its number)."""

    def apply(locked: Offer) -> None:
        online = refuse_unanswered(locked)
        if version_read is not None and online.number != version_read:
            raise MoveRefused(
                "version_changed",
                f"La version en ligne est maintenant la version {online.number}. "
                "Relisez-la avant de confirmer.",
            )
        locked.confirm_facts(online, by=actor.user)

    return offer.touch("facts_confirmed", actor=actor, apply=apply)


def ask(offer: Offer, *, actor: Actor) -> Offer:
    """Tell the supplier's managers. A second asking on the same day changes nothing.

    Raises MoveRefused when nobody answers for the sheet.
    """
    online = refuse_unanswered(offer)
    today = timezone.localdate()
    with transaction.atomic():
        locked = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
        asked = FactsEvent.objects.filter(offer=locked, kind=FactsEventKind.ASKED)
        if asked.filter(at__date=today).exists():
            return offer
        FactsEvent.objects.note(online, FactsEventKind.ASKED, by=actor.user)
        record(locked, "facts_asked", actor=actor)
        owner = locked.supplier.organisation
        notify(
            managers_of(owner.pk) if owner else [],
            subject=f"À reconfirmer : {locked.name}",
            body="Les acheteurs lisent des informations que vous n’avez pas confirmées depuis longtemps. "
            "Relisez la fiche, puis dites que tout est toujours vrai ou modifiez-la.",
            url=f"{locked.get_absolute_url()}confirmer/",
            organisation=owner,
            key=f"facts-asked:{locked.uuid}:{today.isoformat()}",
        )
    return offer


def refuse_unanswered(offer: Offer) -> OfferVersion:
    """The version online."""
    if offer.state not in ANSWERED_STATES or offer.live_version is None:
        raise MoveRefused(
            "nobody_answers",
            f"L’offre est « {offer.get_state_display()} » : aucun fournisseur ne répond encore de ce qui est "
            "en ligne.",
        )
    return offer.live_version
