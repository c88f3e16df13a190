"""Right of reply on a check: the supplier contests a result, an officer answers with reasons.

The limit (qualification.limits) and the rule that a decision waits for the answer are the
marketplace's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.files.store import store_upload
from marketplace.numbering import next_number
from marketplace.ui.typography import date_text
from qualification import pipeline, tell
from qualification.abilities import dispute_abilities, person_of
from qualification.enums import DisputeEffect, DisputeState
from qualification.models import CheckRun, Dispute, Dossier
from qualification.states import DISPUTE_STATES

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.actors import Actor


def lodge(run: CheckRun, *, actor: Actor, reason: str, upload: UploadedFile | None = None) -> Dispute:
    """Contest a result. Raises MoveRefused when it cannot be (any more), RuleBroken on text or file.

    Locks the dossier: a proposal or a decision made meanwhile is seen.
    """
    with transaction.atomic():
        dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=run.dossier_id)
        check_disputable(run, dossier=dossier)
        _check_words(reason, missing="Dites pourquoi vous contestez ce résultat.")
        dispute = Dispute.objects.create(
            number=next_number("CON"),
            dossier=dossier,
            check_run=run,
            grounds=reason,
            file=store_upload(upload, owner=dossier.organisation, actor=actor) if upload else None,
            lodged_by=person_of(actor),
        )
        dispute.journal_creation(actor=actor, detail={"check": run.check_code, "verdict": run.verdict})
        tell.disputed(dispute)
    return dispute


def join_file(
    dispute: Dispute, *, actor: Actor, upload: UploadedFile, expected_version: int | None = None
) -> Dispute:
    """The supplier's file, in place of the one before (which is kept, not shown), until the answer."""

    def apply(row: Dispute) -> None:
        if row.state != DisputeState.LODGED:
            raise MoveRefused("dispute_answered", "Cette contestation a reçu sa réponse : elle est close.")
        row.file = store_upload(upload, owner=row.dossier.organisation, actor=actor)

    return dispute.touch("join_file", actor=actor, apply=apply, expected_version=expected_version)


def check_disputable(run: CheckRun, *, dossier: Dossier) -> None:
    """Raises MoveRefused: what happened, and what remains to do."""
    if dossier.state not in DISPUTE_STATES:
        raise MoveRefused(
            "dispute_closed",
            "Un résultat se conteste pendant l’examen du dossier. Après la décision, formez un recours.",
        )
    before = run.dispute_before
    if before is None:
        raise MoveRefused(
            "nothing_to_dispute", "Ce résultat ne compte pas contre vous : il n’y a rien à contester."
        )
    if timezone.localdate() >= before:
        raise MoveRefused(
            "dispute_too_late",
            f"Ce résultat se contestait avant le {date_text(before)}. Relancez le contrôle : "
            "un nouveau résultat ouvre un nouveau délai.",
        )
    if Dispute.objects.filter(check_run=run).exists():
        raise MoveRefused("disputed_already", "Ce résultat est déjà contesté. Suivez sa contestation.")
    if dossier.runs.filter(check_code=run.check_code, run_number__gt=run.run_number).exists():
        raise MoveRefused(
            "result_replaced", "Ce contrôle a été relancé : contestez le nouveau résultat s’il y a lieu."
        )


def uphold(
    dispute: Dispute, *, actor: Actor, effect: str, reason: str, expected_version: int | None = None
) -> Dispute:
    """The supplier is right: the check runs again, or its result is set aside and a person judges."""
    if effect not in DisputeEffect.values:
        raise RuleBroken("unknown_effect", "Choisissez : relancer le contrôle ou écarter son résultat.")
    _check_answer(reason)
    with transaction.atomic():
        dispute.uphold(actor=actor, effect=effect, answer=reason, expected_version=expected_version)
        require(dispute_abilities(actor, dispute), "uphold")
        if effect == DisputeEffect.RERUN:
            pipeline.replay(dispute.dossier, check_code=dispute.check_run.check_code, actor=actor)
        tell.dispute_answered(dispute)
    return dispute


def reject(dispute: Dispute, *, actor: Actor, reason: str, expected_version: int | None = None) -> Dispute:
    """The result stands, with the officer's reasons."""
    _check_answer(reason)
    with transaction.atomic():
        dispute.reject(actor=actor, answer=reason, expected_version=expected_version)
        require(dispute_abilities(actor, dispute), "reject")
        tell.dispute_answered(dispute)
    return dispute


def refuse_while_waiting(dossier: Dossier) -> None:
    """Nobody proposes or decides over an unanswered dispute. Call under the dossier's lock."""
    waiting = list(dossier.disputes.waiting().values_list("number", flat=True))
    if waiting:
        raise RuleBroken(
            "disputes_waiting",
            f"Le fournisseur conteste un contrôle : répondez d’abord à {', '.join(waiting)}.",
        )


def _check_answer(reason: str) -> None:
    _check_words(reason, missing="Motivez la réponse : le fournisseur la lira.")


def _check_words(reason: str, *, missing: str) -> None:
    if not reason.strip():
        raise RuleBroken("reason_missing", missing, field="reason")
