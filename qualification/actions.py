"""What people do to a dossier: each act is one transaction, with its rows, its move and its messages."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Offer, OfferVersion
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import system_actor
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.numbering import next_number
from qualification import limits, pipeline, tell
from qualification.abilities import dossier_abilities, person_of
from qualification.confirmations import refuse_unknowns
from qualification.disputes import refuse_while_waiting
from qualification.enums import LISTING_OUTCOMES, ListingOutcome
from qualification.findings import missing_findings, reopen
from qualification.models import CorrectionRequest, Dossier, Proposal
from qualification.schemes import LISTING

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

CHECKS_ACTOR = system_actor("checks")


def open_dossier(offer: Offer, *, actor: Actor) -> Dossier:
    """A draft for one of the supplier's offers. Raises RuleBroken when one is open already."""
    organisation = offer.supplier.organisation
    if organisation is None or actor.organisation != organisation:
        raise NotAllowed("not_your_offer", "Seul le fournisseur de l’offre ouvre son dossier.")
    try:
        with transaction.atomic():
            dossier = Dossier.objects.create(
                number=next_number("DOS"),
                offer=offer,
                organisation=organisation,
                scheme=LISTING[0],
                scheme_edition=LISTING[1],
                created_by=actor.user,
            )
            dossier.journal_creation(actor=actor)
    except IntegrityError:
        raise RuleBroken(
            "dossier_open", "Un dossier est déjà ouvert pour cette offre.", field="offer"
        ) from None
    return dossier


def submit(dossier: Dossier, *, actor: Actor, expected_version: int | None = None) -> Dossier:
    """Freeze the offer's version, send the dossier, start its checks."""
    with transaction.atomic():
        version = _frozen(dossier.offer, dossier=dossier)
        return submit_version(dossier, actor=actor, version=version, expected_version=expected_version)


def submit_version(
    dossier: Dossier, *, actor: Actor, version: OfferVersion, expected_version: int | None = None
) -> Dossier:
    """Send the dossier on a version that is frozen already."""
    with transaction.atomic():
        dossier.submit(actor=actor, version=version, expected_version=expected_version)
        dossier.start_checks(actor=CHECKS_ACTOR)
        pipeline.start_round(dossier)
        tell.submitted(dossier)
    return dossier


def request_corrections(
    dossier: Dossier, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Dossier:
    """Give the ball to the supplier. The clock stands still until the answer."""
    with transaction.atomic():
        dossier.request_corrections(actor=actor, reason=reason, expected_version=expected_version)
        require(dossier_abilities(actor, dossier), "request_corrections")
        CorrectionRequest.objects.create(
            dossier=dossier,
            round=dossier.round,
            message=reason,
            due_on=timezone.localdate() + dt.timedelta(days=limits.correction_days()),
            requested_by=person_of(actor),
            version_before=judged_version(dossier),
        )
        tell.corrections_requested(dossier, message=reason)
    return dossier


def answer_corrections(
    dossier: Dossier, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Dossier:
    """The supplier sends the dossier back: same place in the queue, checks run again, and only what was found
    wanting or what changed is judged again."""
    with transaction.atomic():
        version = _frozen(dossier.offer, dossier=dossier)
        dossier.answer_corrections(
            actor=actor, version=version, reason=reason, expected_version=expected_version
        )
        asked = dossier.corrections.select_for_update().get(round=dossier.round - 1)
        asked.answer = reason
        asked.answered_by = actor.user
        asked.answered_at = timezone.now()
        asked.version_after = version
        asked.reopened = reopen(dossier, asked)
        asked.save()
        pipeline.start_round(dossier)
        tell.corrections_answered(dossier)
    return dossier


def propose(
    dossier: Dossier,
    *,
    actor: Actor,
    outcome: str,
    reasons: str,
    reserves: str = "",
    expected_version: int | None = None,
) -> Dossier:
    """The officer's proposal; a different person decides. Every requirement has been judged."""
    check_words(outcome, reasons=reasons, reserves=reserves)
    with transaction.atomic():
        dossier.propose(actor=actor, reason=reasons, expected_version=expected_version)
        require(dossier_abilities(actor, dossier), "propose")
        refuse_while_waiting(dossier)
        missing = missing_findings(dossier)
        if missing:
            raise RuleBroken("findings_missing", f"Il reste à juger : {', '.join(missing)}.")
        if outcome in LISTING_OUTCOMES:
            refuse_unknowns(dossier)
        Proposal.objects.create(
            dossier=dossier,
            round=dossier.round,
            outcome=outcome,
            reasons=reasons,
            reserves=reserves,
            proposed_by=person_of(actor),
        )
        tell.proposed(dossier)
    return dossier


def send_back(dossier: Dossier, *, actor: Actor, reason: str, expected_version: int | None = None) -> Dossier:
    """The decision maker asks the officer to look again."""
    with transaction.atomic():
        dossier.send_back(actor=actor, reason=reason, expected_version=expected_version)
        require(dossier_abilities(actor, dossier), "send_back")
        tell.sent_back(dossier, reason=reason)
    return dossier


def check_words(outcome: str, *, reasons: str, reserves: str) -> None:
    if outcome not in ListingOutcome.values:
        raise RuleBroken("unknown_outcome", "Cette décision n’existe pas.", field="outcome")
    if not reasons.strip():
        raise RuleBroken("reasons_missing", "Motivez : le fournisseur lira ces motifs.", field="reasons")
    if outcome == ListingOutcome.LISTED_WITH_RESERVES and not reserves.strip():
        raise RuleBroken("reserves_missing", "Écrivez les réserves.", field="reserves")


def judged_version(dossier: Dossier) -> OfferVersion:
    """The frozen version of a dossier that was sent."""
    assert dossier.offer_version is not None
    return dossier.offer_version


def _frozen(offer: Offer, *, dossier: Dossier) -> OfferVersion:
    """The version being edited, frozen now; else the one this dossier already holds, or the newest."""
    Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    draft = offer.draft_version
    if draft is not None:
        return draft.freeze()
    known = dossier.offer_version or offer.versions.order_by("-number").first()
    if known is None:
        raise RuleBroken("nothing_to_send", "L’offre n’a pas encore de contenu : remplissez-la d’abord.")
    return known
