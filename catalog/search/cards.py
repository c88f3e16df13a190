"""A card as it is read: its data, and beside them its markup when this code made it and it still holds."""

from __future__ import annotations

import json
from typing import Any

# With %(edition)s and %(today)s.
CARD_HTML = (
    "CASE WHEN card_edition = %(edition)s AND (card_until IS NULL OR card_until > %(today)s)"
    " THEN card_html END"
)


def card_data(card: str, html: str | None) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(card)
    if html:
        data["html"] = html
    return data
