"""Calls for projects: needs and targets stated before the cut-off, consortia whose members confirm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.numbering import next_number
from qualification.programmes import tell_projects
from qualification.programmes.abilities import call_abilities, proposal_abilities
from qualification.programmes.calls import refuse_unless_open
from qualification.programmes.content import digest
from qualification.programmes.enums import (
    CallState,
    InvitationAnswer,
    MemberRole,
    ProposalState,
)
from qualification.programmes.models import (
    CallNeed,
    CallTarget,
    ConsortiumMember,
    ProgrammeCall,
    ProjectProposal,
)

if TYPE_CHECKING:
    from catalog.models import MissingNeed
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation

WRITTEN = ("title", "summary", "work_plan")
BOTH = "Un groupement réunit au moins un éditeur et un intégrateur."


def add_need(
    call: ProgrammeCall,
    *,
    actor: Actor,
    title: str,
    targets: Iterable[tuple[str, str, str]],
    description: str = "",
    need: MissingNeed | None = None,
    expected_version: int | None = None,
) -> CallNeed:
    """A need and its targets (kind, title, threshold). Only in a draft: every candidate reads the same ones.

    Raises MoveRefused, RuleBroken.
    """
    asked, made = list(targets), []
    if not asked:
        raise RuleBroken("targets_missing", "Donnez au moins un objectif avec son seuil.", field="targets")

    def apply(row: ProgrammeCall) -> None:
        require(call_abilities(actor, row), "edit")
        if row.programme.is_support:
            raise RuleBroken("not_for_projects", "Seul un appel à projets porte des besoins.")
        if row.state != CallState.DRAFT:
            raise MoveRefused(
                "call_published",
                "Les besoins sont figés dès la publication : tous lisent les mêmes.",
                about=row,
            )
        made.append(_stated(row, asked, title=title, description=description, need=need))

    call.touch(
        "add_need", actor=actor, apply=apply, expected_version=expected_version, detail={"need": title}
    )
    return made[0]


def _stated(row: ProgrammeCall, asked: list[tuple[str, str, str]], **said: Any) -> CallNeed:
    need = said["need"]
    stated = CallNeed.objects.create(
        call=row,
        number=row.needs.count() + 1,
        administrations=need.joins.count() if need is not None else None,
        **said,
    )
    CallTarget.objects.bulk_create(
        CallTarget(call_need=stated, number=place, kind=kind, title=what, threshold=threshold)
        for place, (kind, what, threshold) in enumerate(asked, start=1)
    )
    return stated


# -- the consortium


def open_proposal(call: ProgrammeCall, *, actor: Actor, title: str, role: str, part: str) -> ProjectProposal:
    """A draft led by the actor's organisation, its first member. Raises MoveRefused, RuleBroken."""
    organisation = actor.organisation
    if organisation is None or not actor.is_supplier:
        raise NotAllowed("not_allowed", "Seul un fournisseur mène un groupement.")
    if call.programme.is_support:
        raise RuleBroken("not_for_projects", "Cet appel attend une offre, pas un groupement.")
    refuse_unless_open(call)
    with transaction.atomic():
        proposal = ProjectProposal.objects.create(
            number=next_number("GRP"),
            call=call,
            organisation=organisation,
            title=title,
            created_by=actor.user,
        )
        ConsortiumMember.objects.create(
            proposal=proposal,
            organisation=organisation,
            role=role,
            part=part,
            answer=InvitationAnswer.CONFIRMED,
            answered_at=timezone.now(),
            answered_by=actor.user,
        )
        proposal.journal_creation(actor=actor, detail={"call": call.number})
    return proposal


def save_proposal(
    proposal: ProjectProposal,
    *,
    actor: Actor,
    needs: Iterable[CallNeed] | None = None,
    expected_version: int | None = None,
    **written: Any,
) -> ProjectProposal:
    """Whatever is written is kept, before and after the cut-off, while it is a draft."""
    if unknown := set(written) - set(WRITTEN):
        raise ValueError(f"not written by hand: {sorted(unknown)}")

    def apply(row: ProjectProposal) -> None:
        _in_draft(row)
        require(proposal_abilities(actor, row), "edit")
        for name, value in written.items():
            setattr(row, name, value)
        if needs is not None:
            chosen = list(needs)
            if any(each.call_id != row.call_id for each in chosen):
                raise RuleBroken("need_elsewhere", "Choisissez des besoins de cet appel.", field="needs")
            row.needs.set(chosen)

    return proposal.touch("edit", actor=actor, apply=apply, expected_version=expected_version)


def invite(
    proposal: ProjectProposal, *, actor: Actor, organisation: Organisation, role: str, part: str
) -> ConsortiumMember:
    """The member is told and answers. Raises RuleBroken when it is in already."""
    made: list[ConsortiumMember] = []

    def apply(row: ProjectProposal) -> None:
        _in_draft(row)
        require(proposal_abilities(actor, row), "edit")
        try:
            with transaction.atomic():
                made.append(
                    ConsortiumMember.objects.create(
                        proposal=row, organisation=organisation, role=role, part=part
                    )
                )
        except IntegrityError:
            raise RuleBroken(
                "member_already", "Ce fournisseur est déjà du groupement.", field="supplier"
            ) from None
        tell_projects.invited(row, made[0])

    proposal.touch("invite", actor=actor, apply=apply, detail={"organisation": organisation.name})
    return made[0]


def answer_invitation(proposal: ProjectProposal, *, actor: Actor, confirms: bool) -> ProjectProposal:
    """By a manager of the invited organisation, while the project is a draft. The last word counts."""

    def apply(row: ProjectProposal) -> None:
        _in_draft(row)
        require(proposal_abilities(actor, row), "answer")
        member = row.members.exclude(answer=InvitationAnswer.DECLINED).get(organisation=actor.organisation)
        member.answer = InvitationAnswer.CONFIRMED if confirms else InvitationAnswer.DECLINED
        member.answered_at, member.answered_by = timezone.now(), actor.user
        member.save()
        tell_projects.answered(row, member)

    what = "confirm_membership" if confirms else "decline_membership"
    return proposal.touch(what, actor=actor, apply=apply)


# -- sending, as for an application


def send(proposal: ProjectProposal, *, actor: Actor, expected_version: int | None = None) -> ProjectProposal:
    """Every member has confirmed. The database's clock says whether it is late."""
    require(proposal_abilities(actor, proposal), "send")
    with transaction.atomic():
        now = refuse_unless_open(proposal.call)
        row = ProjectProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
        row.check_move("send")
        _check_complete(row)
        content = frozen(row)
        proposal.send(
            actor=actor, content=content, sha256=digest(content), at=now, expected_version=expected_version
        )
        tell_projects.sent(proposal)
    return proposal


def take_back(
    proposal: ProjectProposal, *, actor: Actor, expected_version: int | None = None
) -> ProjectProposal:
    require(proposal_abilities(actor, proposal), "take_back")
    with transaction.atomic():
        refuse_unless_open(proposal.call)
        return proposal.take_back(actor=actor, expected_version=expected_version)


def withdraw(
    proposal: ProjectProposal, *, actor: Actor, reason: str, expected_version: int | None = None
) -> ProjectProposal:
    require(proposal_abilities(actor, proposal), "withdraw")
    return proposal.withdraw(actor=actor, reason=reason, expected_version=expected_version)


def frozen(proposal: ProjectProposal) -> dict[str, Any]:
    return {
        "number": proposal.number,
        "call": proposal.call.number,
        "lead": proposal.organisation.name,
        "written": {name: getattr(proposal, name) for name in WRITTEN},
        "needs": [str(need) for need in proposal.needs.all()],
        "members": [
            {"organisation": each.organisation.name, "role": each.role, "part": each.part}
            for each in proposal.standing
        ],
    }


def _check_complete(proposal: ProjectProposal) -> None:
    missing = {
        name: [f"Répondez à « {label} » avant d’envoyer."]
        for name, label in (("summary", "Le projet"), ("work_plan", "Étapes et calendrier"))
        if not getattr(proposal, name).strip()
    }
    if not proposal.needs.exists():
        missing["needs"] = ["Choisissez au moins un besoin de l’appel."]
    if missing:
        raise RuleBroken("incomplete", "Il manque des réponses : complétez le brouillon.", fields=missing)
    standing = proposal.standing
    silent = [each.organisation.name for each in standing if each.answer != InvitationAnswer.CONFIRMED]
    if silent:
        raise RuleBroken("members_silent", f"N’ont pas encore confirmé : {', '.join(silent)}.")
    if not {MemberRole.PUBLISHER, MemberRole.INTEGRATOR} <= {each.role for each in standing}:
        raise RuleBroken("consortium_incomplete", f"{BOTH} Invitez celui qui manque.")


def _in_draft(row: ProjectProposal) -> None:
    if row.state != ProposalState.DRAFT:
        raise MoveRefused("wrong_state", "Le groupement et son projet se modifient en brouillon.", about=row)
