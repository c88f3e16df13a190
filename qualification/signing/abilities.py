"""Who may ask for what we sign, and who may take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, needs, role_needed
from marketplace.accounts.enums import Role

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from qualification.models import OfferCredential, SignedFinding


def asking_abilities(actor: Actor) -> Verdicts:
    said = role_needed(Role.SUPPLIER_MANAGER, because="Ces titres reviennent au fournisseur.")
    return {"create": "" if actor.has(Role.SUPPLIER_MANAGER) else said}


def revoking_abilities(actor: Actor, finding: SignedFinding) -> Verdicts:
    able = actor.has(Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER)
    return {"revoke": "" if able else needs(Role.QUALIFICATION_OFFICER)}


def attached_abilities(actor: Actor, kept: OfferCredential) -> Verdicts:
    """The supplier's manager: of the organisation that the offer belongs to now."""
    owner = kept.offer.supplier.organisation_id
    own = actor.organisation is not None and actor.organisation.pk == owner
    said = role_needed(Role.SUPPLIER_MANAGER, because="Ce titre revient au fournisseur de l’offre.")
    return {"detach": "" if own and actor.has(Role.SUPPLIER_MANAGER) else said}
