from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts
from marketplace.accounts.enums import Role

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

ONLY_BUYERS = "La diversité des fournisseurs est lue par les administrations et par l’auditeur."


def diversity_abilities(actor: Actor) -> Verdicts:
    """Members of administrations who hold a role, and the auditor."""
    able = (actor.is_buyer and bool(actor.roles)) or actor.has(Role.AUDITOR)
    return {"read": "" if able else ONLY_BUYERS, "list": "" if able else ONLY_BUYERS}
