"""The same question answered by a plain loop over the invented offers, in words of the rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from bench.invent import EU, Invented

SOON = dt.timedelta(days=180)


@dataclass(frozen=True)
class Question:
    """OR inside a facet, AND between facets, every word of `q`."""

    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    q: str = ""
    price_max: Decimal | None = None
    page: int = 1

    @property
    def parameters(self) -> list[tuple[str, str]]:
        found = [(name, value) for name, values in self.facets.items() for value in values]
        found += [("q", self.q)] if self.q else []
        found += [("price_max", str(self.price_max))] if self.price_max is not None else []
        return found + ([("page", str(self.page))] if self.page > 1 else [])


def answer(offers: list[Invented], question: Question, *, today: dt.date) -> list[str]:
    """The names found, in the order of names."""
    return sorted(
        (offer.name for offer in offers if is_found(offer, question, today=today)), key=str.casefold
    )


def is_found(offer: Invented, question: Question, *, today: dt.date) -> bool:
    if question.price_max is not None and (offer.price is None or offer.price > question.price_max):
        return False
    if any(word not in offer.words for word in question.q.split()):
        return False
    return all(
        set(values) & values_of(offer, facet, today=today)
        for facet, values in question.facets.items()
        if values
    )


def values_of(offer: Invented, facet: str, *, today: dt.date) -> set[str]:
    if facet == "model":
        return set(offer.models)
    if facet == "category":
        return {offer.category}
    if facet == "region":
        return zones(offer.regions)
    if facet == "open_source":
        return {{True: "true", False: "false", None: "unknown"}[offer.open_source]}
    return {status(offer, facet, today=today)}


def zones(regions: tuple[str, ...] | None) -> set[str]:
    if not regions:
        return {"unknown"}
    return {*regions, "EU"} if set(regions) <= EU else set(regions)


def status(offer: Invented, scheme: str, *, today: dt.date) -> str:
    """By the clock: an end passed is expired, an end within 180 days expires soon."""
    mark = offer.marks.get(scheme)
    if mark is None:
        return "not_applicable" if offer.is_internal_state and scheme == "secnumcloud" else "unknown"
    stands = mark.status in ("in_force", "renewal_pending")
    if stands and mark.until is not None and mark.until < today:
        return "expired"
    if scheme == "gaiax" and stands:
        return mark.level
    if mark.status == "in_force" and mark.until is not None and mark.until <= today + SOON:
        return "expiring"
    return mark.status
