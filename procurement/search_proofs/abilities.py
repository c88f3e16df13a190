from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts
from procurement.abilities import projects_abilities

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import SearchProof


def search_proofs_abilities(actor: Actor) -> Verdicts:
    """What needs no project yet; then who writes the project (`prove_search`)."""
    return {"create": projects_abilities(actor)["create"]}


def search_proof_abilities(actor: Actor, proof: SearchProof) -> Verdicts:
    """Who sees it may read it."""
    return {"document": ""}
