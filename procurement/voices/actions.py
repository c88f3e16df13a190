"""Reviews by users: written, revised, answered, hidden for law, contested once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.enums import OfferState
from marketplace.accounts.abilities import require
from marketplace.accounts.enums import SUPPLIER_ROLES
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.errors import RuleBroken
from marketplace.notifications.outbox import notify
from procurement.models import ReviewEdition, UserReview
from procurement.voices.abilities import offer_voice_abilities, user_review_abilities
from procurement.voices.enums import Criterion, Step

if TYPE_CHECKING:
    from catalog.models import Offer
    from marketplace.accounts.actors import Actor


def write(offer: Offer, *, actor: Actor, text: str, ratings: Mapping[str, str]) -> UserReview:
    """Raises NotAllowed, RuleBroken (a public sheet, a second review of the same administration)."""
    require(offer_voice_abilities(actor, offer), "review")
    refuse_public_sheet(
        offer, "Cette fiche publique n’est pas tenue par un fournisseur : aucun avis n’y est attaché."
    )
    organisation, user = actor.organisation, actor.user
    assert organisation is not None and user is not None  # `review` asks for a person of an administration
    said = _said(ratings)
    try:
        with transaction.atomic():
            review = UserReview.objects.create(
                offer=offer, organisation=organisation, text=text, ratings=said
            )
            ReviewEdition.objects.create(review=review, text=text, ratings=said, written_by=user)
            review.journal_creation(actor=actor)
            notify(
                _people(offer.supplier.organisation, *SUPPLIER_ROLES),
                subject=f"Un avis sur {offer.name}",
                body=f"{organisation} a donné un avis sur votre offre. Vous pouvez y répondre.",
                url=review.get_absolute_url(),
                organisation=offer.supplier.organisation,
            )
    except IntegrityError as error:
        if "user_review_once" not in str(error):
            raise
        raise RuleBroken(
            "reviewed_already",
            "Votre administration a déjà un avis sur cette offre. Modifiez-le.",
            field="offer",
        ) from error
    return review


def revise(
    review: UserReview,
    *,
    actor: Actor,
    text: str,
    ratings: Mapping[str, str],
    expected_version: int | None = None,
) -> UserReview:
    """What was said before is kept. A hidden review stays hidden until the operator publishes it again."""
    require(user_review_abilities(actor, review), "edit")
    said, user = _said(ratings), actor.user
    assert user is not None  # `edit` asks for a person

    def apply(row: UserReview) -> None:
        row.text, row.ratings, row.revised_at = text, said, timezone.now()
        ReviewEdition.objects.create(review=row, text=text, ratings=said, written_by=user)

    return review.touch("revise", actor=actor, apply=apply, expected_version=expected_version)


def reply(review: UserReview, *, actor: Actor, text: str, expected_version: int | None = None) -> UserReview:
    """One answer of the supplier, which it may edit; both dates are shown."""
    require(user_review_abilities(actor, review), "reply")

    def apply(row: UserReview) -> None:
        if row.replied_at is None:
            row.replied_at = timezone.now()
        else:
            row.reply_revised_at = timezone.now()
        row.reply = text

    with transaction.atomic():
        review.touch("reply", actor=actor, apply=apply, expected_version=expected_version)
        _tell_authors(review, subject=f"Réponse à votre avis sur {review.offer.name}", body=text)
    return review


def hide(
    review: UserReview, *, actor: Actor, ground: str, reason: str, expected_version: int | None = None
) -> UserReview:
    with transaction.atomic():
        review.hide(actor=actor, ground=ground, reason=reason, expected_version=expected_version)
        _tell_authors(
            review,
            subject=f"Votre avis sur {review.offer.name} est masqué",
            body=f"Motif\u00a0: {review.get_ground_display()}. {reason} Vous pouvez contester une fois.",
        )
    return review


def contest(
    review: UserReview, *, actor: Actor, reason: str, expected_version: int | None = None
) -> UserReview:
    """Once: after the answer, the moves table leaves no way back to it."""
    require(user_review_abilities(actor, review), "contest")
    return review.contest(actor=actor, reason=reason, expected_version=expected_version)


def uphold(
    review: UserReview, *, actor: Actor, reason: str, expected_version: int | None = None
) -> UserReview:
    require(user_review_abilities(actor, review), "uphold")
    with transaction.atomic():
        review.uphold(actor=actor, reason=reason, expected_version=expected_version)
        _tell_authors(review, subject=f"Votre avis sur {review.offer.name} reste masqué", body=reason)
    return review


def restore(
    review: UserReview, *, actor: Actor, reason: str, expected_version: int | None = None
) -> UserReview:
    with transaction.atomic():
        review.restore(actor=actor, reason=reason, expected_version=expected_version)
        _tell_authors(review, subject=f"Votre avis sur {review.offer.name} est republié", body=reason)
    return review


def _said(ratings: Mapping[str, str]) -> dict[str, str]:
    """Known criteria with a known step; a criterion without one is left out. Raises RuleBroken."""
    unknown = [code for code, step in ratings.items() if code not in Criterion or (step and step not in Step)]
    if unknown:
        raise RuleBroken("unknown_rating", "Ce critère ou cette appréciation n’existe pas.", field="ratings")
    return {code: ratings[code] for code in Criterion.values if ratings.get(code)}


def refuse_public_sheet(offer: Offer, sentence: str) -> None:
    """Nobody answers for a sheet that no supplier claimed; in a demonstration, no real offer is judged."""
    if offer.state == OfferState.UNCLAIMED or (settings.DEMONSTRATION and offer.is_public_sheet):
        raise RuleBroken("public_sheet", sentence)


def _tell_authors(review: UserReview, *, subject: str, body: str) -> None:
    """Those who wrote it and are still members."""
    writers = review.editions.values("written_by")
    people = Membership.objects.active().filter(organisation=review.organisation_id, user__in=writers)
    notify(
        [member.user for member in people.select_related("user")],
        subject=subject,
        body=body,
        url=review.get_absolute_url(),
        organisation=review.organisation,
    )


def _people(organisation: Organisation | None, *roles: str) -> list[User]:
    if organisation is None:
        return []
    members = Membership.objects.holding(*roles).filter(organisation=organisation).select_related("user")
    return [member.user for member in members]
