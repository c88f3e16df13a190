"""What a person may do to a dossier. People are compared, not memberships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, needs, role_needed
from marketplace.accounts.enums import OVERSIGHT_ROLES, SUPPLIER_ROLES, Role
from marketplace.accounts.models import Membership, User
from marketplace.errors import NotAllowed
from marketplace.health.models import PausableQueue
from marketplace.readings import Reading, read
from qualification.models import CheckAlert, Dossier, InterestDeclaration

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from qualification.models import CheckRun, Dispute, Evidence

NEEDS_MANAGER = role_needed(Role.SUPPLIER_MANAGER, because="Cette action revient au fournisseur.")
NEEDS_EDITOR = role_needed(
    Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER, because="Cette action revient au fournisseur."
)
TALKS = role_needed(
    Role.SUPPLIER_EDITOR,
    Role.SUPPLIER_MANAGER,
    Role.QUALIFICATION_OFFICER,
    because="On échange entre le fournisseur et la personne qui instruit le dossier.",
)
NEEDS_OFFICER = needs(Role.QUALIFICATION_OFFICER)
NEEDS_DECISION_MAKER = needs(Role.DECISION_MAKER)
ACTS_ON_WORK = (Role.QUALIFICATION_OFFICER, Role.PLATFORM_ADMIN)
JUDGES = (Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER)
NOT_YOURS = "Ce dossier est confié à une autre personne."
NOT_TAKEN = "Prenez d’abord ce dossier."
INSTRUCTED = "Vous avez instruit ce dossier : la décision revient à une autre personne."
DECIDED_FIRST = "Vous avez pris la première décision : le recours revient à une autre personne."
INTEREST = "Vous avez déclaré un lien avec ce fournisseur : ce dossier ne peut pas vous être confié."
MEMBER = "Vous êtes membre de l’organisation du fournisseur : ce dossier ne peut pas vous être confié."


@dataclass(frozen=True, slots=True)
class Ties:
    """Organisations to which a person stands too close, by their keys."""

    member_of: frozenset[int] = frozenset()
    interest_in: frozenset[int] = frozenset()

    def refusal(self, organisation_id: int) -> str:
        if organisation_id in self.member_of:
            return MEMBER
        return INTEREST if organisation_id in self.interest_in else ""


def ties_of(actor: Actor) -> Ties:
    """One query for those who judge, none for others. The last declaration about a supplier counts."""
    return read(reading_of_ties(actor))


def reading_of_ties(actor: Actor) -> Reading[Ties]:
    """`ties_of`, beside what else is read. One round."""
    if actor.user is None or not actor.has(*JUDGES):
        return Ties()
    member_of = Membership.objects.filter(user=actor.user).values_list("organisation")
    last = (
        InterestDeclaration.objects.filter(user=actor.user)
        .order_by("dossier__organisation_id", "-pk")
        .distinct("dossier__organisation_id")
        .values_list("dossier__organisation", "has_interest")
    )
    (organisations, declared) = yield [member_of, last]
    return Ties(
        frozenset(pk for (pk,) in organisations),
        frozenset(pk for pk, has_interest in declared if has_interest),
    )


def dossier_abilities(actor: Actor, dossier: Dossier, *, ties: Ties | None = None) -> Verdicts:
    """One verdict per act; states are the moves' own business. Lists give ``ties`` once for all rows."""
    manager = _manager(actor, dossier)
    tie = (ties or ties_of(actor)).refusal(dossier.organisation_id)
    officer = _officer(actor, dossier, tie)
    decision = _decision_maker(actor, dossier, tie)
    return {
        "submit": manager,
        "answer_corrections": manager,
        "appeal": manager,
        "dispute": manager,
        "replay": "" if manager == "" or officer == "" else manager,
        "take": tie if actor.has(Role.QUALIFICATION_OFFICER) else NEEDS_OFFICER,
        "declare_interest": "" if actor.has(*JUDGES) else NEEDS_OFFICER,
        "record_finding": officer,
        "request_corrections": officer,
        "propose": officer,
        "send_back": decision,
        "decide": decision,
        "decide_appeal": decision or _first_decision(actor, dossier),
        "redact": tie if actor.has(*JUDGES) else NEEDS_OFFICER,
        "read_instruction": _reads_instruction(actor),
        "discuss": "" if officer == "" else _editor(actor, dossier),
    }


def dossiers_abilities(actor: Actor) -> Verdicts:
    return {
        "create": "" if _is_manager(actor) else NEEDS_MANAGER,
        "instruct": "" if actor.has(*JUDGES) else NEEDS_OFFICER,
        "decide": "" if actor.has(Role.DECISION_MAKER) else NEEDS_DECISION_MAKER,
    }


def run_abilities(actor: Actor, run: CheckRun) -> Verdicts:
    verdicts = dossier_abilities(actor, run.dossier)
    return {"replay": verdicts["replay"], "dispute": verdicts["dispute"]}


def dispute_abilities(actor: Actor, dispute: Dispute) -> Verdicts:
    """The officer in charge answers; the supplier may still join a file."""
    verdicts = dossier_abilities(actor, dispute.dossier)
    answer = verdicts["record_finding"]
    return {"uphold": answer, "reject": answer, "join_file": verdicts["dispute"]}


def evidences_abilities(actor: Actor) -> Verdicts:
    may_keep = actor.is_supplier and actor.has(*SUPPLIER_ROLES)
    return {"create": "" if may_keep else NEEDS_EDITOR}


def evidence_abilities(actor: Actor, evidence: Evidence) -> Verdicts:
    """Its supplier joins it and reads who opened it; so does the auditor read."""
    own = actor.organisation is not None and actor.organisation.pk == evidence.organisation_id
    edits = "" if own and actor.has(*SUPPLIER_ROLES) else NEEDS_EDITOR
    return {"join": edits, "read_journal": "" if actor.has(*OVERSIGHT_ROLES) else edits}


def disputes_abilities(actor: Actor) -> Verdicts:
    return {"create": "" if _is_manager(actor) else NEEDS_MANAGER}


def alerts_abilities(actor: Actor) -> Verdicts:
    return {"see": "" if CheckAlert.readable_by(actor) else NEEDS_OFFICER}


def alert_abilities(actor: Actor, alert: CheckAlert) -> Verdicts:
    """An officer who stands too close to the supplier leaves it to another."""
    if not actor.has(Role.QUALIFICATION_OFFICER):
        return {"close": NEEDS_OFFICER}
    owner = alert.offer.supplier.organisation_id
    return {"close": ties_of(actor).refusal(owner) if owner else ""}


def work_abilities(actor: Actor, queue: str = "") -> Verdicts:
    """Queues and dead letters. E-mails carry more than this: only the platform's administrator stops them."""
    seen = actor.has(*OVERSIGHT_ROLES, *JUDGES, Role.PLATFORM_ADMIN)
    acts = (Role.PLATFORM_ADMIN,) if queue == PausableQueue.MAIL else ACTS_ON_WORK
    refused = "" if actor.has(*acts) else role_needed(*acts, because="")
    return {"see": "" if seen else NEEDS_OFFICER, "pause": refused, "resume": refused, "retry": refused}


def person_of(actor: Actor) -> User:
    """Raises NotAllowed for a service account: a person answers for a judgement."""
    if actor.user is None:
        raise NotAllowed("person_needed", "Un compte de service ne juge pas : une personne en répond.")
    return actor.user


def instructed(dossier: Dossier) -> set[int]:
    """Everyone who judged this dossier: they may not decide it. Three queries unless prefetched."""
    people = {dossier.officer_id} if dossier.officer_id else set()
    people.update(finding.recorded_by_id for finding in dossier.findings.all())
    people.update(asked.requested_by_id for asked in dossier.corrections.all())
    people.update(proposal.proposed_by_id for proposal in dossier.proposals.all())
    return people


def _is_manager(actor: Actor) -> bool:
    return actor.has(Role.SUPPLIER_MANAGER)


def _manager(actor: Actor, dossier: Dossier) -> str:
    own = actor.organisation is not None and actor.organisation.pk == dossier.organisation_id
    return "" if own and _is_manager(actor) else NEEDS_MANAGER


def _editor(actor: Actor, dossier: Dossier) -> str:
    own = actor.organisation is not None and actor.organisation.pk == dossier.organisation_id
    return "" if own and actor.has(*SUPPLIER_ROLES) else TALKS


def _officer(actor: Actor, dossier: Dossier, tie: str) -> str:
    if not actor.has(Role.QUALIFICATION_OFFICER):
        return NEEDS_OFFICER
    if tie:
        return tie
    if dossier.officer_id is None:
        return NOT_TAKEN
    return "" if actor.is_person(dossier.officer_id) else NOT_YOURS


def _decision_maker(actor: Actor, dossier: Dossier, tie: str) -> str:
    if not actor.has(Role.DECISION_MAKER):
        return NEEDS_DECISION_MAKER
    if tie:
        return tie
    return INSTRUCTED if actor.user is not None and actor.user.pk in instructed(dossier) else ""


def _first_decision(actor: Actor, dossier: Dossier) -> str:
    first = any(actor.is_person(decision.decided_by_id) for decision in dossier.decisions.all())
    return DECIDED_FIRST if first else ""


def _reads_instruction(actor: Actor) -> str:
    readers = (Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER, Role.AUDITOR)
    return "" if actor.has(*readers) else NEEDS_OFFICER
