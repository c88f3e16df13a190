"""Choosing candidates by the published criteria, up to the published number, then inviting them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, RuleBroken
from marketplace.ui.typography import datetime_text, plural
from procurement.actions import releases, tender_releases
from procurement.applications.rules import refuse_no_reason
from procurement.candidates.enums import CandidateState, RejectionGround
from procurement.candidates.rules import number_rule_on
from procurement.consultations.clock import database_now
from procurement.consultations.content import write_invitations
from procurement.consultations.delays import response_from
from procurement.consultations.enums import ConsultationState
from procurement.consultations.schedule import PARIS
from procurement.consultations.telling import tell_invited, tell_supplier
from procurement.models import Candidate, Consultation

if TYPE_CHECKING:
    import datetime as dt

    from marketplace.accounts.actors import Actor


def refuse_early(row: Consultation, *, now: dt.datetime) -> None:
    """Raises MoveRefused before the last instant to apply, and once the invitations left."""
    if row.state != ConsultationState.CANDIDATURES:
        message = f"Le choix des candidats est fait : l’état est « {row.get_state_display()} »."
        raise MoveRefused("selection_over", message, about=row)
    if not row.candidatures_over_at(now):
        message = "Aucune candidature ne se lit avant le terme annoncé : revenez quand il sera passé."
        raise MoveRefused("candidatures_open", message, about=row)


def select(candidate: Candidate, *, actor: Actor, expected_version: int | None = None) -> Candidate:
    """Raises MoveRefused, beyond the published number too."""

    def chosen(row: Candidate, consultation: Consultation) -> None:
        refuse_full(consultation)
        row.ground, row.reason = "", ""

    return _decide(candidate, "select", chosen, actor=actor, expected_version=expected_version)


def refuse_full(row: Consultation) -> None:
    """Raises MoveRefused once as many candidates as published are chosen. One query."""
    most = row.candidates_most or 0
    if row.candidates.filter(state=CandidateState.SELECTED).count() >= most:
        words = plural(most, one="candidat", many="candidats")
        raise MoveRefused("candidates_most", f"Le nombre maximal publié est atteint : {words}.", about=row)


def reject(
    candidate: Candidate, *, actor: Actor, ground: str, reason: str, expected_version: int | None = None
) -> Candidate:
    """The supplier reads why when the others are invited. Raises MoveRefused, RuleBroken."""
    refuse_no_reason(reason)

    def left_out(row: Candidate, _: Consultation) -> None:
        row.ground, row.reason = ground, reason

    return _decide(
        candidate, "reject", left_out, actor=actor, reason=reason, expected_version=expected_version
    )


def _decide(
    candidate: Candidate,
    move: str,
    apply: Callable[[Candidate, Consultation], None],
    *,
    actor: Actor,
    expected_version: int | None,
    reason: str = "",
) -> Candidate:
    """Under the consultation's lock: two choices at once never pass the number."""

    def decided(row: Candidate) -> None:
        apply(row, consultation)
        row.decided_by, row.decided_at = actor.user, timezone.now()

    with transaction.atomic():
        consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=candidate.consultation_id)
        refuse_early(consultation, now=database_now())
        return candidate.perform(
            move, actor=actor, reason=reason, apply=decided, expected_version=expected_version
        )


def invite(consultation: Consultation, *, actor: Actor, expected_version: int | None = None) -> Consultation:
    """Those selected, all at once; the others are told why, each alone. The time to answer runs from now.
    Raises MoveRefused, RuleBroken."""
    now = database_now()

    def invited(row: Consultation) -> None:
        refuse_early(row, now=now)
        candidates = list(row.candidates.living().select_related("supplier"))
        refuse_unfinished(row, candidates)
        write_invitations(row, [one.supplier for one in candidates if _is_selected(one)])
        made = response_from(row, invited_on=now.astimezone(PARIS).date())
        row.invited_at, row.closes_at = now, made.closes_at
        row.questions_until, row.answers_by = made.questions_until, made.answers_by

    with transaction.atomic():
        releases.one_at_a_time()
        consultation.perform("invite", actor=actor, apply=invited, expected_version=expected_version)
        tender_releases.release_invitation(consultation, actor=actor)
        _tell(consultation)
    return consultation


def refuse_unfinished(row: Consultation, candidates: list[Candidate]) -> None:
    """Raises RuleBroken unless each candidate was judged and those chosen are enough."""
    waiting = [one for one in candidates if one.state == CandidateState.GIVEN]
    if waiting:
        names = ", ".join(one.supplier.name for one in waiting)
        raise RuleBroken("candidates_unjudged", f"Retenez ou écartez d’abord, avec son motif : {names}.")
    chosen = [one for one in candidates if _is_selected(one)]
    if not chosen:
        raise RuleBroken(
            "nobody_selected", "Aucun candidat n’est retenu : déclarez la consultation infructueuse."
        )
    fit = [one for one in candidates if one.ground == RejectionGround.RANKED]
    if fit and len(chosen) < row.candidates_least:
        rule = number_rule_on(timezone.localdate())
        source = f" {rule.text} ({rule.source}.)" if rule is not None else ""
        raise RuleBroken(
            "candidates_least",
            f"{plural(len(chosen), one='candidat retenu', many='candidats retenus')} pour un minimum publié "
            f"de {row.candidates_least}, et d’autres remplissent les conditions : retenez-en plus.{source}",
        )


def _is_selected(one: Candidate) -> bool:
    return one.state == CandidateState.SELECTED


def _tell(consultation: Consultation) -> None:
    assert consultation.closes_at is not None  # written by `invite`
    closing = f"Clôture le {datetime_text(consultation.closes_at)} (heure de Paris)."
    tell_invited(consultation, "Vous êtes invité à répondre", f"Votre candidature est retenue. {closing}")
    rejected = consultation.candidates.filter(state=CandidateState.REJECTED)
    for one in rejected.select_related("supplier__organisation"):
        body = f"{one.get_ground_display()}.\n\nMotif : {one.reason}"
        tell_supplier(consultation, one.supplier, "Votre candidature n’est pas retenue", body)
