"""Contracts to invoice and the papers of their invoices, written by the factur-x library, not by us."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from decimal import Decimal
from typing import Any

import facturx
import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from facturx.generate_xml import generate_xml

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership
from procurement.invoicing import accounts, deciding, paying
from procurement.invoicing.receiving import Arrival, receive
from procurement.invoicing.typed import TypedLine, typed_document
from procurement.models import Contract, Invoice, UsageStatement
from tests.builders import make_member
from tests.procurement.order_builders import Purchase, make_order
from tests.procurement.statements.builders import make_statement

_count = itertools.count(1)
# Of the published examples of the format, the French one.
IBAN = "FR7630006000011234567890189"
OTHER_IBAN = "DE89370400440532013000"
# Ten seats at 10 € a month for the year, 20 % of tax.
YEAR = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 12, 31)}
SEATS = Decimal("120")


def make_contract(purchase: Purchase, **terms: Any) -> Contract:
    """1,200.00 € HT, 1,440.00 € TTC: 120 seat-months at 10 €."""
    order = make_order(purchase, state="acknowledged", **{**YEAR, **terms})
    return Contract.objects.for_lists().get(order=order)


def line(quantity: str = "10", price: str = "10", *, rank: int | None = None, **values: Any) -> TypedLine:
    given = {"label": "Poste", "vat_rate": Decimal(20), **values}
    return TypedLine(quantity=Decimal(quantity), unit_price_eur_ht=Decimal(price), order_line=rank, **given)


def send(
    contract: Contract,
    *,
    actor: Actor,
    lines: list[TypedLine] | None = None,
    ttc: str = "120.00",
    **values: Any,
) -> Invoice:
    """A typed invoice of 100.00 € HT, 120.00 € TTC unless told otherwise."""
    head = {name: values.pop(name) for name in ("kind", "currency", "number", "issued_on") if name in values}
    document = typed_document(
        **{
            "kind": "invoice",
            "number": f"F-{next(_count)}",
            "issued_on": dt.date(2026, 2, 1),
            "lines": lines if lines is not None else [line()],
            "total_eur_ttc": Decimal(ttc),
            **head,
        }
    )
    return receive(contract, actor=actor, document=document, arrival=Arrival(**{"iban": IBAN, **values}))


def credit(invoice: Invoice, *, actor: Actor, ttc: str = "60.00") -> Invoice:
    """A credit note of that amount, tax included."""
    untaxed = (Decimal(ttc) / Decimal("1.2")).quantize(Decimal("0.01"))
    lines = [line("1", str(untaxed))]
    return send(invoice.contract, actor=actor, kind="credit_note", lines=lines, ttc=ttc, credited=invoice)


def second_finance(purchase: Purchase) -> Membership:
    return make_member(Role.FINANCE, organisation=purchase.buyer)


def accepted(purchase: Purchase, contract: Contract, **values: Any) -> Invoice:
    """Sent by the supplier, its service certified, its account confirmed by the service achats."""
    certified(purchase, contract)
    made = send(contract, actor=purchase.actor("manager"), **values)
    confirmed(made, purchase)
    if made.state == "received":
        deciding.match_invoice(made, actor=purchase.actor("finance"), reason="Écarts admis")
    return deciding.accept_invoice(made, actor=purchase.actor("finance"))


def paid_late(
    purchase: Purchase, contract: Contract, *, due_on: dt.date | None = None, **values: Any
) -> Invoice:
    """Settled today, its limit passed since the 3rd of March 2026 unless told otherwise."""
    made = accepted(purchase, contract, **values)
    Invoice.objects.filter(pk=made.pk).update(due_on=due_on or dt.date(2026, 3, 3))
    made.refresh_from_db()
    return paying.pay_invoice(
        made,
        actor=purchase.actor("finance"),
        amount_eur_ttc=made.left_eur_ttc,
        paid_on=timezone.localdate(),
        reference="VIR-TARD",
    )


def certified(purchase: Purchase, contract: Contract) -> UsageStatement:
    """January's ten seats, 100.00 € HT, done on its last day and certified; made when first asked."""
    found = contract.statements.first()
    return found or make_statement(purchase, contract, state="certified")


def confirmed(invoice: Invoice, purchase: Purchase) -> None:
    account = invoice.account
    if account is not None and not account.is_confirmed:
        buyer = Actor.of(make_member(Role.PURCHASING, organisation=purchase.buyer))
        accounts.confirm_account(account, actor=buyer, checked_how="Rappel au numéro connu")


def pay(
    invoice: Invoice, *, actor: Actor, amount: str = "120.00", on: dt.date | None = None, reference: str = ""
) -> Invoice:
    return paying.pay_invoice(
        invoice,
        actor=actor,
        amount_eur_ttc=Decimal(amount),
        paid_on=on or dt.date(2026, 11, 1),
        reference=reference or f"M-{next(_count)}",
    )


def paper(contract: Contract, **values: Any) -> dict[str, Any]:
    """The business terms of an invoice of 100 € HT, by their numbers in EN 16931."""
    order, supplier = contract.order, contract.supplier
    return {
        "BT-1": f"X-{next(_count)}",
        "BT-2": dt.date(2026, 2, 1),
        "BT-3": "380",
        "BT-5": "EUR",
        "BT-13": order.sent_number,
        "BT-72": dt.date(2026, 1, 31),
        "BT-81": "30",
        "BT-84": IBAN,
        "BT-106": "100.00",
        "BT-109": "100.00",
        "BT-110": "20.00",
        "BT-112": "120.00",
        "BT-115": "120.00",
        "BT-9": dt.date(2026, 3, 3),
        "BG-4": party(supplier.name, supplier.identifier, "0002"),
        "BG-7": party(contract.buyer.name, contract.buyer.identifier, "0009"),
        "BG-23": [
            {"BT-116": "100.00", "BT-117": "20.00", "BT-118": "S", "BT-119": "20"},
        ],
        "BG-25": [paper_line()],
        **values,
    }


def party(name: str, identifier: str, scheme: str) -> dict[str, Any]:
    return {
        "name": name,
        "legal_identifier": identifier,
        "legal_identifier_schemeid": scheme,
        "vat_identifier": f"FR32{identifier[:9]}",
        "country_code": "FR",
        "city": "Paris",
        "postcode": "75001",
        "addr_l1": "1 rue d’Exemple",
    }


def paper_line(
    number: str = "1", quantity: str = "10", price: str = "10.00", total: str = "100.00", **values: Any
) -> dict[str, Any]:
    return {
        "BT-126": number,
        "BT-129": quantity,
        "BT-130": "C62",
        "BT-131": total,
        "BT-146": price,
        "BT-151": "S",
        "BT-152": "20",
        "BT-153": "Poste",
        **values,
    }


def xml_of(terms: dict[str, Any], *, flavor: str = "factur-x", rules: bool = False) -> bytes:
    """Valid against the schema of its format, and against its rules when asked (slow)."""
    made = generate_xml(terms, flavor=flavor, level="en16931", check_schematron="base" if rules else None)
    return made if isinstance(made, bytes) else made.encode()


def factur_x(terms: dict[str, Any]) -> bytes:
    """A PDF/A-3 of one blank page that carries the invoice."""
    blank = pikepdf.new()
    blank.add_blank_page()
    out = io.BytesIO()
    blank.save(out)
    made: bytes = facturx.generate_from_binary(
        out.getvalue(), xml_of(terms), flavor="factur-x", level="en16931", check_schematron=False, lang="fr"
    )
    return made


def upload(content: bytes, name: str = "facture.xml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
