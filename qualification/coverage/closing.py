"""The smallest set of certificates that closes what is open, and what it takes an SME. Pure.

Costs are rarely published. When every candidate's is known, the cheapest set is sought; otherwise the set
of fewest certificates, then the shortest, and the answer says which of the two it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from qualification.coverage.facts import Held
from qualification.coverage.judge import COVERED, SchemeCoverage, proves
from qualification.schemes.certificates import Certificate
from qualification.schemes.mapping import mappings_from

# Beyond it the exact search could take seconds: the greedy one answers, and says so.
EXACT_UP_TO = 16
Need = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """``closes``: how many open requirements it closes of those chosen before it leave open.
    ``declared``: the supplier says it holds it, the proof is what is missing."""

    certificate: Certificate
    closes: int
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """``left``: (scheme and level, code) that no certificate closes. Months: all at once to one after the
    other; None when one of them is unknown. ``exact`` False: found greedily."""

    chosen: tuple[Chosen, ...]
    left: tuple[Need, ...]
    by_cost: bool
    exact: bool
    months_together: int | None
    months_in_turn: int | None
    cost_min_eur_ht: Decimal | None
    cost_max_eur_ht: Decimal | None

    @property
    def unknown_months(self) -> tuple[str, ...]:
        return tuple(one.certificate.name for one in self.chosen if one.certificate.months_max is None)

    @property
    def unknown_costs(self) -> tuple[str, ...]:
        return tuple(one.certificate.name for one in self.chosen if one.certificate.cost_max_eur_ht is None)


def closing(
    coverages: Iterable[SchemeCoverage], known: Iterable[Certificate], *, held: Iterable[Held] = ()
) -> Closing:
    """What the offer holds and proves already is not proposed again."""
    own = {each.code: each.proven for each in held if not each.layer}
    known = [one for one in known if not own.get(one.code)]
    needs, reach = _reach(coverages, known)
    useful = {one: bits for one, bits in reach.items() if bits}
    whole = 0
    for bits in useful.values():
        whole |= bits
    by_cost = bool(useful) and all(one.cost_max_eur_ht is not None for one in useful)
    exact = len(useful) <= EXACT_UP_TO
    found = _exact(useful, whole, by_cost=by_cost) if exact else _greedy(useful, whole)
    left = tuple(need for place, need in enumerate(needs) if not whole >> place & 1)
    chosen = tuple(replace(one, declared=one.certificate.code in own) for one in _counted(found, useful))
    return _told(chosen, left, by_cost=by_cost, exact=exact)


def _reach(
    coverages: Iterable[SchemeCoverage], known: Iterable[Certificate]
) -> tuple[list[Need], dict[Certificate, int]]:
    """Every open requirement, and for each certificate the bits of those it would cover once proven."""
    needs: list[Need] = []
    reach = dict.fromkeys(known, 0)
    for coverage in coverages:
        scheme, links = coverage.scheme, mappings_from(coverage.scheme.key)
        for requirement in coverage.open:
            bit = 1 << len(needs)
            needs.append((coverage.key, requirement.code))
            for one in reach:
                if proves(one.code, requirement, scheme, links) == COVERED:
                    reach[one] |= bit
    return needs, reach


def _price(one: Certificate, *, by_cost: bool) -> tuple[Decimal, int, int]:
    """Ordered: money when it is known for all, then how many, then how long (unknown counts as longest)."""
    money = one.cost_max_eur_ht if by_cost and one.cost_max_eur_ht is not None else Decimal(0)
    return money, 1, one.months_max if one.months_max is not None else 1000


def _exact(useful: Mapping[Certificate, int], whole: int, *, by_cost: bool) -> list[Certificate]:
    best: list[Certificate] = []
    best_price: tuple[Decimal, int, int] | None = None
    for size in range(1, len(useful) + 1):
        if best_price is not None and not by_cost:
            break
        for some in combinations(useful, size):
            bits = 0
            for one in some:
                bits |= useful[one]
            if bits != whole:
                continue
            price = _sum(some, by_cost=by_cost)
            if best_price is None or price < best_price:
                best, best_price = list(some), price
    return best


def _sum(some: Sequence[Certificate], *, by_cost: bool) -> tuple[Decimal, int, int]:
    prices = [_price(one, by_cost=by_cost) for one in some]
    return sum((price[0] for price in prices), Decimal(0)), len(prices), sum(price[2] for price in prices)


def _greedy(useful: Mapping[Certificate, int], whole: int) -> list[Certificate]:
    found: list[Certificate] = []
    done = 0
    while done != whole:
        best = max(useful, key=lambda one: (useful[one] & ~done).bit_count())
        found.append(best)
        done |= useful[best]
    return found


def _counted(found: Iterable[Certificate], useful: Mapping[Certificate, int]) -> tuple[Chosen, ...]:
    """The one that closes most first."""
    chosen, done, rest = [], 0, list(found)
    while rest:
        best = max(rest, key=lambda one: (useful[one] & ~done).bit_count())
        chosen.append(Chosen(best, (useful[best] & ~done).bit_count()))
        done |= useful[best]
        rest.remove(best)
    return tuple(chosen)


def _told(chosen: tuple[Chosen, ...], left: tuple[Need, ...], *, by_cost: bool, exact: bool) -> Closing:
    months = [one.certificate.months_max for one in chosen]
    known_months = [each for each in months if each is not None]
    least = [one.certificate.cost_min_eur_ht for one in chosen]
    most = [one.certificate.cost_max_eur_ht for one in chosen]
    timed = bool(months) and len(known_months) == len(months)
    return Closing(
        chosen,
        left,
        by_cost=by_cost,
        exact=exact,
        months_together=max(known_months) if timed else None,
        months_in_turn=sum(known_months) if timed else None,
        cost_min_eur_ht=_total(least),
        cost_max_eur_ht=_total(most),
    )


def _total(costs: Sequence[Decimal | None]) -> Decimal | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if costs and len(known) == len(costs) else None
