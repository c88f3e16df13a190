"""A contract of the demonstration that has run for months: what was used, certified, invoiced and paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalog.models import Offer
from marketplace.calendar_months import add_months
from marketplace.money import round_eur
from marketplace.site.demo.acting import act
from marketplace.site.demo.buying import ORDINARY, advise, assess, open_project
from procurement.actions import orders, projects, vehicles
from procurement.actions.order_drafts import create_order
from procurement.invoicing import accounts, deciding, paying
from procurement.invoicing.receiving import Arrival, receive
from procurement.invoicing.typed import TypedLine, typed_document
from procurement.models import Contract, Invoice, PurchasingVehicle, UsageStatement
from procurement.statements import serving, writing

WRITER, BUYER, FINANCE = (f"{name}@ministere.example" for name in ("prescripteur", "achats", "finances"))
SELLER = "responsable@logiciels.example"
MONTHS, SEATS = 10, 120
RATE = Decimal(20)
# The example of the format's own registry: no bank gives it to a customer.
IBAN = "FR7630006000011234567890189"


def load_invoices(offers: dict[str, Offer]) -> None:
    """Paid late; corrected by a credit note and paid; to pay soon; disputed; matched; just received."""
    contract = _contract(offers["messagerie"])
    days = iter(contract_months(contract))
    late = _invoice(contract, next(days), received_after=5)
    _confirm(late)
    _paid(late, after=50)
    corrected = _invoice(contract, next(days), received_after=5, more=2)
    _credit(corrected, seats=2)
    _paid(corrected, after=20)
    _accepted(_invoice(contract, next(days), received_before=25))
    disputed = _invoice(contract, next(days), received_before=12, price="4.20")
    deciding.dispute_invoice(
        disputed,
        actor=act(FINANCE),
        reason="Prix fictif différent de celui du bon de commande. Envoyez un avoir ou justifiez-le.",
    )
    _invoice(contract, next(days), received_before=3)
    _invoice(contract, next(days), received_before=1, certified=False)


def contract_months(contract: Contract) -> list[tuple[dt.date, dt.date]]:
    firsts = [add_months(contract.starts_on, rank) for rank in range(MONTHS)]
    return [(first, add_months(first, 1) - dt.timedelta(days=1)) for first in firsts]


def _contract(offer: Offer) -> Contract:
    """Signed today for a service that began ten months ago: its papers are dated, its story is not."""
    project = open_project(
        "Messagerie d’un service rattaché", "saas", "15000.00", description="Cent vingt agents, usage mesuré."
    )
    assess(project, ORDINARY)
    offer.refresh_from_db()
    projects.add_to_shortlist(project, actor=act(WRITER), offer=offer)
    start = add_months(timezone.localdate().replace(day=1), -MONTHS)
    order = create_order(
        project,
        actor=act(WRITER),
        offer=offer,
        plan="essentielle",
        quantities={"poste": Decimal(SEATS)},
        starts_on=start,
        ends_on=add_months(start, 24) - dt.timedelta(days=1),
        vehicle=_vehicle(start),
        budget_line="Programme fictif 000, action 02",
        supplier_vat_regime="normal",
    )
    orders.request_opinions(order, actor=act(WRITER))
    advise(order)
    orders.approve(order, actor=act("valideur@ministere.example"))
    orders.commit(order, actor=act(FINANCE), commitment_number="1400000009")
    orders.send(order, actor=act(WRITER))
    orders.acknowledge(order, actor=act(SELLER))
    return Contract.objects.for_lists().get(order=order)


def _vehicle(start: dt.date) -> PurchasingVehicle:
    return vehicles.create_vehicle(
        actor=act(BUYER),
        kind="framework",
        title="Messagerie des services rattachés (démonstration)",
        reference="DEMO-MSG-2026",
        holder_name="Titulaire fictif",
        starts_on=start,
        ends_on=add_months(start, 36),
        maximum_eur=Decimal("300000.00"),
    )


def _statement(contract: Contract, period: tuple[dt.date, dt.date], *, certified: bool) -> UsageStatement:
    starts_on, ends_on = period
    made = writing.create_statement(
        contract,
        actor=act(SELLER),
        starts_on=starts_on,
        ends_on=ends_on,
        rows=[("poste", Decimal(SEATS))],
    )
    serving.submit(made, actor=act(SELLER))
    if certified:
        serving.attest(made, actor=act(WRITER), service_done_on=ends_on)
        serving.certify(made, actor=act(FINANCE))
    return made


def _invoice(
    contract: Contract,
    period: tuple[dt.date, dt.date],
    *,
    received_after: int | None = None,
    received_before: int = 0,
    more: int = 0,
    price: str = "",
    certified: bool = True,
) -> Invoice:
    """Received so many days after the month, or before today. `more`: seats invoiced and not used."""
    statement = _statement(contract, period, certified=certified)
    received_on = timezone.localdate() - dt.timedelta(days=received_before)
    if received_after is not None:
        received_on = period[1] + dt.timedelta(days=received_after)
    seats = Decimal(SEATS + more)
    unit = Decimal(price) if price else contract.order.lines.get().unit_price_eur_ht
    return receive(
        contract,
        actor=act(FINANCE),
        document=_document(contract, seats=seats, price=unit, issued_on=min(received_on, period[1])),
        arrival=Arrival(received_on=received_on, iban=IBAN, statement=statement),
    )


def _document(contract: Contract, *, seats: Decimal, price: Decimal, issued_on: dt.date, **head: Any) -> Any:
    line = contract.order.lines.get()
    untaxed = round_eur(seats * price)
    rank = Invoice.objects.filter(contract=contract).count() + 1
    return typed_document(
        kind=head.get("kind", "invoice"),
        number=f"DEMO-{issued_on:%Y%m}-{rank:02d}",
        issued_on=issued_on,
        lines=[TypedLine(line.label, seats, price, RATE, line.position)],
        total_eur_ttc=untaxed + round_eur(untaxed * RATE / 100),
    )


def _confirm(invoice: Invoice) -> None:
    assert invoice.account is not None
    accounts.confirm_account(
        invoice.account, actor=act(BUYER), checked_how="Rappel du fournisseur fictif à son numéro connu."
    )


def _credit(invoice: Invoice, *, seats: int) -> None:
    contract = invoice.contract
    price = contract.order.lines.get().unit_price_eur_ht
    receive(
        contract,
        actor=act(SELLER),
        document=_document(
            contract, seats=Decimal(seats), price=price, issued_on=timezone.localdate(), kind="credit_note"
        ),
        arrival=Arrival(credited=invoice),
    )


def _accepted(invoice: Invoice) -> Invoice:
    found = Invoice.objects.for_pages().get(pk=invoice.pk)
    if found.state == "received":
        deciding.match_invoice(found, actor=act(FINANCE), reason="Écart corrigé par un avoir.")
    return deciding.accept_invoice(found, actor=act(FINANCE))


def _paid(invoice: Invoice, *, after: int) -> None:
    """In full, so many days after its reception."""
    found = _accepted(invoice)
    paying.pay_invoice(
        found,
        actor=act(FINANCE),
        amount_eur_ttc=found.left_eur_ttc,
        paid_on=found.received_on + dt.timedelta(days=after),
        reference=f"MANDAT-DEMO-{found.number[-4:]}",
    )
