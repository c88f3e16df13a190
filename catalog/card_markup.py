"""The HTML of a card of the list, rendered once when the offer changes, by the template of the page.

Nothing of the reader or of the clock is frozen: the way back is put in when reading, and the markup says
until which day it holds (a status that ends changes it). Markup of another edition of the code, or past
its day, is not used: the card is rendered from its data.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from catalog.cards import card_of
from catalog.hooks import CardLine
from catalog.models.trust import EXPIRING_WITHIN
from catalog.search.cards import KeptCard

# What the markup is made of: another content is another edition.
SOURCES = (
    "templates/catalog/_card.html",
    "catalog/card_markup.py",
    "catalog/cards.py",
    "catalog/countries.py",
    "catalog/enums.py",
    "catalog/presentation.py",
    "marketplace/ui/badges.py",
    "marketplace/ui/typography.py",
    "marketplace/ui/templatetags/market.py",
)
_WAY_BACK = "\ue000"
_ENCODED = quote(_WAY_BACK)
_ENCODED_BYTES = _ENCODED.encode()
# In the template: a text of an offer cannot hold it, being escaped.
_NOTE = "<!--usage-->"
ONE_DAY = datetime.timedelta(days=1)


@cache
def edition() -> str:
    digest = hashlib.sha256()
    for source in SOURCES:
        digest.update((Path(settings.BASE_DIR) / source).read_bytes())
    return digest.hexdigest()[:16]


def markup(data: Mapping[str, Any], *, on: datetime.date) -> str:
    return _render(data, on=on, return_path=_WAY_BACK)


def holds_until(data: Mapping[str, Any], *, on: datetime.date) -> datetime.date | None:
    """The first day after `on` when a status reads otherwise; None: never by the clock alone."""
    return min((day for day in _turns(data) if day > on), default=None)


def _turns(data: Mapping[str, Any]) -> Iterator[datetime.date]:
    for mark in data["marks"]:
        for name in ("until", "base_until"):
            if mark[name]:
                yield datetime.date.fromisoformat(mark[name]) + ONE_DAY
        if mark["until"]:
            yield datetime.date.fromisoformat(mark["until"]) - EXPIRING_WITHIN


def noted(card: SafeString, note: SafeString) -> SafeString:
    """The card with what is said, to this reader, of its price."""
    return mark_safe(card.replace(_NOTE, note, 1))  # noqa: S308 -- the output of two templates


def kept(cards: Sequence[KeptCard], *, return_path: str) -> list[bytes] | None:
    """The markup kept of all these cards, in UTF-8; None when that of one does not hold any more."""
    told = [card.html for card in cards if card.html]
    if len(told) < len(cards):
        return None
    way_back = _quoted(return_path).encode()
    return [html.replace(_ENCODED_BYTES, way_back) for html in told]


def shown(
    data: KeptCard,
    *,
    on: datetime.date,
    return_path: str,
    line: CardLine | None = None,
    retained: str = "",
) -> SafeString:
    """The card as this reader sees it today: the markup kept beside the data, else rendered from them.

    `line`: what an upper app tells this reader of the offer; `retained`: what the reader's administration
    says of it. Never in what is kept.
    """
    if data.html and line is None and not retained:
        return mark_safe(data.html.decode().replace(_ENCODED, _quoted(return_path)))  # noqa: S308 -- our template's
    return _render(data, on=on, return_path=return_path, line=line, retained=retained)


@lru_cache(maxsize=64)
def _quoted(path: str) -> str:
    """One path for all the cards of a page."""
    return quote(path, safe="")


def _render(
    data: Mapping[str, Any],
    *,
    on: datetime.date,
    return_path: str,
    line: CardLine | None = None,
    retained: str = "",
) -> SafeString:
    card = card_of(data, on=on, line=line, retained=retained)
    context = {"card": card, "compare": True, "heading": "h3", "return_path": return_path}
    return mark_safe(render_to_string("catalog/_card.html", context))  # noqa: S308 -- escaped by the template
