"""Who reads the official Gaia-X releases, and who says which one judges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import OVERSIGHT_ROLES, Role
from qualification.models.dossier import READING_ROLES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

CHOOSES = role_needed(
    Role.CURATOR, because="Les formes et contextes qui jugent les titres sont du ressort de la DINUM."
)


def releases_abilities(actor: Actor) -> Verdicts:
    """``choose``: also the command of the machine's operator, which acts for the system."""
    reads = actor.has(Role.CURATOR, *READING_ROLES, *OVERSIGHT_ROLES)
    chooses = actor.has(Role.CURATOR) or bool(actor.system)
    return {"see": "" if reads else CHOOSES, "choose": "" if chooses else CHOOSES}
