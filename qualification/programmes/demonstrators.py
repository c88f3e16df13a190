"""What a project shows on its demonstrator, and the operator's letter: it chooses and pays, we do not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, RuleBroken
from qualification.programmes import tell_projects
from qualification.programmes.abilities import proposal_abilities
from qualification.programmes.enums import ProposalState, TargetVerdict
from qualification.programmes.models import CallTarget, ProjectProposal, TargetResult
from qualification.programmes.progress import check_letter

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def set_demonstrator(
    proposal: ProjectProposal, *, actor: Actor, url: str, available_from: dt.datetime, note: str = ""
) -> ProjectProposal:
    """Where and from when the operator may see it work."""

    def apply(row: ProjectProposal) -> None:
        _sent(row)
        require(proposal_abilities(actor, row), "demonstrate")
        row.demonstrator_url, row.demonstrator_from, row.demonstrator_note = url, available_from, note

    return proposal.touch("set_demonstrator", actor=actor, apply=apply, detail={"url": url})


def record_result(
    proposal: ProjectProposal,
    *,
    actor: Actor,
    target: CallTarget,
    verdict: str,
    observation: str,
    seen_on: dt.date,
) -> TargetResult:
    """What was seen of one target, by who runs programmes. A second row for one replaces the first."""
    made: list[TargetResult] = []

    def apply(row: ProjectProposal) -> None:
        _sent(row)
        require(proposal_abilities(actor, row), "evaluate")
        _check_result(row, target, verdict, seen_on)
        made.append(
            TargetResult.objects.create(
                proposal=row,
                target=target,
                verdict=verdict,
                observation=observation,
                seen_on=seen_on,
                recorded_by=actor.user,
            )
        )

    proposal.touch(
        "record_result", actor=actor, apply=apply, detail={"target": str(target), "verdict": verdict}
    )
    return made[0]


def _check_result(row: ProjectProposal, target: CallTarget, verdict: str, seen_on: dt.date) -> None:
    if verdict not in TargetVerdict.values:
        raise RuleBroken("verdict_unknown", "Ce résultat n’existe pas.", field="verdict")
    if not row.needs.filter(pk=target.call_need_id).exists():
        raise RuleBroken("target_elsewhere", "Ce projet ne répond pas à ce besoin.", field="target")
    if seen_on > timezone.localdate():
        raise RuleBroken("date_to_come", "Un résultat se constate une fois vu.", field="seen_on")
    if not row.demonstrator_url and verdict != TargetVerdict.NOT_SHOWN:
        raise RuleBroken(
            "no_demonstrator", "Aucun démonstrateur n’est indiqué : rien n’a pu être vu.", field="verdict"
        )


def record_outcome(
    proposal: ProjectProposal,
    move: str,
    *,
    actor: Actor,
    decided_on: dt.date,
    decision_reference: str,
    reason: str = "",
    awarded_eur: Any = None,
    expected_version: int | None = None,
) -> ProjectProposal:
    require(proposal_abilities(actor, proposal), move)
    proposal.check_move(move)
    check_letter(move, decided_on=decided_on, sent_at=proposal.sent_at, awarded_eur=awarded_eur)
    values = {"decided_on": decided_on, "decision_reference": decision_reference, "awarded_eur": awarded_eur}
    with transaction.atomic():
        proposal.record_outcome(
            move, actor=actor, values=values, reason=reason, expected_version=expected_version
        )
        tell_projects.outcome(proposal, reason=reason)
    return proposal


def _sent(row: ProjectProposal) -> None:
    if row.state not in (ProposalState.SENT, ProposalState.SELECTED):
        raise MoveRefused("not_sent", "Le démonstrateur se montre une fois le projet envoyé.", about=row)
