"""Which offers, marks and moderation the desk of a supplier and of the operator tells about."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from catalog.models import MissingNeed, Offer, OfferClaim, OfferHandover, TrustMark, VersionReview
from catalog.states import CLAIM_MOVES, HANDOVER_MOVES, NEED_MOVES, OFFER_MOVES, REVIEW_MOVES, TRUST_MOVES
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OPERATOR_ROLES, SUPPLIER_ROLES
from marketplace.ui.followed import Followed, follow

NEW_VERSION = frozenset({"version_online", "answers_corrected"})
MARK_ACTS = frozenset(TRUST_MOVES)


def _concerned(actor: Actor) -> bool:
    return (actor.is_supplier and actor.has(*SUPPLIER_ROLES)) or actor.has(*OPERATOR_ROLES)


def _offers(actor: Actor) -> QuerySet[Offer] | None:
    return Offer.objects.visible_to(actor) if _concerned(actor) else None


def _marks(actor: Actor) -> QuerySet[TrustMark] | None:
    return TrustMark.objects.visible_to(actor).select_related("offer") if _concerned(actor) else None


def _claims(actor: Actor) -> QuerySet[OfferClaim] | None:
    return OfferClaim.objects.visible_to(actor).with_people() if _concerned(actor) else None


def _handovers(actor: Actor) -> QuerySet[OfferHandover] | None:
    return OfferHandover.objects.visible_to(actor).with_people() if _concerned(actor) else None


def _needs(actor: Actor) -> QuerySet[MissingNeed] | None:
    """Never a supplier's to read."""
    return MissingNeed.objects.visible_to(actor) if actor.is_buyer or _concerned(actor) else None


def _needs_of(actor: Actor) -> Q:
    """What the administration said it lacks, alone or with others; the operator what it acted on."""
    if not actor.is_buyer:
        return Q(pk__in=())
    return Q(organisation=actor.organisation) | Q(joins__organisation=actor.organisation)


def _reviews(actor: Actor) -> QuerySet[VersionReview] | None:
    seen = VersionReview.objects.visible_to(actor)
    return seen.select_related("version_proposed__offer") if _concerned(actor) else None


def _ours(path: str) -> Any:
    """Everything of the supplier's own organisation; the operator follows what it acted on."""

    def own(actor: Actor) -> Q:
        return Q(**{path: actor.organisation}) if actor.is_supplier else Q(pk__in=())

    return own


FOLLOWED = (
    Followed(
        "catalog.offer",
        seen=_offers,
        own=_ours("supplier__organisation"),
        url=Offer.get_absolute_url,
        done=frozenset(OFFER_MOVES) | NEW_VERSION | {"version_proposed"},
        told=frozenset(OFFER_MOVES) | NEW_VERSION | {"version_proposed"},
    ),
    Followed(
        "catalog.trustmark",
        seen=_marks,
        own=_ours("offer__supplier__organisation"),
        url=lambda mark: mark.offer.get_absolute_url(),
        label=lambda mark: f"{mark.name} de {mark.offer.name}",
        done=MARK_ACTS | {"confirm", "report"},
        told=MARK_ACTS,
    ),
    Followed(
        "catalog.offerclaim",
        seen=_claims,
        own=_ours("organisation"),
        url=lambda claim: reverse("catalog:claim_page", args=[claim.uuid]),
        label=lambda claim: f"Revendication de {claim.offer.name}",
        done=frozenset(CLAIM_MOVES),
        told=frozenset(CLAIM_MOVES),
    ),
    Followed(
        "catalog.versionreview",
        seen=_reviews,
        own=_ours("version_proposed__offer__supplier__organisation"),
        url=lambda review: reverse("catalog:review_page", args=[review.uuid]),
        label=lambda review: (
            f"{review.version_proposed.offer.name}, version {review.version_proposed.number}"
        ),
        done=frozenset(REVIEW_MOVES),
        told=frozenset(REVIEW_MOVES),
    ),
    Followed(
        "catalog.missingneed",
        seen=_needs,
        own=_needs_of,
        url=MissingNeed.get_absolute_url,
        done=frozenset(NEED_MOVES) | {"create"},
        told=frozenset(NEED_MOVES),
    ),
    Followed(
        "catalog.offerhandover",
        seen=_handovers,
        own=_ours("organisation_to"),
        url=OfferHandover.get_absolute_url,
        label=lambda handover: f"Transfert de {handover.offer.name}",
        done=frozenset(HANDOVER_MOVES) | {"create"},
        told=frozenset(HANDOVER_MOVES) | {"create"},
    ),
)


def register() -> None:
    follow(*FOLLOWED)
