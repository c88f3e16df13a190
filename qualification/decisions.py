"""Deciding: by somebody who did not instruct, once per stage, with reasons, hearing and remedies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.errors import RuleBroken
from marketplace.events.bus import emit
from marketplace.ui.typography import date_text
from qualification import limits, listing, tell
from qualification.abilities import dossier_abilities, person_of
from qualification.actions import check_words, judged_version
from qualification.confirmations import refuse_unknowns
from qualification.disputes import refuse_while_waiting
from qualification.enums import LISTING_OUTCOMES, DecisionStage, DossierState, ListingOutcome
from qualification.interests import declare_none
from qualification.models import Appeal, Decision, Dossier
from qualification.pdf.decision_letter import store_letter

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class Words(TypedDict):
    """What a decision says, as its row keeps it."""

    outcome: str
    reasons: str
    reserves: str
    hearing: str


def decide(
    dossier: Dossier,
    *,
    actor: Actor,
    outcome: str,
    reasons: str,
    reserves: str = "",
    hearing: str = "",
    no_interest: bool = False,
    expected_version: int | None = None,
) -> Decision:
    """The first decision; `no_interest` declares no link with the supplier in the same act.

    Raises NotAllowed for who instructed or has a link, RuleBroken for who declared nothing, MoveRefused when
    it was just decided.
    """
    words = Words(outcome=outcome, reasons=reasons, reserves=reserves, hearing=hearing)
    return _decide(
        dossier,
        dossier.decide,
        actor=actor,
        stage=DecisionStage.FIRST,
        words=words,
        no_interest=no_interest,
        version=expected_version,
    )


def appeal(dossier: Dossier, *, actor: Actor, reason: str, expected_version: int | None = None) -> Dossier:
    """The supplier contests within the time limit. Raises RuleBroken after it, or twice."""
    if not reason.strip():
        raise RuleBroken("grounds_missing", "Dites pourquoi vous contestez.", field="reason")
    if dossier.state == DossierState.DECIDED:
        _check_appeal(dossier)
    with transaction.atomic():
        dossier.appeal(actor=actor, reason=reason, expected_version=expected_version)
        Appeal.objects.create(dossier=dossier, grounds=reason, lodged_by=person_of(actor))
        tell.appealed(dossier)
    return dossier


def decide_appeal(
    dossier: Dossier,
    *,
    actor: Actor,
    outcome: str,
    reasons: str,
    reserves: str = "",
    hearing: str = "",
    no_interest: bool = False,
    expected_version: int | None = None,
) -> Decision:
    """The decision on appeal, by somebody who neither instructed nor decided first."""
    words = Words(outcome=outcome, reasons=reasons, reserves=reserves, hearing=hearing)
    return _decide(
        dossier,
        dossier.decide_appeal,
        actor=actor,
        stage=DecisionStage.APPEAL,
        words=words,
        no_interest=no_interest,
        version=expected_version,
    )


def _decide(
    dossier: Dossier,
    move: Callable[..., object],
    *,
    actor: Actor,
    stage: str,
    words: Words,
    no_interest: bool,
    version: int | None,
) -> Decision:
    """One road for both decisions; the ability bears the name of the move."""
    check_decision(**words)
    with transaction.atomic():
        move(actor=actor, outcome=words["outcome"], reason=words["reasons"], expected_version=version)
        require(dossier_abilities(actor, dossier), move.__name__)
        declare_none(dossier, actor=actor, no_interest=no_interest)
        refuse_while_waiting(dossier)
        if words["outcome"] in LISTING_OUTCOMES:
            refuse_unknowns(dossier)
        decision = _write(drafted(dossier, actor=actor, stage=stage, words=words), actor=actor)
        _follow(dossier, decision, actor=actor)
    return decision


def check_decision(outcome: str, *, reasons: str, reserves: str, hearing: str) -> None:
    check_words(outcome, reasons=reasons, reserves=reserves)
    if outcome == ListingOutcome.REFUSED and not hearing.strip():
        raise RuleBroken(
            "hearing_missing",
            "Un refus suit une procédure contradictoire : dites comment le fournisseur a été entendu.",
            field="hearing",
        )


def _check_appeal(dossier: Dossier) -> None:
    if dossier.appealed_at is not None:
        raise RuleBroken(
            "appealed_already", "Un recours a déjà été décidé. Il reste le tribunal administratif."
        )
    if dossier.outcome == ListingOutcome.LISTED:
        raise RuleBroken("nothing_to_appeal", "L’offre est référencée sans réserve : rien à contester.")
    if dossier.appeal_until is None or timezone.localdate() > dossier.appeal_until:
        raise RuleBroken("appeal_too_late", "Le délai de recours est passé.")
    if Dossier.objects.filter(offer=dossier.offer_id).exclude(state=DossierState.DECIDED).exists():
        raise RuleBroken("dossier_open", "Un nouveau dossier est ouvert pour cette offre : suivez celui-là.")


def drafted(dossier: Dossier, *, actor: Actor, stage: str, words: Words) -> Decision:
    """The decision as it would be written now, not saved: what the letter says, before and after."""
    decision = Decision(
        dossier=dossier,
        stage=stage,
        proposal=dossier.proposals.order_by("-pk").first(),
        offer_version=judged_version(dossier),
        appeal_until=limits.appeal_until(timezone.localdate()),
        decided_by=person_of(actor),
        **words,
    )
    decision.remedies = remedies(decision)
    return decision


def remedies(decision: Decision) -> str:
    """Voies et délais de recours, a line each, as they must stand on the decision."""
    until = date_text(decision.appeal_until)
    court = f"Recours contentieux : devant le tribunal administratif, jusqu’au {until}."
    limit = f"Délai : {settings.DOSSIER_APPEAL_MONTHS} mois à compter de la décision."
    if not decision.may_be_appealed:
        return f"{court}\n{limit}"
    again = f"Recours gracieux : auprès de l’opérateur, jusqu’au {until} ; une autre personne réexaminera."
    return f"{again}\n{court}\n{limit}"


def _write(decision: Decision, *, actor: Actor) -> Decision:
    """With its letter, made once."""
    assert actor.organisation is not None
    decision.letter = store_letter(decision, operator=actor.organisation, actor=actor)
    decision.save(force_insert=True)
    return decision


def _follow(dossier: Dossier, decision: Decision, *, actor: Actor) -> None:
    """List the offer where it was decided, tell the upper apps and the people."""
    if decision.outcome in LISTING_OUTCOMES:
        listing.list_version(
            dossier.offer, version=decision.offer_version, actor=actor, reason=dossier.number
        )
        listing.confirm_marks(decision.offer_version, actor=actor)
    else:
        listing.refuse_version(version=decision.offer_version, actor=actor, reason=decision.reasons[:1000])
    emit(
        "dossier.decided",
        {
            "dossier": dossier.pk,
            "offer": dossier.offer_id,
            "decision": decision.pk,
            "outcome": decision.outcome,
            "stage": decision.stage,
        },
    )
    tell.decided(dossier, decision)
