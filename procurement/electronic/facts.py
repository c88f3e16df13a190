"""What both formats say of an order, read once."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.money import round_eur

if TYPE_CHECKING:
    from procurement.models import Order, OrderLine

# ISO 6523: what an identifier is, for those whose code the sources give.
IDENTIFIER_CODES = {"SIRET": "0009", "SIREN": "0002", "TVA": "9957"}
_PERIODS = {"month": "mois", "year": "années", "hour": "heures"}
_MOST_PLACES = 15


@dataclass(frozen=True, slots=True)
class Party:
    """`code` empty: the kind of identifier has no code that we know. `country` empty: not known."""

    name: str
    identifier: str
    code: str
    country: str


@dataclass(frozen=True, slots=True)
class Line:
    """`quantity` counts the periods, prorated ones as decimals: it makes the total with the unit price."""

    number: int
    label: str
    note: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal
    # Before the vehicle's discount; None without any.
    list_price: Decimal | None = None
    percent: Decimal | None = None

    @property
    def allowance(self) -> Decimal:
        """What is taken off one unit: exact, for both prices are kept to the millionth."""
        return Decimal(0) if self.list_price is None else self.list_price - self.unit_price


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """Amounts in euros. `tax` and `total_ttc` None: not known, and then not written."""

    number: str
    issued_at: dt.datetime
    buyer: Party
    seller: Party
    service_code: str
    commitment_number: str
    vehicle: str
    starts_on: dt.date
    ends_on: dt.date
    lines: tuple[Line, ...]
    total_ht: Decimal
    tax: Decimal | None
    total_ttc: Decimal | None
    notes: tuple[str, ...]

    @property
    def has_allowance(self) -> bool:
        return any(line.list_price is not None for line in self.lines)


def document_of(order: Order) -> OrderDocument:
    """Of an order being sent: it has its number, its dates and its commitment number. One query."""
    assert order.sent_number and order.sent_at and order.starts_on and order.ends_on
    buyer, supplier = order.buyer, order.supplier
    return OrderDocument(
        number=order.sent_number,
        issued_at=timezone.localtime(order.sent_at),
        buyer=_party(buyer.name, buyer.identifier_scheme, buyer.identifier, "FR"),
        seller=_party(
            supplier.legal_name or supplier.name,
            supplier.identifier_scheme or "",
            supplier.identifier or "",
            supplier.country or "",
        ),
        service_code=buyer.service_code,
        commitment_number=order.commitment_number,
        vehicle=order.vehicle.reference if order.vehicle is not None else "",
        starts_on=order.starts_on,
        ends_on=order.ends_on,
        lines=tuple(_line(line, order.discount_percent) for line in order.lines.order_by("position", "pk")),
        total_ht=order.total_eur_ht,
        tax=order.vat_eur,
        total_ttc=order.total_eur_ttc,
        notes=_notes(order),
    )


def _party(name: str, scheme: str, identifier: str, country: str) -> Party:
    return Party(name, identifier, IDENTIFIER_CODES.get(scheme, ""), country)


def _line(line: OrderLine, discount: Decimal | None) -> Line:
    word = _PERIODS.get(line.period, "")
    times = f", {line.periods} {word}" if line.periods > 1 and word else ""
    if line.parts:
        times = f", {line.periods_told}"
    return Line(
        number=line.position,
        label=line.label,
        note=f"{line.plain_quantity} {line.unit or 'unité'}{times}",
        quantity=told_quantity(line),
        unit_price=line.unit_price_eur_ht,
        total=line.total_eur_ht,
        list_price=line.list_price_eur_ht,
        percent=None if line.list_price_eur_ht is None else discount,
    )


def told_quantity(line: OrderLine) -> Decimal:
    """With the fewest decimals, six at least when a period is prorated, that make the total of the line."""
    if not line.parts:
        return line.quantity * line.periods
    exact = Fraction(line.quantity) * line.period_count.count
    for places in range(6, _MOST_PLACES):
        scaled = exact * 10**places
        # Halves are rounded up, as an amount is.
        told = Decimal(math.floor(scaled + Fraction(1, 2))).scaleb(-places)
        if round_eur(told * line.unit_price_eur_ht) == line.total_eur_ht:
            return told
    # An exact half of a cent: a little more than the exact quantity.
    return Decimal(math.ceil(exact * 10**_MOST_PLACES)).scaleb(-_MOST_PLACES)


def _notes(order: Order) -> tuple[str, ...]:
    said = [
        f"Offre {order.offer.name}, version {order.offer_version.number}, formule {order.plan.name}.",
        f"Numéro d’engagement : {order.commitment_number}.",
    ]
    if order.supplier_id != order.offer.supplier_id:
        said.append(f"Service de {order.offer.supplier.name}.")
    if order.maximum_eur_ht is not None:
        said.append(f"Payé à l’usage : {order.maximum_eur_ht} euros HT au plus.")
    if order.agreed_terms:
        said.append(f"Convenu : {order.agreed_terms}")
    said += [f"{vat['mention']}." for vat in order.vat_lines or ()]
    return tuple(said)


def plain(amount: Decimal) -> str:
    """Without an exponent nor zeros that say nothing, two decimals at least."""
    normal = amount.normalize()
    exponent = normal.as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{amount:.{places}f}"
