"""The ranking of the responses of one lot: pure, from marks and totals, nothing unknown counted as zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from marketplace.money import round_eur
from procurement.consultations.formulas import FORMULAS, FULL_MARK, Formula


@dataclass(frozen=True)
class CriterionFacts:
    key: str
    label: str
    weight: int
    is_price: bool


@dataclass(frozen=True)
class ResponseFacts:
    """`total_eur_ht` None: a price is missing. `marks`: by criterion, the agreed ones; absent is unknown."""

    key: str
    supplier: str
    total_eur_ht: Decimal | None
    missing_prices: int = 0
    marks: Mapping[str, Decimal] | None = None
    set_aside: str = ""


@dataclass(frozen=True)
class Score:
    """`mark` of 20 and `points` of the weight; None while unknown. `arithmetic`: how they were made."""

    criterion: str
    label: str
    weight: int
    mark: Decimal | None
    points: Decimal | None
    arithmetic: str


@dataclass(frozen=True)
class Standing:
    """`rank` None: not ranked, `why_not` says why. Two responses may share a rank."""

    response: str
    supplier: str
    total_eur_ht: Decimal | None
    scores: tuple[Score, ...]
    points: Decimal | None
    rank: int | None
    why_not: str


def ranking(
    responses: Sequence[ResponseFacts], criteria: Sequence[CriterionFacts], *, formula: str
) -> tuple[Standing, ...]:
    """The ranked first, then the others in their order."""
    lowest = lowest_of(responses)
    judged = [_standing(one, criteria, FORMULAS[formula], lowest) for one in responses]
    known = [one.points for one in judged if one.points is not None]
    ranked = [_with_rank(one, 1 + sum(each > (one.points or 0) for each in known)) for one in judged]
    return tuple(sorted(ranked, key=lambda one: (one.rank is None, one.rank or 0)))


def lowest_of(responses: Iterable[ResponseFacts]) -> Decimal | None:
    """Of the complete responses that are judged; None without any."""
    totals = [one.total_eur_ht for one in responses if not one.set_aside and one.total_eur_ht is not None]
    return min(totals, default=None)


def _standing(
    one: ResponseFacts, criteria: Sequence[CriterionFacts], formula: Formula, lowest: Decimal | None
) -> Standing:
    scores = tuple(_score(one, each, formula, lowest) for each in criteria)
    why_not = _why_not(one, scores)
    points = None if why_not else sum((each.points or Decimal(0) for each in scores), Decimal("0.00"))
    return Standing(one.key, one.supplier, one.total_eur_ht, scores, points, None, why_not)


def _why_not(one: ResponseFacts, scores: Sequence[Score]) -> str:
    if one.set_aside:
        return one.set_aside
    if one.total_eur_ht is None and any(each.points is None for each in scores):
        if not one.missing_prices:
            return "Le total n’est pas connu."
        posts = f"{one.missing_prices} poste{'s' if one.missing_prices > 1 else ''}"
        return f"Pas de réponse à {posts} de prix."
    unknown = [each.label for each in scores if each.mark is None]
    return f"Pas encore de note : {', '.join(unknown)}." if unknown else ""


def _score(one: ResponseFacts, criterion: CriterionFacts, formula: Formula, lowest: Decimal | None) -> Score:
    mark, told = _mark(one, criterion, formula, lowest)
    points = None if mark is None else points_of(mark, weight=criterion.weight)
    return Score(criterion.key, criterion.label, criterion.weight, mark, points, told)


def _mark(
    one: ResponseFacts, criterion: CriterionFacts, formula: Formula, lowest: Decimal | None
) -> tuple[Decimal | None, str]:
    if one.set_aside:
        return None, ""
    if not criterion.is_price:
        return (one.marks or {}).get(criterion.key), ""
    if one.total_eur_ht is None or lowest is None:
        return None, ""
    return formula.mark(one.total_eur_ht, lowest=lowest), formula.arithmetic(one.total_eur_ht, lowest=lowest)


def points_of(mark: Decimal, *, weight: int) -> Decimal:
    """Two decimals, half-up."""
    return round_eur(mark * weight / FULL_MARK)


def _with_rank(one: Standing, rank: int) -> Standing:
    if one.points is None:
        return one
    return Standing(one.response, one.supplier, one.total_eur_ht, one.scores, one.points, rank, one.why_not)
