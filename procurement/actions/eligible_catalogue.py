"""The whole catalogue sorted for a project, one page of each standing at a time.

The index in memory answers for forty thousand offers in a few bitmap operations (`doctrine.eligible_sets`);
the offers shown are then judged one by one, on what PostgreSQL says of them. Where the index does not
answer, every offer is judged: the same counts, the same order, the same pages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from pyroaring import BitMap

from catalog.countries import EEA_COUNTRIES
from catalog.models import Offer
from catalog.search import sets
from catalog.search.fields import sort_key
from catalog.search.sets import OfferSets
from procurement.actions.assessments import result_now
from procurement.actions.eligibility import JudgedOffer, assessment_of, judge_offers
from procurement.doctrine import AssessmentResult
from procurement.doctrine.eligible_sets import FactSets, SortedOffers, sort_offers
from procurement.enums import Standing
from procurement.models import Project

SHOWN = 20
# « EU » stands beside the countries of an offer, it is not one of them.
INSIDE_EEA = EEA_COUNTRIES | {"EU"}
UNKNOWN = "unknown"
_READ = ("supplier", "category", "live_version")


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the offers of a standing, by name. `number` from 1, within `pages`."""

    standing: str
    count: int
    number: int
    rows: tuple[JudgedOffer, ...]

    @property
    def pages(self) -> int:
        return pages_of(self.count)


@dataclass(frozen=True, slots=True)
class ShownOffers:
    """`closest`: the refused offer that misses the fewest obligations; None when some offer complies."""

    result: AssessmentResult
    sections: Mapping[str, Section]
    closest: JudgedOffer | None


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Some offers of the standings asked, one standing after the other. `counts`: of every standing."""

    result: AssessmentResult
    counts: Mapping[str, int]
    rows: tuple[JudgedOffer, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """How many offers stand where, and the keys of those to show, before they are read."""

    counts: Mapping[str, int]
    keys: Mapping[str, list[int]]
    closest: int | None


def pages_of(count: int) -> int:
    return max(1, -(-count // SHOWN))


def shown_offers(
    project: Project, *, pages: Mapping[str, int] | None = None, on: dt.date | None = None
) -> ShownOffers:
    """The page asked of each standing, the first one otherwise; the last one beyond it. Six queries whatever
    the catalogue holds. Raises MoveRefused without an analysis."""
    day, asked = on or timezone.localdate(), pages or {}
    result = result_now(assessment_of(project))
    wanted = {"result": result, "service_models": project.service_models, "on": day}
    found = sets.ask(lambda offers: by_sets(offers, asked=asked, **wanted), on=day)
    if found is None:
        return _one_by_one(asked=asked, **wanted)
    return _read(found, asked=asked, **wanted)


def offers_page(
    project: Project, *, standings: Iterable[str], first: int, size: int, on: dt.date | None = None
) -> OfferPage:
    """`size` offers from the `first` (0) of those standings, by name in each. Six queries whatever the
    catalogue holds. Raises MoveRefused without an analysis."""
    day = on or timezone.localdate()
    wanted_standings = [str(each) for each in Standing if str(each) in set(standings)]
    result = result_now(assessment_of(project))
    wanted: dict[str, Any] = {"result": result, "service_models": project.service_models, "on": day}
    asked: dict[str, Any] = {"standings": wanted_standings, "first": first, "size": size}
    found = sets.ask(lambda offers: keys_by_sets(offers, **asked, **wanted), on=day)
    if found is None:
        return _page_one_by_one(**asked, **wanted)
    counts, keys = found
    offers = Offer.objects.filter(pk__in=[key for _, key in keys]).select_related(*_READ)
    judged = {(row.standing, row.offer.pk): row for row in judge_offers(offers, **wanted)}
    return OfferPage(result, counts, tuple(judged[key] for key in keys if key in judged))


def keys_by_sets(
    offers: OfferSets, *, standings: Iterable[str], first: int, size: int, **wanted: Any
) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """The counts, and the standing and key of each offer of the page. No query."""
    found = sort_catalogue(offers, **wanted)
    counts = {name: len(slots) for name, slots in found.standings.items()}
    keys: list[tuple[str, int]] = []
    for name in standings:
        left = size - len(keys)
        if left and first < counts[name]:
            listed = offers.page(found.standings[name], first=first, size=left)
            keys += [(name, key) for key in listed]
        first = max(0, first - counts[name])
    return counts, keys


def sort_catalogue(
    offers: OfferSets, *, result: AssessmentResult, service_models: Iterable[str] | None, on: dt.date
) -> SortedOffers:
    """All public offers, each under its standing and its reasons. No query."""
    return sort_offers(fact_sets(offers), result=result, service_models=service_models, on=on)


def fact_sets(offers: OfferSets) -> FactSets:
    """What the rules read of an offer, from the filters of the search."""
    everything, regions = offers.everything, offers.by("region")
    suspended = offers.by("state").get("suspended", BitMap())
    internal = offers.by("internal").get("true", BitMap())
    outside = BitMap.union(
        BitMap(), *(slots for code, slots in regions.items() if code not in INSIDE_EEA and code != UNKNOWN)
    )
    nowhere = regions.get(UNKNOWN, BitMap())
    return FactSets(
        everything=everything,
        is_suspended={True: suspended, False: everything - suspended},
        is_internal_state={True: internal, False: everything - internal},
        models=offers.by("model"),
        secnumcloud=offers.by("secnumcloud"),
        hds=offers.by("hds"),
        outside_eea={None: nowhere, ("?",): outside, (): everything - nowhere - outside},
        non_eu_law=_three(offers, "non_eu_law"),
        gdpr_clauses=_three(offers, "dpa"),
    )


def _three(offers: OfferSets, facet: str) -> dict[bool | None, BitMap]:
    values = offers.by(facet)
    yes, no = values.get("true", BitMap()), values.get("false", BitMap())
    return {True: yes, False: no, None: offers.everything - yes - no}


def by_sets(offers: OfferSets, *, asked: Mapping[str, int], **wanted: Any) -> Found:
    """No query. `wanted`: what `sort_catalogue` takes."""
    found = sort_catalogue(offers, **wanted)
    counts = {name: len(slots) for name, slots in found.standings.items()}
    keys = {
        name: offers.page(slots, first=SHOWN * (_number(asked, name, counts[name]) - 1), size=SHOWN)
        for name, slots in found.standings.items()
    }
    closest = None if counts[Standing.ELIGIBLE] else _closest(found, found.standings[Standing.REFUSED])
    return Found(counts, keys, next(iter(offers.page(closest, first=0, size=1)), None) if closest else None)


def _closest(found: SortedOffers, refused: BitMap) -> BitMap:
    """Those of the refused that have the fewest reasons."""
    least, more = refused, [refused & slots for slots in found.reasons.values()]
    # `at_least[n]`: those with n reasons or more, one reason counted after the other.
    at_least: list[BitMap] = []
    for slots in more:
        for rank in range(len(at_least), -1, -1):
            under = refused if rank == 0 else at_least[rank - 1]
            reached = under & slots
            if rank == len(at_least):
                at_least.append(reached)
            else:
                at_least[rank] |= reached
    for slots in at_least:
        if fewer := least - slots:
            return fewer
        least = slots
    return least


def _number(asked: Mapping[str, int], standing: str, count: int) -> int:
    return min(max(1, asked.get(standing, 1)), pages_of(count))


def _read(found: Found, *, asked: Mapping[str, int], **wanted: Any) -> ShownOffers:
    """Two queries. An offer that changed meanwhile is left out of a page where it stands no more."""
    keys = {key for listed in found.keys.values() for key in listed}
    if found.closest is not None:
        keys.add(found.closest)
    offers = Offer.objects.filter(pk__in=keys).select_related(*_READ)
    judged = {row.offer.pk: row for row in judge_offers(offers, **wanted)}
    sections = {
        name: Section(
            name,
            count,
            _number(asked, name, count),
            tuple(judged[key] for key in found.keys[name] if key in judged and judged[key].standing == name),
        )
        for name, count in found.counts.items()
    }
    return ShownOffers(wanted["result"], sections, judged.get(found.closest or 0))


def _one_by_one(*, asked: Mapping[str, int], **wanted: Any) -> ShownOffers:
    """Three queries, and a judgement for each public offer."""
    offers = Offer.objects.public().select_related(*_READ)
    judged = sorted(judge_offers(offers, **wanted), key=_by_name)
    sections = {}
    for standing in Standing:
        rows = [row for row in judged if row.standing == standing]
        number = _number(asked, standing, len(rows))
        shown = rows[SHOWN * (number - 1) : SHOWN * number]
        sections[str(standing)] = Section(str(standing), len(rows), number, tuple(shown))
    refused = [row for row in judged if row.standing == Standing.REFUSED]
    closest = min(refused, key=lambda row: len(row.judgement.findings), default=None)
    return ShownOffers(wanted["result"], sections, None if sections[Standing.ELIGIBLE].count else closest)


def _page_one_by_one(*, standings: list[str], first: int, size: int, **wanted: Any) -> OfferPage:
    """Three queries, and a judgement for each public offer."""
    judged = sorted(judge_offers(Offer.objects.public().select_related(*_READ), **wanted), key=_by_name)
    counts = {str(each): sum(row.standing == each for row in judged) for each in Standing}
    listed = [row for name in standings for row in judged if row.standing == name]
    return OfferPage(wanted["result"], counts, tuple(listed[first : first + size]))


def _by_name(row: JudgedOffer) -> tuple[str, int]:
    """As the index orders them."""
    return sort_key(row.offer.name)[:160], row.offer.pk
