"""The catalogue sorted by sets, against the rule that judges one offer: same standing, same reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from catalog.enums import TrustStatus
from procurement.doctrine import AssessmentFacts, assess
from procurement.doctrine.eligibility import ELIGIBLE, REFUSED, TO_CHECK, OfferFacts, StatusSeen, judge
from procurement.doctrine.eligible_sets import FactSets, Reason, sort_offers
from procurement.doctrine.facts import (
    BUYER_KINDS,
    HARMS,
    HOSTINGS,
    PROJECT_KINDS,
    SENSITIVE_DATA,
    SERVICE_MODELS,
)

DAY = dt.date(2026, 11, 26)
STATUSES = st.sampled_from([status.value for status in TrustStatus])
THREE = st.sampled_from([True, False, None])
MODELS = st.frozensets(st.sampled_from(SERVICE_MODELS))


def maybe(values: Iterable[str]) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(list(values))


NEEDS = st.builds(
    AssessmentFacts,
    buyer_kind=maybe(BUYER_KINDS),
    hosting=maybe(HOSTINGS),
    sensitive_data=st.none() | st.frozensets(st.sampled_from(SENSITIVE_DATA)),
    harms=st.none() | st.frozensets(st.sampled_from(HARMS)),
    personal_data=THREE,
    health_data=THREE,
    project_kind=maybe(PROJECT_KINDS),
)
OFFERS = st.builds(
    OfferFacts,
    is_internal_state=st.booleans(),
    is_suspended=st.booleans(),
    service_models=MODELS,
    statuses=st.fixed_dictionaries(
        {
            scheme: st.builds(StatusSeen, status=STATUSES, label=st.just("lu"))
            for scheme in ("secnumcloud", "hds")
        }
    ),
    outside_eea=st.sampled_from([None, (), ("États-Unis",), ("Suisse", "Inde")]),
    non_eu_law=THREE,
    gdpr_clauses=THREE,
)


def by(offers: list[OfferFacts], read: Callable[[OfferFacts], Any]) -> dict[Any, BitMap]:
    found: dict[Any, BitMap] = {}
    for rank, offer in enumerate(offers):
        found.setdefault(read(offer), BitMap()).add(rank)
    return found


def sets_of(offers: list[OfferFacts]) -> FactSets:
    return FactSets(
        everything=BitMap(range(len(offers))),
        is_suspended=by(offers, lambda offer: offer.is_suspended),
        is_internal_state=by(offers, lambda offer: offer.is_internal_state),
        models={
            model: BitMap(rank for rank, offer in enumerate(offers) if model in offer.service_models)
            for model in SERVICE_MODELS
        },
        secnumcloud=by(offers, lambda offer: offer.statuses["secnumcloud"].status),
        hds=by(offers, lambda offer: offer.statuses["hds"].status),
        outside_eea=by(offers, lambda offer: offer.outside_eea and ("un pays",)),
        non_eu_law=by(offers, lambda offer: offer.non_eu_law),
        gdpr_clauses=by(offers, lambda offer: offer.gdpr_clauses),
    )


@given(need=NEEDS, models=MODELS, offers=st.lists(OFFERS, max_size=40))
def test_every_offer_has_the_standing_and_the_reasons_of_the_rule(
    need: AssessmentFacts, models: frozenset[str], offers: list[OfferFacts]
) -> None:
    result = assess(need, DAY)
    found = sort_offers(sets_of(offers), result=result, service_models=models, on=DAY)
    for rank, offer in enumerate(offers):
        judged = judge(offer, result=result, service_models=models, on=DAY)
        assert found.reasons_of(rank) == {Reason.of(finding) for finding in judged.findings}
        assert [name for name, slots in found.standings.items() if rank in slots] == [judged.standing]
    assert set(found.standings) == {ELIGIBLE, TO_CHECK, REFUSED}
