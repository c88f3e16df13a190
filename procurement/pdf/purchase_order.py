"""The purchase order as a document, from words already formatted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.enums import Prorata
from marketplace.documents.pdf import Rows, compile_pdf, row
from marketplace.files.sniff import PDF, XML
from marketplace.files.store import store_bytes
from marketplace.ui.typography import date_text, euros, number_text
from procurement.electronic.embedding import describe_order_x
from procurement.electronic.facts import document_of
from procurement.electronic.order_x import level_of, order_x
from procurement.electronic.ubl import ubl_order

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation
    from marketplace.files.models import StoredFile
    from procurement.models import Order, OrderLine

_TEMPLATE = Path(__file__).with_name("purchase_order.typ")
_PERIODS = {"month": "par mois", "year": "par an", "hour": "par heure", "none": ""}


def purchase_order_pdf(order: Order) -> bytes:
    """Deterministic for one order: the document's date is the day and second of the sending.

    Once sent it holds the order for machines too (Order-X)."""
    if order.sent_at is None:
        return compile_pdf(_TEMPLATE, document_data(order), when=order.created_at)
    told = document_of(order)
    data = {**document_data(order), "order_x": order_x(told).decode()}
    return describe_order_x(compile_pdf(_TEMPLATE, data, when=order.sent_at), level=level_of(told))


def store_ubl(order: Order, *, actor: Actor) -> StoredFile:
    """Kept beside the PDF, in the same transaction."""
    return store_bytes(
        ubl_order(document_of(order)),
        name=f"{order.sent_number}.xml",
        owner=order.buyer,
        actor=actor,
        accept=frozenset({XML}),
    )


def store_purchase_order(order: Order, *, actor: Actor) -> StoredFile:
    """Made and kept in the transaction of the sending; the file belongs to the buyer."""
    return store_bytes(
        purchase_order_pdf(order),
        name=f"{order.sent_number}.pdf",
        owner=order.buyer,
        actor=actor,
        accept=frozenset({PDF}),
    )


def document_data(order: Order) -> dict[str, Any]:
    title = f"Bon de commande {order.sent_number or order.number}"
    return {
        "title": title,
        "author": order.buyer.name,
        "description": f"{title}, {order.buyer.name} à {order.supplier.name}",
        "facts": _facts(order),
        "buyer": _buyer(order.buyer),
        "supplier": _supplier(order),
        "object": _object(order),
        "lines": [_line(line) for line in order.lines.order_by("position", "pk")],
        "totals": _totals(order),
        "conditions": _conditions(order),
    }


def _facts(order: Order) -> Rows:
    sent = date_text(order.sent_at) if order.sent_at else "Non envoyé"
    return [
        row("Date d’envoi", sent),
        row("Référence interne", order.number),
        row("Numéro d’engagement", order.commitment_number),
        row("Projet", order.project.number),
        row("Réponse attendue au plus tard le", date_text(order.reply_due_on) if order.reply_due_on else ""),
    ]


def _buyer(buyer: Organisation) -> Rows:
    rows = [row("Nom", buyer.name), row(buyer.get_identifier_scheme_display(), buyer.identifier)]
    if buyer.service_code:
        rows.append(row("Code service", buyer.service_code))
    return rows


def _supplier(order: Order) -> Rows:
    supplier = order.supplier
    scheme = supplier.get_identifier_scheme_display() if supplier.identifier_scheme else "Identifiant"
    return [
        row("Nom", supplier.legal_name or supplier.name),
        row(str(scheme), supplier.identifier),
        row("Pays", supplier.country),
    ]


def _object(order: Order) -> Rows:
    rows = [
        row("Offre", f"{order.offer.name}, version {order.offer_version.number}"),
        row("Formule", order.plan.name),
    ]
    if order.supplier_id != order.offer.supplier_id:
        rows.append(row("Service de", order.offer.supplier.name))
    if order.starts_on and order.ends_on:
        rows.append(row("Période", f"du {date_text(order.starts_on)} au {date_text(order.ends_on)} inclus"))
    if order.vehicle is not None:
        vehicle = (
            f"{order.vehicle.get_kind_display()}, {order.vehicle.reference}, {order.vehicle.holder_name}"
        )
        rows.append(row("Support d’achat", vehicle))
    else:
        rows.append(row("Achat sous le seuil", order.below_threshold_reason))
    if order.budget_line:
        rows.append(row("Ligne budgétaire", order.budget_line))
    if order.maximum_eur_ht is not None:
        rows.append(row("Montant maximum, à l’usage", f"{euros(order.maximum_eur_ht)} HT"))
    return rows


def _line(line: OrderLine) -> dict[str, str]:
    per = " ".join(
        part for part in (f"par {line.unit}" if line.unit else "", _PERIODS.get(line.period, "")) if part
    )
    price = euros(line.unit_price_eur_ht, unit_price=True)
    return {
        "label": line.label,
        "quantity": number_text(line.quantity),
        "unit_price": f"{price} {per}".strip() + _listed(line),
        "periods": line.periods_told if line.parts else number_text(line.periods),
        "total": euros(line.total_eur_ht),
    }


def _listed(line: OrderLine) -> str:
    if line.list_price_eur_ht is None:
        return ""
    return f" (au lieu de {euros(line.list_price_eur_ht, unit_price=True)})"


def _totals(order: Order) -> Rows:
    rows = [row("Total HT", euros(order.total_eur_ht))]
    if order.total_eur_ttc is None:
        return [*rows, row("TVA", "Inconnue\u00a0: elle sera portée sur la facture")]
    rows.extend(
        row(f"{line['mention']}, sur {euros(line['base_eur_ht'])} HT", euros(line["amount_eur"]))
        for line in order.vat_lines or []
    )
    return [*rows, row("Total TTC", euros(order.total_eur_ttc))]


def _counted(order: Order) -> str:
    ways = set(order.lines.values_list("prorata", flat=True))
    if ways <= {Prorata.NONE}:
        return "Tout mois ou toute année commencés sont comptés."
    return (
        "Tout mois ou toute année commencés sont comptés, sauf pour les prix au prorata : une période "
        "utilisée en partie y est comptée selon ses jours ou ses mois. Chaque ligne est arrondie au centime."
    )


def _conditions(order: Order) -> list[str]:
    agreed = [f"Convenu\u00a0: {order.agreed_terms}"] if order.agreed_terms else []
    return [
        *agreed,
        "Les prix sont ceux de la version de l’offre nommée ci-dessus\u202f; ils ne changent pas avec elle.",
        _counted(order),
        "Le numéro d’engagement figure sur chaque facture.",
        "Le référencement de l’offre ne vaut ni marché ni agrément.",
    ]
