"""Who writes budgets: finance and the administrators of the organisation; its members read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import BudgetLine, Commitment

WRITERS = (Role.FINANCE, Role.ORGANISATION_ADMIN)
_OTHER_SIDE = "Les budgets sont ceux d’une administration."
_OTHER_ONE = "Ce budget est celui d’une autre administration."


def budgets_abilities(actor: Actor) -> Verdicts:
    """What needs no line yet."""
    reads = actor.has(Role.AUDITOR) or (actor.is_buyer and bool(actor.roles))
    writes = "" if actor.is_buyer else _OTHER_SIDE
    return {
        "list": "" if reads else _OTHER_SIDE,
        "create": writes or ("" if actor.has(*WRITERS) else role_needed(*WRITERS)),
    }


def budget_abilities(actor: Actor, line: BudgetLine) -> Verdicts:
    own = actor.organisation is not None and actor.organisation.pk == line.organisation_id
    verdict = "" if own and actor.has(*WRITERS) else (role_needed(*WRITERS) if own else _OTHER_ONE)
    return dict.fromkeys(("edit", "close", "reopen"), verdict)


def commitment_abilities(actor: Actor, commitment: Commitment) -> Verdicts:
    """Read only: orders write them."""
    return {}
