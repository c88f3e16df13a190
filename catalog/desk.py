"""What waits for a curator and for a supplier, on « Mon bureau »."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import timezone

from catalog.enums import ReviewState, TrustStatus
from catalog.freshness import due_on
from catalog.handovers.actions import waiting_for
from catalog.models import OfferClaim, TrustMark, VersionReview
from catalog.models.trust import EXPIRING_WITHIN
from catalog.queues import reading_of_queues, stale_offers
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import SUPPLIER_ROLES, Role
from marketplace.ui.desk import SOON, TODO, DeskRow, Rows, Shortcut, one_row_each, register_desk

MOST = 20
# One row each on the desk; versions and claims have a row an object.
DESK_QUEUES = frozenset({"reports", "facts", "register_differences", "duplicates", "price_outliers"})


def rows(actor: Actor) -> list[Rows]:
    """Three readings for a supplier as for a curator, none for the others."""
    found: list[Rows] = []
    if actor.has(Role.CURATOR):
        found += [_claims(), _reviews(), _queues()]
    if actor.has(*SUPPLIER_ROLES):
        found += [_expiring(actor), _to_confirm(actor), _handovers(actor)]
    return found


def _claims() -> Rows:
    waiting = OfferClaim.objects.filter(state__in=OfferClaim.OPEN_STATES).select_related("offer")[:MOST]
    return one_row_each(
        waiting,
        lambda claim: DeskRow(
            object_label=f"Revendication de {claim.offer.name}",
            url=reverse("catalog:claim_page", args=[claim.uuid]),
            expected="Examiner la preuve",
            since=claim.created_at,
            button="Examiner",
            zone=TODO,
        ),
    )


def _reviews() -> Rows:
    waiting = VersionReview.objects.filter(state=ReviewState.PENDING)
    return one_row_each(
        waiting.select_related("version_proposed__offer")[:MOST],
        lambda review: DeskRow(
            object_label=f"{review.version_proposed.offer.name}, version {review.version_proposed.number}",
            url=reverse("catalog:review_page", args=[review.uuid]),
            expected="Modérer la modification",
            since=review.proposed_at,
            button="Modérer",
            zone=TODO,
        ),
    )


def _expiring(actor: Actor) -> Rows:
    today = timezone.localdate()
    marks = TrustMark.objects.filter(
        offer__supplier__organisation=actor.organisation,
        status__in=(TrustStatus.IN_FORCE, TrustStatus.RENEWAL_PENDING),
        valid_until__range=(today - datetime.timedelta(days=30), today + EXPIRING_WITHIN),
    )
    return one_row_each(
        marks.select_related("offer").order_by("valid_until", "pk")[:MOST],
        lambda mark: DeskRow(
            object_label=f"{mark.name} de {mark.offer.name}",
            url=mark.offer.get_absolute_url(),
            expected="Préparer le renouvellement",
            due_on=mark.valid_until,
            zone=SOON,
        ),
    )


def _to_confirm(actor: Actor) -> Rows:
    rows = stale_offers(on=timezone.localdate()).filter(supplier__organisation=actor.organisation)
    return one_row_each(
        rows[:MOST],
        lambda offer: DeskRow(
            object_label=offer.name,
            url=reverse("catalog:confirm_facts", args=[offer.number, offer.slug]),
            expected="Confirmer que tout est toujours vrai, ou modifier l’offre",
            due_on=due_on(offer.facts_confirmed_on) if offer.facts_confirmed_on else None,
            button="Confirmer",
            zone=TODO,
        ),
    )


def _handovers(actor: Actor) -> Rows:
    return one_row_each(
        waiting_for(actor.organisation),
        lambda handover: DeskRow(
            object_label=f"Transfert de {handover.offer.name}",
            url=handover.get_absolute_url(),
            expected=f"Accepter ou refuser l’offre de {handover.supplier_from.name}",
            since=handover.proposed_at,
            button="Répondre",
            zone=TODO,
        ),
    )


def _queues() -> Rows:
    """One row a queue: what waits in it is on its page."""
    states = yield from reading_of_queues(on=timezone.localdate(), codes=DESK_QUEUES)
    return [
        DeskRow(
            object_label=state.label,
            url=state.url,
            expected=f"{state.verb} ({state.count})",
            since=_midnight(state.oldest_on),
            button=state.verb,
            zone=TODO,
        )
        for state in states
        if state.count
    ]


def _midnight(day: datetime.date | None) -> datetime.datetime | None:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time())) if day else None


def shortcuts(actor: Actor) -> list[Shortcut]:
    found = []
    if actor.has(*SUPPLIER_ROLES) and actor.is_supplier:
        found.append(Shortcut("Référencer une offre", reverse("catalog:create")))
    if actor.has(Role.CURATOR):
        found.append(Shortcut("Files de modération", reverse("catalog:moderation")))
        found.append(Shortcut("Qualifications et registres", reverse("catalog:mark_list")))
    return found


def register() -> None:
    register_desk("catalog", rows, shortcuts=shortcuts)
