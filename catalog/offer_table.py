"""The offers of a list as a table to take away: what the cards say, then every question's answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from catalog.cards import Card, CardMark, card_of
from catalog.enums import OfferState, Origin, Scheme, TrustStatus
from catalog.models import Offer
from catalog.questions.engine import Question, questions
from catalog.questions.rows import say
from catalog.search.engine import stream_cards
from catalog.search.query import OfferQuery
from marketplace.documents.tables import Cell, Column, Table

SCHEMES = (Scheme.SECNUMCLOUD, Scheme.HDS, Scheme.GAIAX, Scheme.ISO27001)
_FIRST = (
    Column("number", "Numéro"),
    Column("name", "Offre"),
    Column("supplier", "Fournisseur"),
    Column("supplier_country", "Pays du fournisseur"),
    Column("supplier_size", "Taille du fournisseur"),
    Column("state", "Référencement"),
    Column("orderable", "Peut être commandée"),
    Column("is_internal_state", "Cloud interne de l’État"),
    Column("price_from_eur_ht", "Prix d’entrée, en euros HT"),
    Column("price_unit", "Unité du prix"),
)
_LAST = (Column("page", "Adresse de la fiche"),)
# What the first columns say already.
_SAID = frozenset({"name"})


def offer_table(query: OfferQuery, *, categories: Mapping[str, str], site: str) -> Table:
    """`site` begins the addresses (« https://… »). The rows cost one query, and one per 200 offers."""
    asked = tuple(question for question in questions().values() if question.id not in _SAID)
    columns = (*_FIRST, *_trust_columns(), *(Column(q.id, q.short) for q in asked), *_LAST)
    rows = _rows(query, asked=asked, categories=categories, site=site)
    return Table("Offres cloud du secteur public", columns, rows)


def _trust_columns() -> Iterator[Column]:
    for scheme in SCHEMES:
        yield Column(f"{scheme.value}_status", f"{scheme.label} : statut")
        yield Column(f"{scheme.value}_until", f"{scheme.label} : fin de validité")
        yield Column(f"{scheme.value}_origin", f"{scheme.label} : origine")


def _rows(
    query: OfferQuery, *, asked: tuple[Question, ...], categories: Mapping[str, str], site: str
) -> Iterator[tuple[Cell, ...]]:
    for batch in stream_cards(query):
        online = Offer.objects.filter(pk__in=[offer for offer, _ in batch])
        answers = dict(online.values_list("pk", "live_version__answers"))
        for offer, data in batch:
            card, said = card_of(data, on=query.today), answers.get(offer) or {}
            told = (_answer(question, said.get(question.id), categories=categories) for question in asked)
            yield (*_first(card), *_trust(card), *told, f"{site}{card.url}")


def _first(card: Card) -> Iterator[Cell]:
    data, supplier = card.data, card.data["supplier"]
    yield data["number"]
    yield data["name"]
    yield supplier["name"]
    yield supplier["country"] or None
    yield card.size or None
    yield OfferState(data["state"]).label
    yield data["orderable"]
    yield data["is_internal_state"]
    yield card.price
    yield card.price_unit or None


def _trust(card: Card) -> Iterator[Cell]:
    marks = {mark.scheme: mark for mark in card.marks}
    for scheme in SCHEMES:
        mark = marks.get(scheme.value)
        yield _status(mark, internal=card.data["is_internal_state"] and scheme == Scheme.SECNUMCLOUD)
        yield mark.until if mark else None
        yield Origin(mark.origin).label if mark and mark.origin else None


def _status(mark: CardMark | None, *, internal: bool) -> Cell:
    if mark is None:
        return TrustStatus.NOT_APPLICABLE.label if internal else None
    return None if mark.status == TrustStatus.UNKNOWN else TrustStatus(mark.status).label


def _answer(question: Question, value: Any, *, categories: Mapping[str, str]) -> Cell:
    """Numbers, dates and yes or no keep their type; the rest is in words; None is unknown."""
    if isinstance(value, bool) or value is None:
        return value
    if question.type in ("integer", "decimal"):
        return Decimal(str(value))
    if question.type == "date":
        return dt.date.fromisoformat(value)
    return say(question, value, categories=categories) or None
