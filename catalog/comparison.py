"""S4: where up to four offers differ. Unknown is a value and is counted; each fact says where it was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

from django.utils import timezone

from catalog.cards import price_unit
from catalog.enums import Scheme, TrustStatus
from catalog.fact_sources import FactSource, answer_source, mark_source
from catalog.models import EffectiveTrust, Offer
from catalog.models.offer import GONE_WORDS, OfferState
from catalog.offer_table import answer_cell
from catalog.questions.conditions import effective
from catalog.questions.engine import Question, questions
from catalog.questions.rows import UNKNOWN, ComparedRow, compared_row, compared_rows
from catalog.search.fields import entry_price
from catalog.yearly_cost import YearlyCost, yearly_cost
from marketplace.accounts.actors import Actor
from marketplace.documents.tables import Cell
from marketplace.ui.typography import date_text, euros

MOST = 4
SCHEMES = (Scheme.SECNUMCLOUD, Scheme.HDS, Scheme.ISO27001, Scheme.GAIAX)
IDENTITY, TRUST, PRICE = "L’offre", "Ce qui est prouvé", "Ce que ça coûte"


@dataclass(frozen=True, slots=True)
class ComparedOffer:
    """A column. `gone`: « Offre retirée le 2 octobre 2026 »: kept, but nothing more is said of it."""

    offer: Offer
    name: str
    gone: str = ""


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """`value` is `text` for machines: a number, a yes or no; None is unknown. `best`: « le plus bas »."""

    name: str
    text: str
    value: Cell = None
    source: FactSource | None = None
    gone: bool = False
    best: str = ""

    @property
    def is_unknown(self) -> bool:
        return not self.gone and self.text == UNKNOWN


@dataclass(frozen=True, slots=True)
class Criterion:
    code: str
    label: str
    group: str
    cells: tuple[ComparedCell, ...]
    differs: bool

    @property
    def unknown(self) -> int:
        return sum(cell.is_unknown for cell in self.cells)

    @property
    def is_unsettled(self) -> bool:
        """Those that answer agree, the others may not: neither a difference nor the same."""
        return not self.differs and self.unknown > 0


@dataclass(frozen=True, slots=True)
class Comparison:
    columns: tuple[ComparedOffer, ...]
    costs: tuple[YearlyCost | None, ...]
    rows: tuple[Criterion, ...]

    @property
    def differences(self) -> tuple[Criterion, ...]:
        return tuple(row for row in self.rows if row.differs)

    @property
    def unsettled(self) -> tuple[Criterion, ...]:
        return tuple(row for row in self.rows if row.is_unsettled)

    @property
    def same(self) -> tuple[Criterion, ...]:
        return tuple(row for row in self.rows if not row.differs and not row.is_unsettled)

    @property
    def unknown(self) -> int:
        return sum(row.unknown for row in self.rows)

    @property
    def offers(self) -> list[Offer]:
        """Those still there."""
        return [column.offer for column in self.columns if not column.gone]

    @property
    def known_costs(self) -> list[tuple[ComparedOffer, YearlyCost]]:
        return [(c, cost) for c, cost in zip(self.columns, self.costs, strict=True) if cost is not None]


@dataclass(frozen=True, slots=True)
class _Fact:
    text: str
    value: Cell = None
    source: FactSource | None = None


def compare(columns: Sequence[ComparedOffer], *, categories: dict[str, str]) -> Comparison:
    """Relations are prefetched by the caller (`for_comparison`): no query here."""
    offers = [column.offer for column in columns if not column.gone]
    costs = {offer.pk: yearly_cost(offer) for offer in offers}
    rows = [*_plain_rows(offers), *_trust_rows(offers), *_price_rows(offers, costs)]
    rows += _answer_rows(offers, categories=categories)
    return Comparison(
        tuple(columns),
        tuple(None if column.gone else costs[column.offer.pk] for column in columns),
        tuple(_with_gone(row, columns) for row in rows),
    )


def for_comparison(numbers: Sequence[int], *, actor: Actor) -> list[ComparedOffer]:
    """In the order asked: visible ones, and those that were public once. At most six queries."""
    wanted = list(dict.fromkeys(numbers))
    visible = (
        Offer.objects.visible_to(actor)
        .for_sheet()
        .prefetch_related("effective_trust__mark", "live_version__plans__lines")
        .filter(number__in=wanted)
    )
    found = {offer.number: ComparedOffer(offer, offer.name) for offer in visible}
    if missing := [number for number in wanted if number not in found]:
        closed = Offer.objects.once_public().filter(number__in=missing)
        found |= {offer.number: _gone(offer) for offer in closed}
    return [found[number] for number in wanted if number in found]


def _gone(offer: Offer) -> ComparedOffer:
    """The name of an offer that the operator removed is not repeated."""
    words = f"{GONE_WORDS[OfferState(offer.state)]} le {date_text(offer.state_since)}"
    name = offer.name if offer.state == OfferState.WITHDRAWN else f"Offre n°\u00a0{offer.number}"
    return ComparedOffer(offer, name, words)


def _with_gone(row: Criterion, columns: Sequence[ComparedOffer]) -> Criterion:
    """A cell for each column again: those of the offers gone say so, and count for nothing."""
    told = iter(row.cells)
    cells = (ComparedCell(c.name, c.gone, gone=True) if c.gone else next(told) for c in columns)
    return replace(row, cells=tuple(cells))


def _criterion(
    code: str, row: ComparedRow, group: str, offers: Sequence[Offer], facts: Iterable[_Fact]
) -> Criterion:
    cells = tuple(
        ComparedCell(offer.name, text, fact.value, fact.source, best=row.best_word if best else "")
        for offer, text, fact, best in zip(offers, row.texts, facts, row.best or repeat(False), strict=False)
    )
    return Criterion(code, row.label, group, cells, row.differs)


def _rows_of(
    code: str, label: str, group: str, offers: Sequence[Offer], fact: Callable[[Offer], _Fact]
) -> Criterion:
    facts = [fact(offer) for offer in offers]
    return _criterion(code, compared_row(label, [one.text for one in facts]), group, offers, facts)


def _plain_rows(offers: Sequence[Offer]) -> Iterator[Criterion]:
    def supplier(offer: Offer) -> _Fact:
        return _Fact(offer.supplier.name, offer.supplier.name)

    def state(offer: Offer) -> _Fact:
        words = str(offer.get_state_display())
        return _Fact(words, words, FactSource("Place de marché", timezone.localdate(offer.state_since)))

    yield _rows_of("supplier", "Fournisseur", IDENTITY, offers, supplier)
    yield _rows_of("state", "Référencement", IDENTITY, offers, state)


def _trust_rows(offers: Sequence[Offer]) -> Iterator[Criterion]:
    for scheme in SCHEMES:
        yield _rows_of(
            scheme.value, scheme.label, TRUST, offers, lambda offer, scheme=scheme: _trust(offer, scheme)
        )


def _trust(offer: Offer, scheme: Scheme) -> _Fact:
    row = next((r for r in offer.effective_trust.all() if r.scheme == scheme), None)
    if row is None:
        internal = offer.is_internal_state and scheme == Scheme.SECNUMCLOUD
        words = str(TrustStatus.NOT_APPLICABLE.label) if internal else ""
        return _Fact(words, words or None)
    words = _status_words(row)
    return _Fact(words, words or None, mark_source(row.mark) if row.mark else None)


def _status_words(row: EffectiveTrust) -> str:
    """Empty when unknown."""
    status = row.status_on(timezone.localdate())
    if status == TrustStatus.UNKNOWN:
        return ""
    words = str(status.label)
    if row.valid_until:
        words += f", jusqu’au {row.valid_until:%d/%m/%Y}"
    if row.mark and row.mark.origin == "declared":
        words += " (selon le fournisseur)"
    return words


def _price_rows(offers: Sequence[Offer], costs: dict[int, YearlyCost]) -> Iterator[Criterion]:
    def entry(offer: Offer) -> _Fact:
        line = entry_price(offer)
        if line is None:
            return _Fact("")
        unit = price_unit({"period": line.period, "kind": line.kind, "unit": line.unit})
        text = f"{euros(line.amount_eur_ht, tax='HT', unit_price=True)} {unit}"
        return _Fact(text, text, answer_source(offer, "public_prices"))

    def year(offer: Offer) -> _Fact:
        cost = costs[offer.pk]
        text = "" if cost.amount_eur_ht is None else cost.text
        return _Fact(text, cost.amount_eur_ht, FactSource(cost.detail))

    yield _rows_of("price_from", "Prix d’entrée", PRICE, offers, entry)
    yield _rows_of("yearly_cost_eur_ht", "Coût annuel minimal, en euros HT", PRICE, offers, year)


def _answer_rows(offers: Sequence[Offer], *, categories: dict[str, str]) -> Iterator[Criterion]:
    answers = [offer.live_version.answers if offer.live_version else {} for offer in offers]
    told = [effective(said) for said in answers]
    asked = questions()
    for row in compared_rows(answers, categories=categories):
        question = asked[row.code]
        facts = [
            _answer(offer, question, said.get(question.id), text)
            for offer, said, text in zip(offers, told, row.texts, strict=True)
        ]
        yield _criterion(question.id, row, row.section, offers, facts)


def _answer(offer: Offer, question: Question, value: object, text: str) -> _Fact:
    if text == UNKNOWN:
        return _Fact(text)
    typed = answer_cell(question, value, text=text)
    return _Fact(text, text if typed is None else typed, answer_source(offer, question.id))
