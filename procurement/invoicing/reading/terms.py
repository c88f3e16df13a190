"""The terms of EN 16931 that both syntaxes hold alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from marketplace.money import ZERO
from procurement.invoicing.reading.document import amount
from procurement.invoicing.reading.xml import Element


def tax_in(totals: Iterable[Element], currency: str) -> Decimal:
    """The tax in the currency of the invoice; none said is none due."""
    for found in totals:
        if found.attributes.get("currencyID", currency) == currency:
            return amount(found.text, name="La TVA")
    return ZERO


def optional(sums: Element, name: str) -> Decimal:
    text = sums.say(name)
    return amount(text, name=name) if text else ZERO


def identifiers(party: Element | None, paths: Sequence[str]) -> tuple[str, ...]:
    if party is None:
        return ()
    return tuple(found.text for path in paths for found in party.all(path) if found.text)
