"""Who may do what in the programmes. The programme's operator chooses and pays: nobody here does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import OVERSIGHT_ROLES, SUPPLIER_ROLES, Role
from qualification.programmes.states import CALL_MOVES, OUTCOME_MOVES, PROPOSAL_MOVES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from qualification.programmes.models import ProgrammeApplication, ProgrammeCall, ProjectProposal

RUNS = role_needed(Role.PROGRAMME_MANAGER, because="Seul l’opérateur de la place de marché peut faire cela.")
READS = role_needed(
    Role.PROGRAMME_MANAGER,
    Role.AUDITOR,
    *sorted(SUPPLIER_ROLES),
    because="Les candidatures se lisent chez leur fournisseur et chez l’opérateur.",
)
WRITES = role_needed(
    Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER, because="Seul le fournisseur écrit sa candidature."
)
LEADS = role_needed(Role.SUPPLIER_MANAGER, because="Le chef de file engage le groupement.")
ANSWERS = role_needed(Role.SUPPLIER_MANAGER, because="Chaque fournisseur invité répond pour lui-même.")
SIGNS = role_needed(Role.SUPPLIER_MANAGER, because="La candidature engage le fournisseur.")


def programmes_abilities(actor: Actor) -> Verdicts:
    """What needs no object."""
    runs = "" if actor.has(Role.PROGRAMME_MANAGER) else RUNS
    supplier = actor.is_supplier and actor.has(*SUPPLIER_ROLES)
    reads = supplier or actor.has(Role.PROGRAMME_MANAGER, *OVERSIGHT_ROLES)
    return {
        "create": "" if supplier else WRITES,
        "list": "" if reads else READS,
        "run": runs,
        "dashboard": "" if actor.has(Role.PROGRAMME_MANAGER, *OVERSIGHT_ROLES) else RUNS,
    }


def tremplin_abilities(actor: Actor) -> Verdicts:
    return {"mark": "" if actor.is_supplier and actor.has(*SUPPLIER_ROLES) else WRITES}


def calls_abilities(actor: Actor) -> Verdicts:
    return {"create": "" if actor.has(Role.PROGRAMME_MANAGER) else RUNS}


def call_abilities(actor: Actor, call: ProgrammeCall) -> Verdicts:
    return dict.fromkeys((*CALL_MOVES, "edit", "postpone"), calls_abilities(actor)["create"])


def application_abilities(actor: Actor, application: ProgrammeApplication) -> Verdicts:
    own = actor.organisation is not None and actor.organisation.pk == application.organisation_id
    writes = "" if own and actor.has(*SUPPLIER_ROLES) else WRITES
    signs = "" if own and actor.has(Role.SUPPLIER_MANAGER) else SIGNS
    runs = "" if actor.has(Role.PROGRAMME_MANAGER) else RUNS
    return {
        "edit": writes,
        "milestone": writes,
        "report": writes,
        "find_help": writes,
        "send": signs,
        "take_back": signs,
        "withdraw": signs,
        **dict.fromkeys(OUTCOME_MOVES, runs),
    }


def proposal_abilities(actor: Actor, proposal: ProjectProposal) -> Verdicts:
    """The lead writes and sends, each member answers for itself, who runs programmes records."""
    lead = actor.organisation is not None and actor.organisation.pk == proposal.organisation_id
    leads = "" if lead and actor.has(Role.SUPPLIER_MANAGER) else LEADS
    writes = "" if lead and actor.has(*SUPPLIER_ROLES) else WRITES
    invited = actor.organisation is not None and any(
        each.organisation_id == actor.organisation.pk for each in proposal.standing
    )
    runs = "" if actor.has(Role.PROGRAMME_MANAGER) else RUNS
    records = dict.fromkeys((name for name in PROPOSAL_MOVES if name in OUTCOME_MOVES), runs)
    return {
        "edit": writes,
        "demonstrate": writes,
        "answer": "" if invited and not lead and actor.has(Role.SUPPLIER_MANAGER) else ANSWERS,
        "evaluate": runs,
        **dict.fromkeys(("send", "take_back", "withdraw"), leads),
        **records,
    }
