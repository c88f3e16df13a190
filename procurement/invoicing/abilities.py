"""Who sends an invoice, who checks it, who pays it: never one person from account to payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Contract, Invoice, SupplierAccount

SENDERS = (Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER)
DISPUTERS = (Role.FINANCE, Role.REQUESTER)
CONFIRMERS = (Role.FINANCE, Role.PURCHASING, Role.AUTHORISING_OFFICER)
_BUYER_SIDE = "Cette action revient à l’administration qui paie."
_SUPPLIER_SIDE = "Cette action revient au fournisseur de la facture."
_PEOPLE_ONLY = "Cette action revient à une personne, pas à un jeton de service."
SAME_PERSON = "Vous avez saisi ce compte\u00a0: une autre personne le confirme."


def invoices_abilities(actor: Actor) -> Verdicts:
    """What needs no contract yet."""
    roles = SENDERS if actor.is_supplier else (Role.FINANCE,)
    return {"create": "" if actor.has(*roles) else role_needed(*roles)}


def send_ability(actor: Actor, contract: Contract) -> str:
    """The supplier's people or machine, or the finance people for what reached them otherwise."""
    if actor.is_supplier:
        return _on_supplier_side(actor, contract.supplier.organisation_id)
    return _inside(actor, contract.buyer_id, Role.FINANCE)


def invoice_abilities(actor: Actor, invoice: Invoice) -> Verdicts:
    finance = _inside(actor, invoice.buyer_id, Role.FINANCE)
    disputes = _inside(actor, invoice.buyer_id, *DISPUTERS)
    return {
        **dict.fromkeys(("match", "accept", "reject", "pay", "pay_interest"), finance),
        **dict.fromkeys(("dispute", "lift", "set_service"), disputes),
        "answer": _on_supplier_side(actor, invoice.supplier.organisation_id),
        "confirm_account": _confirm(actor, invoice.buyer_id, invoice.account),
    }


def account_abilities(actor: Actor, account: SupplierAccount) -> Verdicts:
    return {"confirm": _confirm(actor, account.buyer_id, account)}


def _confirm(actor: Actor, buyer_id: int, account: SupplierAccount | None) -> str:
    refusal = _inside(actor, buyer_id, *CONFIRMERS)
    if refusal:
        return refusal
    return SAME_PERSON if account is not None and actor.is_person(account.entered_by_id) else ""


def _inside(actor: Actor, buyer_id: int, *roles: Role) -> str:
    if actor.organisation is None or actor.organisation.pk != buyer_id:
        return _BUYER_SIDE
    if actor.user is None:
        return _PEOPLE_ONLY
    return "" if actor.has(*roles) else role_needed(*roles)


def _on_supplier_side(actor: Actor, organisation_id: int | None) -> str:
    if organisation_id is None or actor.organisation is None or actor.organisation.pk != organisation_id:
        return _SUPPLIER_SIDE
    return "" if actor.has(*SENDERS) else role_needed(*SENDERS)
