"""A card as it is read: its data, and beside them its markup when this code made it and it still holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

# With %(edition)s and %(today)s.
CARD_HTML = (
    "CASE WHEN card_edition = %(edition)s AND (card_until IS NULL OR card_until > %(today)s)"
    " THEN card_html END"
)


# Read for the price of a usage alone.
CARD_PRICES = "CASE WHEN %(priced)s THEN prices::text END"


class KeptCard(Mapping[str, Any]):
    """The data of a card, parsed when first read: a page that has the markup of its cards needs none.

    Without a text, nobody was to read its data: they were not asked for (`OfferQuery.markup_only`).
    `html` in UTF-8. `prices`: its price lists, in a list ordered by the price of a usage; empty elsewhere.
    """

    def __init__(
        self, text: bytes | str | None, html: bytes | None = None, prices: bytes | str | None = None
    ) -> None:
        self._text, self._prices = text, prices
        self.html = html

    @property
    def prices(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._prices) if self._prices else {}
        return found

    @cached_property
    def _data(self) -> dict[str, Any]:
        if self._text is None:
            raise LookupError("the data of this card were not asked for")
        data: dict[str, Any] = json.loads(self._text)
        return data

    def __getitem__(self, name: str) -> Any:
        return self._data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)
