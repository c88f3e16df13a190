"""An invoice as read or typed, before any rule of ours; and the texts of it turned into values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from marketplace.errors import RuleBroken
from marketplace.money import LARGEST_TOTAL, ZERO

MOST_LINES = 5_000
LARGEST_NUMBER = Decimal("99999999999999.999999")
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,30})?")


@dataclass(frozen=True, slots=True)
class Line:
    """`order_ref`: the rank of the order's line, as written; empty when the document does not say."""

    position: int
    label: str
    quantity: Decimal
    unit_price_eur_ht: Decimal
    total_eur_ht: Decimal
    vat_rate: Decimal | None = None
    order_ref: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """Amounts are positive, of a credit note too. `foot_eur_ht`: charges less allowances of the foot.

    `seller` and `buyer`: identifiers as written; empty texts and None are not said.
    """

    kind: str
    format: str
    number: str
    issued_on: dt.date
    total_eur_ht: Decimal
    vat_eur: Decimal
    total_eur_ttc: Decimal
    currency: str = "EUR"
    lines: tuple[Line, ...] = ()
    foot_eur_ht: Decimal = ZERO
    order_reference: str = ""
    credited_number: str = ""
    seller: tuple[str, ...] = ()
    buyer: tuple[str, ...] = ()
    iban: str = ""
    served_on: dt.date | None = None


def unreadable(message: str) -> RuleBroken:
    return RuleBroken("invoice_unreadable", message, field="file")


def amount(text: str, *, name: str) -> Decimal:
    """Of two decimals at most. Raises RuleBroken."""
    value = number(text, name=name)
    if value != value.quantize(Decimal("0.01")) or abs(value) > LARGEST_TOTAL:
        raise unreadable(
            f"{name} « {text[:30]} » n’est pas un montant de 12 chiffres et 2 décimales au plus."
        )
    return value.quantize(Decimal("0.01"))


def number(text: str, *, name: str) -> Decimal:
    """Raises RuleBroken on what is no decimal number, or too large or too fine to be kept."""
    if not _NUMBER.fullmatch(text):
        raise unreadable(f"{name} « {text[:30]} » n’est pas un nombre. Corrigez le XML de la facture.")
    value = Decimal(text)
    if abs(value) > LARGEST_NUMBER or value != value.quantize(Decimal("0.000001")):
        raise unreadable(f"{name} « {text[:30]} » compte plus de 14 chiffres ou de 6 décimales.")
    return value


def day(text: str, *, name: str) -> dt.date:
    """« 20270131 » or « 2027-01-31 ». Raises RuleBroken."""
    try:
        return dt.date.fromisoformat(text[:10].strip())
    except ValueError as error:
        raise unreadable(
            f"{name} « {text[:30]} » n’est pas une date. Corrigez le XML de la facture."
        ) from error


def refuse_many_lines(lines: Sequence[object]) -> None:
    if len(lines) > MOST_LINES:
        raise unreadable(f"Cette facture a plus de {MOST_LINES} lignes. Découpez-la en plusieurs factures.")
