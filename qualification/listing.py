"""What a decision does to the catalogue, and what the catalogue asks of a dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from catalog import trust
from catalog.actions import reviews
from catalog.enums import OfferState, Origin, ReviewState
from catalog.models import Offer, OfferSearchRow, OfferVersion, VersionReview
from marketplace.errors import RuleBroken
from marketplace.events.bus import emit
from qualification import gather
from qualification.checks.trust_marks import held_in_register
from qualification.enums import DossierState
from qualification.models import Dossier

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

REGISTER_SOURCE = "catalogue de l’ANSSI"
CLOSED = (OfferState.WITHDRAWN, OfferState.REMOVED)


def list_version(offer: Offer, *, version: OfferVersion, actor: Actor, reason: str) -> None:
    """Put the judged version online: lists a draft, replaces the live version of a listed offer.

    Call in the transaction of the decision. Raises RuleBroken when the offer was withdrawn meanwhile.
    """
    if offer.state in CLOSED:
        raise RuleBroken(
            "offer_closed", "L’offre a été retirée pendant l’examen : elle ne peut plus être référencée."
        )
    if offer.state == OfferState.DRAFT:
        offer.publish(actor=actor, version=version, reason=reason)
        return
    review = _waiting_review(version)
    if review is not None:
        reviews.accept(review, actor=actor, reason=reason)
    else:
        _show(offer, version=version, actor=actor, reason=reason)


def confirm_marks(version: OfferVersion, *, actor: Actor) -> None:
    """Declared qualifications that the register holds are no longer the supplier's word alone.

    Call in the transaction of the decision, once the findings are judged.
    """
    today = timezone.localdate()
    facts = gather.trust(version, today)
    for known in held_in_register(facts, today):
        declared = version.offer.trust_marks.filter(
            origin=Origin.DECLARED,
            scheme=known.scheme,
            scope=known.scope,
            decision_number=known.decision_number,
        )
        for mark in declared:
            assert facts.register_read_on is not None
            trust.confirm(mark, actor=actor, source=REGISTER_SOURCE, read_on=facts.register_read_on)


def refuse_version(*, version: OfferVersion, actor: Actor, reason: str) -> None:
    """A listed offer keeps its live version; the change it proposed is closed."""
    review = _waiting_review(version)
    if review is not None:
        reviews.refuse(review, actor=actor, reason=reason)


def examine_change(version: OfferVersion, actor: Actor) -> Dossier:
    """The catalogue proposes a material change of a listed offer: open its dossier and send it."""
    from qualification import actions

    dossier = actions.open_dossier(version.offer, actor=actor)
    return actions.submit_version(dossier, actor=actor, version=version)


def _waiting_review(version: OfferVersion) -> VersionReview | None:
    return VersionReview.objects.filter(version_proposed=version, state=ReviewState.IN_DOSSIER).first()


def _show(offer: Offer, *, version: OfferVersion, actor: Actor, reason: str) -> None:
    """On appeal, or after corrections: the version is not the one that a review proposed."""

    def apply(row: Offer) -> None:
        reviews.supersede_older(version, actor=actor)
        row.show_version(version)
        row.confirm_facts(version, by=version.created_by)

    offer.touch("version_online", actor=actor, apply=apply, reason=reason, detail={"version": version.number})
    OfferSearchRow.objects.refresh([offer.pk])
    emit("offer.version_online", {"offer": offer.pk, "version": version.pk})


def open_dossier_refusal(offer: Offer) -> str:
    """A dossier belongs to the supplier who sent it: it is decided before the offer changes hands. One not
    sent yet follows the offer (`qualification.consumers`)."""
    sent = Dossier.objects.exclude(state__in=(DossierState.DRAFT, DossierState.DECIDED))
    open_now = sent.filter(offer=offer).first()
    if open_now is None:
        return ""
    return f"Le dossier {open_now.number} de cette offre n’est pas décidé : il faut le décider d’abord."
