"""Where a fact of an offer was read, and when: what a comparison and a sheet say beside it. No query."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalog.enums import Origin
from catalog.models import Offer, TrustMark
from catalog.reference.loader import read

# Facts of the public sheets' file, by the question they answer.
FACT_OF_QUESTION = {
    "storage_regions": "regions",
    "service_models": "service_model",
    "website": "website",
    "open_source": "open_source",
    "description": "description",
}


@dataclass(frozen=True, slots=True)
class FactSource:
    words: str
    on: dt.date | None = None
    url: str = ""

    @property
    def text(self) -> str:
        return f"{self.words}, {self.on:%d/%m/%Y}" if self.on else self.words


@cache
def source_words() -> dict[str, str]:
    return dict(read("sources"))


def in_words(keys: Any) -> str:
    listed = keys if isinstance(keys, list) else [keys]
    return " ; ".join(source_words().get(key, str(key)) for key in listed)


def answer_source(offer: Offer, question: str) -> FactSource | None:
    """None: nobody said where it was read."""
    if not offer.is_public_sheet or offer.facts_confirmed_on:
        return FactSource(Origin.DECLARED.label, offer.facts_confirmed_on)
    keys = offer.sources.get(FACT_OF_QUESTION.get(question, question)) or offer.sources.get("all")
    return FactSource(in_words(keys), offer.facts_read_on) if keys else None


def mark_source(mark: TrustMark) -> FactSource:
    origin = Origin(mark.origin).label
    return FactSource(
        f"{origin}\u00a0: {mark.source}" if mark.source else origin, mark.read_on, mark.source_url
    )
