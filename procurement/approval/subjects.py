"""What goes through the chain: an order, or a change of its contract. The same steps, the same ceilings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from procurement.amendments.totals import judged_amounts
from procurement.budgets.amounts import committed_amounts
from procurement.models import Amendment, AmendmentApproval, Order, OrderApproval

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.tax_basis import Amounts
    from procurement.models.approval import AskedSignature

Signable = Order | Amendment

_OWN = {
    Order: "Vous avez rédigé ce bon de commande\u00a0: une autre personne doit l’approuver.",
    Amendment: "Vous avez écrit cet avenant\u00a0: une autre personne doit l’approuver.",
}
_GIVER_WROTE_IT = {
    Order: "La personne qui vous a donné délégation a rédigé ce bon de commande\u00a0: "
    "une autre doit l’approuver.",
    Amendment: "La personne qui vous a donné délégation a écrit cet avenant\u00a0: "
    "une autre doit l’approuver.",
}
_CHANGED = {
    Order: "Le bon de commande a changé depuis une signature, qui ne vaut plus. Reprenez-le en brouillon.",
    Amendment: "L’avenant ou le contrat a changé depuis une signature, qui ne vaut plus. "
    "Corrigez l’avenant\u00a0: les signatures seront demandées à nouveau.",
}

_TAX_UNKNOWN = {
    Order: "Complétez le régime de TVA du fournisseur et l’identification de l’administration à la TVA.",
    Amendment: "La TVA du bon de commande n’est pas connue et ne change plus\u00a0: faites exprimer ce "
    "montant hors taxes.",
}


def order_of(subject: Signable) -> Order:
    return subject if isinstance(subject, Order) else subject.contract.order


def amounts_of(subject: Signable) -> Amounts:
    """Cumulative for a change of a contract; at most one query."""
    if isinstance(subject, Order):
        return committed_amounts(subject)
    return judged_amounts(subject)


def writers_of(subject: Signable) -> Iterable[Any]:
    """Who never signs it: users, or a queryset of them."""
    return subject.authors.all() if isinstance(subject, Order) else [subject.written_by]


def unknown_tax_remedy(subject: Signable) -> str:
    """What to do where an amount with tax is needed and not known."""
    return _TAX_UNKNOWN[type(subject)]


def own_words(subject: Signable) -> str:
    return _OWN[type(subject)]


def giver_words(subject: Signable) -> str:
    return _GIVER_WROTE_IT[type(subject)]


def changed_words(subject: Signable) -> str:
    return _CHANGED[type(subject)]


def new_signature(subject: Signable, **values: Any) -> AskedSignature:
    """Not saved."""
    if isinstance(subject, Order):
        return OrderApproval(order=subject, **values)
    return AmendmentApproval(amendment=subject, **values)
