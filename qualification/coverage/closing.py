"""The set of certificates that closes what is open, and the time and money it takes an SME. Pure.

Costs are rarely published, and none is held here: a supplier brings its own quotes. When every certificate
that could close something has a cost, the cheapest set is sought; otherwise the set of fewest certificates,
then the shortest, and the answer names those whose cost is missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from qualification.coverage.facts import Held
from qualification.coverage.judge import COVERED, SchemeCoverage, proves
from qualification.coverage.set_cover import Price, cheapest, greedy
from qualification.schemes.certificates import Certificate
from qualification.schemes.mapping import mappings_from

# Beyond it the exact search could take seconds: the greedy one answers, and says so.
EXACT_UP_TO = 16
Need = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody asked the supplier for a certificate. ``months`` None: the quote gives no delay."""

    amount_eur_ht: Decimal
    months: int | None
    quoted_on: dt.date
    issuer: str


NO_QUOTES: Mapping[str, Quote] = {}


@dataclass(frozen=True, slots=True)
class Chosen:
    """``closes``: how many open requirements it closes of those chosen before it leave open.
    ``declared``: the supplier says it holds it, the proof is what is missing. ``quote``: the supplier's own,
    which stands in the certificate's costs, and in its months when it gives them."""

    certificate: Certificate
    closes: int
    declared: bool = False
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """``left``: (scheme and level, code) that no certificate closes. Months: all at once to one after the
    other; None when one of them is unknown. ``exact`` False: found greedily. ``unpriced``: names of the
    certificates that could close something and have no cost; empty when ``by_cost``."""

    chosen: tuple[Chosen, ...]
    left: tuple[Need, ...]
    by_cost: bool
    exact: bool
    months_together: int | None
    months_in_turn: int | None
    cost_min_eur_ht: Decimal | None
    cost_max_eur_ht: Decimal | None
    unpriced: tuple[str, ...] = ()

    @property
    def unknown_months(self) -> tuple[str, ...]:
        return tuple(one.certificate.name for one in self.chosen if one.certificate.months_max is None)

    @property
    def unknown_costs(self) -> tuple[str, ...]:
        return tuple(one.certificate.name for one in self.chosen if one.certificate.cost_max_eur_ht is None)

    @property
    def quoted(self) -> tuple[str, ...]:
        return tuple(one.certificate.name for one in self.chosen if one.quote is not None)

    @property
    def known_eur_ht(self) -> Decimal | None:
        """The sum of the known costs of the set, at most; None when none is known."""
        known = [cost for one in self.chosen if (cost := one.certificate.cost_max_eur_ht) is not None]
        return sum(known, Decimal(0)) if known else None


def closing(
    coverages: Iterable[SchemeCoverage],
    known: Iterable[Certificate],
    *,
    held: Iterable[Held] = (),
    quotes: Mapping[str, Quote] = NO_QUOTES,
) -> Closing:
    """What the offer holds and proves already is not proposed again. ``quotes``: by certificate."""
    own = {each.code: each.proven for each in held if not each.layer}
    candidates = [_quoted(one, quotes.get(one.code)) for one in known if not own.get(one.code)]
    needs, reach = _reach(coverages, candidates)
    useful = {one: bits for one, bits in reach.items() if bits}
    whole = 0
    for bits in useful.values():
        whole |= bits
    unpriced = tuple(one.name for one in useful if one.cost_max_eur_ht is None)
    by_cost = bool(useful) and not unpriced
    exact = len(useful) <= EXACT_UP_TO
    found = (cheapest if exact else greedy)(useful, whole, lambda one: _price(one, by_cost=by_cost))
    left = tuple(need for place, need in enumerate(needs) if not whole >> place & 1)
    chosen = tuple(
        replace(one, declared=one.certificate.code in own, quote=quotes.get(one.certificate.code))
        for one in _counted(found, useful)
    )
    told = _told(chosen, left, by_cost=by_cost, exact=exact)
    return replace(told, unpriced=() if by_cost else unpriced)


def _quoted(one: Certificate, quote: Quote | None) -> Certificate:
    """The supplier's own figures in place of what was published."""
    if quote is None:
        return one
    priced = replace(one, cost_min_eur_ht=quote.amount_eur_ht, cost_max_eur_ht=quote.amount_eur_ht)
    return (
        priced if quote.months is None else replace(priced, months_min=quote.months, months_max=quote.months)
    )


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


def _price(one: Certificate, *, by_cost: bool) -> Price:
    """Ordered: cents when all are known, then how many, then how long (unknown counts as longest)."""
    cents = int(one.cost_max_eur_ht * 100) if by_cost and one.cost_max_eur_ht is not None else 0
    return cents, 1, one.months_max if one.months_max is not None else 1000


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
