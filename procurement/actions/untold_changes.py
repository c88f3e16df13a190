"""What changed of a published contract and is not public yet: told to the service achats, proposed whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text
from procurement.amendments.totals import worth_of
from procurement.models import Amendment, Publication, PublicationRelease
from procurement.order_people import people_holding
from procurement.publication.enums import PublicationState
from procurement.publication.sources import months_between

if TYPE_CHECKING:
    from procurement.models import Contract


def tell_untold(contract: Contract, amendment: Amendment) -> None:
    """In the transaction that approves the amendment; nothing when the contract is not published here."""
    rows = Publication.objects.for_pages().filter(contract=contract, state=PublicationState.PUBLISHED)
    publication = rows.first()
    if publication is None:
        return
    notify(
        people_holding(publication.buyer, Role.PURCHASING),
        subject=f"Modification à publier : {publication.number}",
        body=f"{amendment} est approuvé ; ce qui est public du contrat {contract.number} l’ignore encore.",
        url=publication.get_absolute_url(),
        organisation=publication.buyer,
    )


def untold_amendments(publication: Publication) -> list[Amendment]:
    """Approved since what was last published of it, oldest first; two queries."""
    if publication.state != PublicationState.PUBLISHED or publication.contract is None:
        return []
    newest = PublicationRelease.objects.filter(publication=publication).order_by("-released_at").first()
    since = newest.released_at if newest is not None else publication.published_at
    rows = publication.contract.amendments.approved().filter(decided_at__gt=since)
    return list(rows.order_by("decided_at", "pk"))


def proposed_change(publication: Publication) -> dict[str, Any]:
    """The modification as the contract stands today, for its form; empty when nothing waits. DECP asks for
    the new total and the whole duration."""
    waiting = untold_amendments(publication)
    if not waiting or publication.contract is None:
        return {}
    contract, last = publication.contract, waiting[-1]
    change: dict[str, Any] = {"rationale": " ".join(_words(one) for one in waiting)[:1000]}
    if last.decided_at is not None:
        change["notified_on"] = timezone.localdate(last.decided_at)
    if any(one.delta_eur_ht for one in waiting):
        change["amount_eur_ht"] = worth_of(contract)
    if any(one.new_ends_on for one in waiting):
        change["duration_months"] = months_between(contract.starts_on, contract.ends_on)
    return change


def _words(amendment: Amendment) -> str:
    """Never its free text, which may name a person: the kind and the day."""
    day = timezone.localdate(amendment.decided_at) if amendment.decided_at else None
    return f"{amendment.get_kind_display()} du {date_text(day)}." if day else ""
