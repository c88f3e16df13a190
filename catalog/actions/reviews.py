"""A listed offer changes: a version is proposed, then a curator or a dossier decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

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

    Versions proposed before it keep waiting. Raises MoveRefused (not listed, nothing to propose, a
    dossier is examining one), RuleBroken (gaps).
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
        _refuse_during_dossier(locked)
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


def waiting_numbers(offer: Offer) -> list[int]:
    """The versions that wait for a decision, the oldest first."""
    return list(VersionReview.objects.waiting(offer).values_list("version_proposed__number", flat=True))


def _refuse_during_dossier(offer: Offer) -> None:
    """What comes after is made from the version examined: it would carry its important change along."""
    examined = VersionReview.objects.waiting(offer).filter(state=ReviewState.IN_DOSSIER).first()
    if examined is not None:
        raise MoveRefused(
            "version_in_dossier",
            f"Un dossier examine la version {examined.version_proposed.number}. "
            "Votre préparation est gardée : proposez-la une fois le dossier décidé.",
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
    """Put the version online: exactly the one that was read, for versions are frozen.

    Newer versions keep waiting; older ones that waited are superseded, and their supplier told. The
    offer is locked before its reviews, so that two curators never wait for one another. Raises
    MoveRefused (decided meanwhile, offer closed, change become important), VersionStale.
    """
    version = review.version_proposed
    offer = version.offer
    left: list[int] = []

    def apply(locked: Offer) -> None:
        live = _replaceable(locked, review)
        review.accept(actor=actor, replaces=live, reason=reason, expected_version=expected_version)
        left.extend(supersede_older(version, actor=actor))
        locked.show_version(version)
        locked.confirm_facts(version, by=review.proposed_by)

    with transaction.atomic():
        offer.touch("version_online", actor=actor, apply=apply, detail={"version": version.number})
        OfferSearchRow.objects.refresh([offer.pk])
        emit("offer.version_online", {"offer": offer.pk, "version": version.pk})
        body = " ".join(["Votre modification a été acceptée.", *map(_left_sentence, left)])
        _tell(review, f"Version {version.number} en ligne : {offer.name}", body)
    return review


def _replaceable(locked: Offer, review: VersionReview) -> OfferVersion:
    """The version online, which the review's is to replace."""
    live = locked.live_version
    if locked.state not in LISTED or live is None:
        state = locked.get_state_display()
        raise MoveRefused("offer_closed", f"L’offre est « {state} » : plus rien ne s’y met en ligne.")
    judged_by_curator = review.state == ReviewState.PENDING and material_handler() is not None
    if judged_by_curator and material_changes(review.version_proposed, live=live):
        raise MoveRefused(
            "material_now",
            "Comparée à la version en ligne, cette version change maintenant une réponse importante. "
            "Refusez-la : proposée de nouveau, elle passera par un dossier.",
        )
    return live


def supersede_older(version: OfferVersion, *, actor: Actor) -> list[int]:
    """Close the older versions that wait for a curator: this one goes online. Their numbers.

    Call under the offer's lock.
    """
    waiting = VersionReview.objects.waiting(version.offer).filter(
        state=ReviewState.PENDING, version_proposed__number__lt=version.number
    )
    return [review.supersede(actor=actor, by=version).version_proposed.number for review in list(waiting)]


def _left_sentence(number: int) -> str:
    return f"La version {number}, qui attendait, est remplacée par celle-ci."


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
