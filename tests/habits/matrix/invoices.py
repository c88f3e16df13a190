"""Invoices: pages and API."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from procurement.invoicing import deciding
from procurement.invoicing.receiving import Arrival, receive_file
from procurement.models import Contract, Invoice
from tests.habits.matrix.api import BOTH_SIDES, moves, reading
from tests.habits.matrix.rows import OTHER_BUYER, OTHER_SUPPLIER, SIGNED_IN, SUPPLIERS, Row, only
from tests.habits.matrix.world import World
from tests.procurement.invoicing.builders import accepted, factur_x, paid_late, paper, send, upload
from tests.procurement.invoicing.builders import make_contract as make_invoiced
from tests.procurement.statements.builders import make_statement

CONFIRMERS = only("finance", "purchasing", "authorising_officer")
FINANCE, DISPUTERS = only("finance"), only("finance", "requester")
SENDERS = SUPPLIERS | FINANCE


def _kept(world: World, name: str, make: Callable[[], Any]) -> Any:
    """Made when first asked."""
    if name not in world.__dict__:
        world.__dict__[name] = make()
    return world.__dict__[name]


def contract_of(world: World) -> Contract:
    found: Contract = _kept(world, "an_invoiced_contract", lambda: make_invoiced(world.purchase))
    return found


def invoice_of(world: World, state: str = "received") -> Invoice:
    """Sent by the supplier, on a contract of its own state."""
    found: Invoice = _kept(world, f"an_invoice_{state}", lambda: _make(world, state))
    return found


def _make(world: World, state: str) -> Invoice:
    contract = make_invoiced(world.purchase)
    if state == "accepted":
        return accepted(world.purchase, contract)
    if state == "paid_late":
        return paid_late(world.purchase, contract)
    if state == "matched":
        make_statement(world.purchase, contract, state="certified")
    made = send(contract, actor=world.actor("supplier_manager"))
    if state == "disputed":
        deciding.dispute_invoice(made, actor=world.actor("finance"), reason="Essai")
    return made


def filed(world: World) -> Invoice:
    """Received as a file."""

    def make() -> Invoice:
        contract = make_invoiced(world.purchase)
        arrival = Arrival(stated_eur_ttc=Decimal("120.00"))
        file = upload(factur_x(paper(contract)), "facture.pdf")
        return receive_file(contract, actor=world.actor("supplier_manager"), file=file, arrival=arrival)

    found: Invoice = _kept(world, "a_filed_invoice", make)
    return found


def page(state: str = "received", **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"number": invoice_of(world, state).number, **more}


def of(state: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"uuid": invoice_of(world, state).uuid}


def contract(world: World) -> dict[str, Any]:
    return {"number": contract_of(world).number}


ROWS: dict[str, Row] = {
    "GET procurement:invoices": Row(SIGNED_IN),
    "GET procurement:invoice_send": Row(SENDERS, contract),
    "GET procurement:invoice_type": Row(SENDERS, contract),
    "GET procurement:invoice": Row(BOTH_SIDES, page()),
    "GET procurement:invoice_document": Row(BOTH_SIDES, lambda world: {"number": filed(world).number}),
    "GET procurement:invoice_act": Row(FINANCE, page(slug="rapprocher")),
    **reading("invoice", BOTH_SIDES, of("received")),
    "GET api:invoice-matching": Row(BOTH_SIDES, of("received")),
    "GET api:invoice-document": Row(BOTH_SIDES, lambda world: {"uuid": filed(world).uuid}),
    "POST api:invoice-list": Row(SENDERS | only(OTHER_BUYER, OTHER_SUPPLIER)),
    "POST api:invoice-upload": Row(SENDERS | only(OTHER_BUYER, OTHER_SUPPLIER)),
    **moves("invoice", "match reject", FINANCE, of("received")),
    **moves("invoice", "accept", FINANCE, of("matched")),
    **moves("invoice", "dispute set-service-day", DISPUTERS, of("received")),
    **moves("invoice", "lift", DISPUTERS, of("disputed")),
    **moves("invoice", "answer", SUPPLIERS, of("disputed")),
    **moves("invoice", "pay", FINANCE, of("accepted")),
    **moves("invoice", "pay-interest", FINANCE, of("paid_late")),
    **moves(
        "invoice", "confirm-account", only("finance", "purchasing", "authorising_officer"), of("received")
    ),
}
