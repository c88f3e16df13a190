"""A whole catalogue against what a project must respect, by sets: the rules of `eligibility`, asked once for
each combination of the few facts that each reads. The offers that share a combination are one bitmap.

The verdict and the reasons are those that `judge` gives each offer alone; what it adds to a reason (the
words seen on the sheet, their day) is read for the offers shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from pyroaring import BitMap

from procurement.doctrine.eligibility import (
    ELIGIBLE,
    REFUSED,
    RULES,
    SCHEMES,
    TO_CHECK,
    Asked,
    Finding,
    OfferFacts,
    StatusSeen,
)
from procurement.doctrine.results import AssessmentResult

# The values of one fact, each with the offers that have it.
Values = Sequence[tuple[Any, BitMap]]
# No model's code: whatever they are, they are not those looked for.
OTHER_MODELS = frozenset({"other"})


@dataclass(frozen=True, kw_only=True)
class FactSets:
    """Sets of offers by what is known of them: each offer has one value of each fact, several models at
    most. `outside_eea` keeps whether there is one, not which; a country is named by any word."""

    everything: BitMap
    is_suspended: Mapping[bool, BitMap]
    is_internal_state: Mapping[bool, BitMap]
    models: Mapping[str, BitMap]
    secnumcloud: Mapping[str, BitMap]
    hds: Mapping[str, BitMap]
    outside_eea: Mapping[tuple[str, ...] | None, BitMap]
    non_eu_law: Mapping[bool | None, BitMap]
    gdpr_clauses: Mapping[bool | None, BitMap]

    def values(self, fact: str, asked: Asked) -> Values:
        if fact == "service_models":
            return self._models(asked.models)
        if fact in SCHEMES:
            found = getattr(self, fact).items()
            return [(StatusSeen(status=status, label=""), offers) for status, offers in found]
        return list(getattr(self, fact).items())

    def _models(self, wanted: frozenset[str]) -> Values:
        """Those that have one looked for, those that have others, those of which none is known."""
        known = BitMap.union(BitMap(), *self.models.values())
        matching = BitMap.union(BitMap(), *(self.models.get(model, BitMap()) for model in wanted))
        return [
            (wanted, matching),
            (OTHER_MODELS, known - matching),
            (frozenset(), self.everything - known),
        ]


@dataclass(frozen=True, slots=True)
class Reason:
    obligation: str
    standing: str
    text: str

    @classmethod
    def of(cls, finding: Finding) -> Reason:
        return cls(finding.obligation, finding.standing, finding.text)


@dataclass(frozen=True)
class SortedOffers:
    """Each offer under one standing; `reasons` says of whom each is told, the same offer under several."""

    standings: Mapping[str, BitMap]
    reasons: Mapping[Reason, BitMap]

    def reasons_of(self, offer: int) -> set[Reason]:
        return {reason for reason, offers in self.reasons.items() if offer in offers}


def sort_offers(
    sets: FactSets, *, result: AssessmentResult, service_models: Iterable[str] | None, on: dt.date
) -> SortedOffers:
    asked = Asked.of(result, service_models=service_models, on=on)
    reasons: dict[Reason, BitMap] = {}
    for rule in RULES:
        for combination in product(*(sets.values(fact, asked) for fact in rule.reads)):
            findings = list(rule.about(_facts(rule.reads, combination), asked))
            if not findings:
                continue
            offers = BitMap.intersection(sets.everything, *(found for _, found in combination))
            for finding in findings if offers else ():
                reasons.setdefault(Reason.of(finding), BitMap()).update(offers)
    return SortedOffers(_standings(sets.everything, reasons), reasons)


def _facts(names: Sequence[str], combination: Sequence[tuple[Any, BitMap]]) -> OfferFacts:
    known = dict(zip(names, (value for value, _ in combination), strict=True))
    statuses = {scheme: known.pop(scheme) for scheme in SCHEMES if scheme in known}
    return OfferFacts(statuses=statuses, **known)


def _standings(everything: BitMap, reasons: Mapping[Reason, BitMap]) -> dict[str, BitMap]:
    """The gravest reason counts."""
    refused = _told(reasons, REFUSED)
    to_check = _told(reasons, TO_CHECK) - refused
    return {ELIGIBLE: everything - refused - to_check, TO_CHECK: to_check, REFUSED: refused}


def _told(reasons: Mapping[Reason, BitMap], standing: str) -> BitMap:
    found = (offers for reason, offers in reasons.items() if reason.standing == standing)
    return BitMap.union(BitMap(), *found)
