"""What waits for a curator and for a supplier, on « Mon bureau »."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import timezone

from catalog.enums import ReviewState, TrustStatus
from catalog.models import OfferClaim, TrustMark, VersionReview
from catalog.models.trust import EXPIRING_WITHIN
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import SUPPLIER_ROLES, Role
from marketplace.ui.desk import SOON, TODO, DeskRow, Shortcut, register_desk

MOST = 20


def rows(actor: Actor) -> list[DeskRow]:
    """One query for a supplier, two for a curator, none for the others."""
    found: list[DeskRow] = []
    if actor.has(Role.CURATOR):
        found += [*_claims(), *_reviews()]
    if actor.has(*SUPPLIER_ROLES):
        found += _expiring(actor)
    return found


def _claims() -> list[DeskRow]:
    waiting = OfferClaim.objects.filter(state__in=OfferClaim.OPEN_STATES).select_related("offer")[:MOST]
    return [
        DeskRow(
            object_label=f"Revendication de {claim.offer.name}",
            url=reverse("catalog:claim_page", args=[claim.uuid]),
            expected="Examiner la preuve",
            since=claim.created_at,
            button="Examiner",
            zone=TODO,
        )
        for claim in waiting
    ]


def _reviews() -> list[DeskRow]:
    waiting = VersionReview.objects.filter(state=ReviewState.PENDING)
    return [
        DeskRow(
            object_label=f"{review.version_proposed.offer.name}, version {review.version_proposed.number}",
            url=reverse("catalog:review_page", args=[review.uuid]),
            expected="Modérer la modification",
            since=review.proposed_at,
            button="Modérer",
            zone=TODO,
        )
        for review in waiting.select_related("version_proposed__offer")[:MOST]
    ]


def _expiring(actor: Actor) -> list[DeskRow]:
    today = timezone.localdate()
    marks = TrustMark.objects.filter(
        offer__supplier__organisation=actor.organisation,
        status__in=(TrustStatus.IN_FORCE, TrustStatus.RENEWAL_PENDING),
        valid_until__range=(today - datetime.timedelta(days=30), today + EXPIRING_WITHIN),
    )
    return [
        DeskRow(
            object_label=f"{mark.name} de {mark.offer.name}",
            url=mark.offer.get_absolute_url(),
            expected="Préparer le renouvellement",
            due_on=mark.valid_until,
            zone=SOON,
        )
        for mark in marks.select_related("offer").order_by("valid_until", "pk")[:MOST]
    ]


def shortcuts(actor: Actor) -> list[Shortcut]:
    found = []
    if actor.has(*SUPPLIER_ROLES) and actor.is_supplier:
        found.append(Shortcut("Référencer une offre", reverse("catalog:create")))
    if actor.has(Role.CURATOR):
        found.append(Shortcut("Qualifications et registres", reverse("catalog:mark_list")))
    return found


def register() -> None:
    register_desk("catalog", rows, shortcuts=shortcuts)
