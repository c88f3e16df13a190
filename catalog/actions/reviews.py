"""A listed offer changes: a version is proposed, then a curator or a dossier decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from catalog.enums import OfferState, ReviewState
from catalog.hooks import material_handler
from catalog.models import Offer, OfferSearchRow, OfferVersion, VersionReview
from catalog.questions.conditions import unanswered
from catalog.questions.engine import Question, changed
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, User
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.events.bus import emit
from marketplace.notifications.outbox import notify

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

LISTED = (OfferState.LISTED, OfferState.SUSPENDED)


def material_changes(version: OfferVersion, *, live: OfferVersion) -> list[Question]:
    return [question for question in changed(live.answers, version.answers) if question.material]


def propose(offer: Offer, *, actor: Actor, expected_version: int | None = None) -> VersionReview:
    """Freeze the version in edition and send it to a curator, or to a dossier when it is material.

    Raises MoveRefused (not listed, nothing to propose, one already waits), RuleBroken (gaps).
    """
    made: list[VersionReview] = []

    def apply(locked: Offer) -> None:
        draft, live = locked.draft_version, locked.live_version
        if locked.state not in LISTED or draft is None or live is None:
            raise MoveRefused("nothing_to_propose", "Aucune modification n’attend d’être proposée.")
        gaps = unanswered(draft.answers)
        if gaps:
            fields = {gap.id: [f"Répondez à « {gap.label} »"] for gap in gaps}
            raise RuleBroken("answers_missing", f"{len(gaps)} questions restent sans réponse.", fields=fields)
        _refuse_second(locked)
        made.append(
            VersionReview.objects.create(
                state=ReviewState.PENDING,
                version_proposed=draft.freeze(),
                replaces=live,
                proposed_by=actor.user,
            )
        )

    with transaction.atomic():
        offer.touch("version_proposed", actor=actor, apply=apply, expected_version=expected_version)
        review = made[0]
        review.journal_creation(actor=actor)
        _route(review, actor=actor)
    return review


def _refuse_second(offer: Offer) -> None:
    waiting = VersionReview.objects.filter(
        version_proposed__offer=offer, state__in=(ReviewState.PENDING, ReviewState.IN_DOSSIER)
    )
    if waiting.exists():
        raise MoveRefused(
            "version_waiting",
            "Une version attend déjà une décision. Attendez-la avant d’en proposer une autre.",
        )


def _route(review: VersionReview, *, actor: Actor) -> None:
    """A material change goes to a dossier. Without a handler the curator sees it marked."""
    handler = material_handler()
    if handler is None or not material_changes(review.version_proposed, live=review.replaces):
        return
    review.send_to_dossier(actor=actor)
    handler(review.version_proposed, actor)


def accept(
    review: VersionReview, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> VersionReview:
    """Put the version online. The curator accepts exactly what was read: versions are frozen."""
    version = review.version_proposed
    offer = version.offer

    def apply(locked: Offer) -> None:
        locked.show_version(version)
        locked.facts_confirmed_on = timezone.localdate()

    with transaction.atomic():
        review.accept(actor=actor, reason=reason, expected_version=expected_version)
        offer.touch("version_online", actor=actor, apply=apply, detail={"version": version.number})
        OfferSearchRow.objects.refresh([offer.pk])
        emit("offer.version_online", {"offer": offer.pk, "version": version.pk})
        _tell(
            review, f"Version {version.number} en ligne : {offer.name}", "Votre modification a été acceptée."
        )
    return review


def refuse(
    review: VersionReview, *, actor: Actor, reason: str, expected_version: int | None = None
) -> VersionReview:
    """The live version stays; the supplier starts again from the refused one."""
    offer = review.version_proposed.offer
    with transaction.atomic():
        review.refuse(actor=actor, reason=reason, expected_version=expected_version)
        _tell(review, f"Modification refusée : {offer.name}", f"Motif : {reason}")
    return review


def _tell(review: VersionReview, subject: str, body: str) -> None:
    offer = review.version_proposed.offer
    organisation = offer.supplier.organisation
    if organisation is not None:
        notify(
            managers_of(organisation.pk),
            subject=subject,
            body=body,
            url=offer.get_absolute_url(),
            organisation=organisation,
        )


def managers_of(organisation_id: int) -> list[User]:
    held = Membership.objects.holding(Role.SUPPLIER_MANAGER).filter(organisation_id=organisation_id)
    return [membership.user for membership in held.select_related("user")]
