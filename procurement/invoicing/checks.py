"""What a document must agree with before it is kept: its own sums, the contract it is sent for."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from marketplace.accounts.enums import OrganisationKind
from marketplace.errors import RuleBroken
from marketplace.money import LARGEST_TOTAL, ZERO
from marketplace.ui.typography import date_text, euros
from procurement.invoicing.reading.document import LARGEST_NUMBER, Document, Line

if TYPE_CHECKING:
    from procurement.models import Contract

# The whole State is invoiced under one SIRET, with a code for each service (note of 22 November 2026).
STATE_SIRET = "11000201100044"
_BARE = re.compile(r"[\s./-]")


def refuse_wrong(document: Document, contract: Contract, *, today: dt.date) -> None:
    """Raises RuleBroken naming the field and the remedy."""
    _refuse_currency(document)
    _refuse_other_order(document, contract)
    _refuse_parties(document, contract)
    _refuse_sums(document)
    if document.issued_on > today:
        message = (
            f"La facture est datée du {date_text(document.issued_on)}, après aujourd’hui. Vérifiez la date."
        )
        raise RuleBroken("issued_in_the_future", message, field="issued_on")
    if document.issued_on < dt.date(2000, 1, 1):
        raise RuleBroken("issued_too_early", "Vérifiez l’année de la facture.", field="issued_on")
    if not document.number.strip() or len(document.number) > 60:
        message = "Le numéro de la facture compte de 1 à 60 caractères."
        raise RuleBroken("number_length", message, field="supplier_number")


def _refuse_currency(document: Document) -> None:
    if document.currency != "EUR":
        message = (
            f"La facture est en « {document.currency[:10]} » ; le bon de commande est en euros. "
            "Demandez une facture en euros (EUR)."
        )
        raise RuleBroken("wrong_currency", message, field="currency")


def _refuse_other_order(document: Document, contract: Contract) -> None:
    order = contract.order
    known = {bare(each) for each in (order.sent_number, order.number, contract.number) if each}
    if document.order_reference and bare(document.order_reference) not in known:
        message = (
            f"La facture cite le bon de commande « {document.order_reference[:40]} », pas "
            f"{order.sent_number or order.number}. Envoyez-la pour le contrat de ce bon de commande."
        )
        raise RuleBroken("other_order", message, field="contract")


def _refuse_parties(document: Document, contract: Contract) -> None:
    supplier, buyer = contract.supplier, contract.buyer
    ours = siren_of(supplier.identifier or "")
    said = {siren_of(each) for each in document.seller} - {""}
    if ours and said and ours not in said:
        message = (
            f"La facture est émise par {', '.join(sorted(document.seller))[:80]}, pas par {supplier.name} "
            f"({supplier.identifier}). Envoyez celle du titulaire du contrat."
        )
        raise RuleBroken("other_supplier", message, field="contract")
    ours = siren_of(buyer.identifier or "")
    said = {siren_of(each) for each in document.buyer} - {""}
    if buyer.kind == OrganisationKind.STATE:
        said -= {siren_of(STATE_SIRET)}
    if ours and said and ours not in said:
        message = (
            f"La facture est adressée à {', '.join(sorted(document.buyer))[:80]}, pas à {buyer.name} "
            f"({buyer.identifier}). Corrigez le destinataire."
        )
        raise RuleBroken("other_buyer", message, field="contract")


def _refuse_sums(document: Document) -> None:
    if max(document.total_eur_ht, document.vat_eur, document.total_eur_ttc) > LARGEST_TOTAL:
        message = "Un montant compte au plus 12 chiffres et 2 décimales."
        raise RuleBroken("amount_out_of_range", message, field="total_eur_ttc")
    if min(document.total_eur_ht, document.vat_eur) < 0 or document.total_eur_ttc <= 0:
        message = "Les montants sont positifs. Pour rendre une somme, envoyez un avoir, en montants positifs."
        raise RuleBroken("amount_not_positive", message, field="total_eur_ttc")
    if document.total_eur_ht + document.vat_eur != document.total_eur_ttc:
        message = (
            f"{euros(document.total_eur_ht, tax='HT')} et {euros(document.vat_eur)} de TVA font "
            f"{euros(document.total_eur_ht + document.vat_eur, tax='TTC')}, pas "
            f"{euros(document.total_eur_ttc, tax='TTC')}. Corrigez l’un des trois."
        )
        raise RuleBroken("sums_differ", message, field="total_eur_ttc")
    _refuse_lines(document)


def _refuse_lines(document: Document) -> None:
    for line in document.lines:
        if max(abs(line.quantity), abs(line.unit_price_eur_ht)) > LARGEST_NUMBER:
            message = f"La ligne {line.position} compte un nombre trop grand."
            raise RuleBroken("amount_out_of_range", message, field="lines")
    total = sum((line.total_eur_ht for line in document.lines), ZERO) + document.foot_eur_ht
    if document.lines and total != document.total_eur_ht:
        message = (
            f"Les lignes font {euros(total, tax='HT')} ; le total porte "
            f"{euros(document.total_eur_ht, tax='HT')}. Corrigez les lignes ou le total."
        )
        raise RuleBroken("lines_differ", message, field="total_eur_ht")


def tax_of_lines(lines: tuple[Line, ...]) -> Decimal | None:
    """Once per rate, as an invoice rounds it; None when a rate is not said."""
    from marketplace.money import round_eur

    bases: dict[Decimal, Decimal] = {}
    for line in lines:
        if line.vat_rate is None:
            return None
        bases[line.vat_rate] = bases.get(line.vat_rate, ZERO) + line.total_eur_ht
    return sum((round_eur(base * rate / 100) for rate, base in bases.items()), ZERO)


def bare(text: str) -> str:
    return _BARE.sub("", text).upper()


def siren_of(identifier: str) -> str:
    """The nine digits in a SIREN, a SIRET or a French VAT number; empty for any other identifier."""
    digits = bare(identifier)
    if digits.startswith("FR"):
        digits = digits[4:]
    return digits[:9] if digits.isdigit() and len(digits) in (9, 14) else ""
