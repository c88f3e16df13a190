"""An invoice typed by hand, brought to the same document as one read in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from marketplace.errors import RuleBroken
from marketplace.money import LARGEST_TOTAL, ZERO, round_eur
from procurement.invoicing.checks import tax_of_lines
from procurement.invoicing.enums import InvoiceFormat
from procurement.invoicing.reading.document import MOST_LINES, Document, Line


class TypedLine(NamedTuple):
    """`order_line`: the rank of the order's line; None when it answers to none. `vat_rate`: percent."""

    label: str
    quantity: Decimal
    unit_price_eur_ht: Decimal
    vat_rate: Decimal
    order_line: int | None = None
    # None: quantity × price, rounded.
    total_eur_ht: Decimal | None = None


def typed_document(
    *,
    kind: str,
    number: str,
    issued_on: dt.date,
    lines: Iterable[TypedLine],
    total_eur_ttc: Decimal,
    currency: str = "EUR",
    total_eur_ht: Decimal | None = None,
    vat_eur: Decimal | None = None,
) -> Document:
    """Totals not given are computed from the lines. Raises RuleBroken on `lines`."""
    made = tuple(_line(line, position) for position, line in enumerate(lines, 1))
    if not made or len(made) > MOST_LINES:
        message = f"Une facture compte de 1 à {MOST_LINES} lignes : indiquez au moins une quantité."
        raise RuleBroken("lines_count", message, field="lines")
    computed = sum((line.total_eur_ht for line in made), ZERO)
    return Document(
        kind=kind,
        format=InvoiceFormat.TYPED,
        number=number,
        issued_on=issued_on,
        currency=currency,
        lines=made,
        total_eur_ht=computed if total_eur_ht is None else total_eur_ht,
        vat_eur=(tax_of_lines(made) or ZERO) if vat_eur is None else vat_eur,
        total_eur_ttc=total_eur_ttc,
    )


def _line(line: TypedLine, position: int) -> Line:
    total = line.total_eur_ht
    if total is None:
        total = round_eur(line.quantity * line.unit_price_eur_ht)
    if abs(total) > LARGEST_TOTAL:
        message = f"Le montant de la ligne {position} dépasse 12 chiffres."
        raise RuleBroken("amount_out_of_range", message, field="lines")
    rank = "" if line.order_line is None else str(line.order_line)
    return Line(position, line.label, line.quantity, line.unit_price_eur_ht, total, line.vat_rate, rank)
