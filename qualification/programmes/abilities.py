"""Who may do what in the programmes. The programme's operator chooses and pays: nobody here does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import OVERSIGHT_ROLES, SUPPLIER_ROLES, Role
from qualification.programmes.states import CALL_MOVES, OUTCOME_MOVES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from qualification.programmes.models import ProgrammeApplication, ProgrammeCall

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
