"""The offers of a list as a table to take away: what the cards say, then every question's answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from catalog.cards import Card, CardMark, card_of
from catalog.enums import OfferState, Origin, Scheme, TrustStatus
from catalog.models import Offer
from catalog.questions.columns import Column as AnswerColumn
from catalog.questions.columns import cells as answer_cells
from catalog.questions.columns import columns as answer_columns
from catalog.questions.conditions import effective
from catalog.questions.engine import NUMBERS, Question, is_unknown
from catalog.search.cards import KeptCard
from catalog.search.engine import stream_cards
from catalog.search.query import OfferQuery
from catalog.usage_prices import card_price
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
_PRICED = (
    Column("usage_eur_ht", "Prix pour l’usage, en euros HT"),
    Column("usage_eur_ttc", "Prix pour l’usage, en euros TTC"),
    Column("usage_plan", "Formule comptée"),
    Column("usage_months", "Mois comptés"),
    Column("usage_missing", "Prix qui manquent"),
)
_LAST = (Column("page", "Adresse de la fiche"),)
# What the first columns say already.
_SAID = frozenset({"name"})


def offer_table(query: OfferQuery, *, categories: Mapping[str, str], site: str, place: str) -> Table:
    """`site` begins the addresses (« https://… »), `place` is the buyer's for the VAT of a priced usage. The
    rows cost one query, and one per 200 offers."""
    asked = tuple(column for column in answer_columns() if column.name not in _SAID)
    priced = _PRICED if query.priced_usage is not None else ()
    columns = (*_FIRST, *priced, *_trust_columns(), *(Column(one.name, one.label) for one in asked), *_LAST)
    rows = _rows(query, asked=asked, categories=categories, site=site, place=place)
    return Table("Offres cloud du secteur public", columns, rows)


def _trust_columns() -> Iterator[Column]:
    for scheme in SCHEMES:
        yield Column(f"{scheme.value}_status", f"{scheme.label} : statut")
        yield Column(f"{scheme.value}_until", f"{scheme.label} : fin de validité")
        yield Column(f"{scheme.value}_origin", f"{scheme.label} : origine")


def _rows(
    query: OfferQuery,
    *,
    asked: tuple[AnswerColumn, ...],
    categories: Mapping[str, str],
    site: str,
    place: str,
) -> Iterator[tuple[Cell, ...]]:
    for batch in stream_cards(query):
        online = Offer.objects.filter(pk__in=[offer for offer, _ in batch])
        answers = dict(online.values_list("pk", "live_version__answers"))
        for offer, data in batch:
            card = card_of(data, on=query.today)
            told = _answers(answers.get(offer) or {}, asked=asked, categories=categories)
            priced = _priced(data, query, place=place)
            yield (*_first(card), *priced, *_trust(card), *told, f"{site}{card.url}")


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


def _priced(data: KeptCard, query: OfferQuery, *, place: str) -> tuple[Cell, ...]:
    """What the cards of the page say of the usage that orders them; nothing in another order."""
    if query.priced_usage is None:
        return ()
    shown = card_price(data, usage=query.priced_usage, place=place, on=query.today)
    price, known = shown.price, shown.totals
    ttc = known.total_eur_ttc if known else None
    return (price.total_eur_ht, ttc, price.plan or None, price.months or None, " | ".join(price.missing))


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


def _answers(
    answers: Mapping[str, Any], *, asked: tuple[AnswerColumn, ...], categories: Mapping[str, str]
) -> Iterator[Cell]:
    texts, said = answer_cells(answers, categories=categories), effective(answers)
    for column in asked:
        value = said.get(column.question.id)
        text = texts[column.name]
        yield (text or None) if column.part else answer_cell(column.question, value, text=text)


def answer_cell(question: Question, value: Any, *, text: str) -> Cell:
    """Yes or no, numbers and dates keep their type; the rest is `text`; None is unknown."""
    if is_unknown(value) or isinstance(value, bool):
        return value if isinstance(value, bool) else None
    if question.type in NUMBERS:
        return Decimal(str(value))
    return dt.date.fromisoformat(value) if question.type == "date" else text
