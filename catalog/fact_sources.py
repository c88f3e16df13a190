"""Where a fact of an offer was read, and when: what a comparison and a sheet say beside it. No query."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalog.enums import Origin
from catalog.models import Offer, TrustMark
from catalog.questions.engine import questions
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
    if corrected := offer.corrections.get(question):
        return _corrected(corrected)
    if not offer.is_public_sheet or offer.facts_confirmed_on:
        return FactSource(Origin.DECLARED.label, offer.facts_confirmed_on)
    keys = offer.sources.get(FACT_OF_QUESTION.get(question, question)) or offer.sources.get("all")
    return FactSource(in_words(keys), offer.facts_read_on) if keys else None


def corrected_answers(offer: Offer) -> list[tuple[str, FactSource]]:
    """(question, where it was read) of what a curator corrected of the version online. No query."""
    asked = questions()
    return [
        (asked[name].short, _corrected(said)) for name, said in offer.corrections.items() if name in asked
    ]


def _corrected(said: dict[str, str]) -> FactSource:
    """By the day it was read; else the day it was corrected."""
    words = (
        f"Corrigé par l’opérateur\u00a0: {said['source']}" if said["source"] else "Corrigé par l’opérateur"
    )
    return FactSource(words, dt.date.fromisoformat(said["read_on"] or said["on"]), said["url"])


def mark_source(mark: TrustMark) -> FactSource:
    origin = Origin(mark.origin).label
    return FactSource(
        f"{origin}\u00a0: {mark.source}" if mark.source else origin, mark.read_on, mark.source_url
    )


FACT_WORDS = {
    "secnumcloud": "Qualification SecNumCloud",
    "hds": "Certification HDS",
    "iso27001": "Certification ISO 27001",
    "regions": "Lieux",
    "siren": "SIREN",
    "website": "Site",
    "open_source": "Logiciel libre",
    "public_prices": "Prix publics",
    "description": "Description",
    "referential": "Version du référentiel",
    "composite_on": "Pile technique",
    "other_labels": "Autres labels",
    "milestone": "Jalon",
    "dates": "Dates",
    "provider": "Fournisseur",
    "service_model": "Modèle de service",
    "announced": "Annonce",
    "others": "Autres faits",
    "all": "Tous les faits",
}


def cited_sources(offer: Offer) -> list[tuple[str, str]]:
    """(fact, source in words) of a public sheet. No query."""
    if not offer.is_public_sheet:
        return []
    corrected = {FACT_OF_QUESTION.get(name, name) for name in offer.corrections}
    return [
        *(
            (FACT_WORDS.get(fact, fact), in_words(keys))
            for fact, keys in offer.sources.items()
            if fact not in corrected
        ),
        *((label, source.text) for label, source in corrected_answers(offer)),
    ]
