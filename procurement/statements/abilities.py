"""Who states a use, who attests the service, who certifies it: three people at least, on two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Contract, UsageStatement

WRITERS = (Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER)
_SUPPLIER_SIDE = "Un relevé d’usage est écrit par le fournisseur."
_BUYER_SIDE = "Le service fait se constate par l’administration qui commande."
SAME_PERSON = "Vous avez attesté ce service fait\u00a0: une autre personne le certifie."
PEOPLE_ONLY = "Le service fait se constate par une personne, pas par un jeton de service."


def statements_abilities(actor: Actor) -> Verdicts:
    """What needs no contract yet."""
    able = actor.is_supplier and actor.has(*WRITERS)
    return {"create": "" if able else (role_needed(*WRITERS) if actor.is_supplier else _SUPPLIER_SIDE)}


def write_ability(actor: Actor, contract: Contract) -> str:
    """A service account of the supplier may."""
    organisation = contract.supplier.organisation_id
    if organisation is None or actor.organisation is None or actor.organisation.pk != organisation:
        return _SUPPLIER_SIDE
    return "" if actor.has(*WRITERS) else role_needed(*WRITERS)


def statement_abilities(actor: Actor, statement: UsageStatement) -> Verdicts:
    written = write_ability(actor, statement.contract)
    attested = _inside(actor, statement, Role.REQUESTER)
    certified = _inside(actor, statement, Role.FINANCE)
    return {
        **dict.fromkeys(("edit", "submit", "withdraw"), written),
        **dict.fromkeys(("attest", "refuse"), attested),
        "send_back": certified,
        "certify": certified or (SAME_PERSON if actor.is_person(statement.attested_by_id) else ""),
    }


def _inside(actor: Actor, statement: UsageStatement, role: Role) -> str:
    if actor.organisation is None or actor.organisation.pk != statement.contract.buyer_id:
        return _BUYER_SIDE
    if actor.user is None:
        return PEOPLE_ONLY
    return "" if actor.has(role) else role_needed(role)
