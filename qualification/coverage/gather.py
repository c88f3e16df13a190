"""From an offer's rows to the facts of its coverage, and the choices of schemes. Reads the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalog.enums import HELD_STATUSES, LOST_STATUSES, Origin
from catalog.models import EffectiveTrust, Offer
from catalog.questions.conditions import effective
from catalog.stack import below
from qualification.applicability import stated_of
from qualification.coverage.evidence import EvidenceFile
from qualification.coverage.facts import CoverageFacts, Held
from qualification.coverage.judge import SchemeCoverage, judge_scheme
from qualification.schemes import Scheme, current_editions, editions
from qualification.schemes.certificates import Certificate, certificates


def choices() -> dict[str, Scheme]:
    """What may be chosen, by key: each current edition, or each level of one that has levels."""
    return _by_key(current_editions())


def every_choice() -> dict[str, Scheme]:
    """The same with the older editions that dossiers still use."""
    return _by_key(editions())


def asked_schemes(keys: Sequence[str]) -> tuple[dict[str, Scheme], list[str]]:
    """The schemes of these keys, every current one when none is asked; and the keys nobody knows."""
    if not keys:
        return choices(), []
    known = every_choice()
    return {key: known[key] for key in dict.fromkeys(keys) if key in known}, [
        key for key in dict.fromkeys(keys) if key not in known
    ]


def _by_key(some: Iterable[Scheme]) -> dict[str, Scheme]:
    found = {}
    for scheme in some:
        if not scheme.levels:
            found[scheme.key] = scheme
        for level in scheme.levels:
            found[f"{scheme.key}-{level}"] = scheme.at(level)
    return found


def coverage_facts(offer: Offer, *, on: dt.date, answers: Mapping[str, Any] | None = None) -> CoverageFacts:
    """The certificates of the day and, unless `answers` are given, the newest version's. Four queries at
    most and one per layer below."""
    if answers is None:
        version = offer.shown_for_edit
        answers = version.answers if version is not None else {}
    answers = effective(answers)
    bases = below([offer.pk]) - {offer.pk}
    rows = EffectiveTrust.objects.filter(offer__in=[offer.pk, *bases]).select_related("mark", "offer")
    by_mark = [
        (row.status_on(on), _of_mark(row, one, layer="" if row.offer_id == offer.pk else row.offer.name))
        for row in rows.order_by("offer__name", "scheme")
        for one in certificates().values()
        if one.mark == row.scheme
    ]
    held = [each for status, each in by_mark if status in HELD_STATUSES]
    ended = [each for status, each in by_mark if status in LOST_STATUSES and not each.layer]
    known = {each.code for each in held if not each.layer}
    told = [_of_answer(one, answers) for one in certificates().values() if one.code not in known]
    for each in told:
        if each is not None:
            (ended if each.until is not None and each.until < on else held).append(each)
    return CoverageFacts(answers, tuple(held), on, ended=tuple(ended))


def coverages(facts: CoverageFacts, chosen: Iterable[Scheme]) -> list[SchemeCoverage]:
    return [judge_scheme(scheme, facts) for scheme in chosen]


def evidence_of(offer: Offer, chosen: Iterable[Scheme], *, on: dt.date) -> EvidenceFile:
    """The offer comes with its supplier. Queries: those of `coverage_facts`."""
    facts = coverage_facts(offer, on=on)
    models = tuple(facts.answers.get("service_models") or ())
    found = coverages(facts, chosen)
    return EvidenceFile(offer.name, offer.supplier.name, models, facts, found, stated_of(offer))


def _of_mark(row: EffectiveTrust, one: Certificate, *, layer: str) -> Held:
    mark = row.mark
    proven = mark is not None and (mark.origin != Origin.DECLARED or mark.evidence_id is not None)
    ends = [day for day in (row.valid_until, row.base_until) if day is not None]
    return Held(
        code=one.code,
        name=mark.name if mark is not None else one.name,
        proven=proven,
        until=min(ends, default=None),
        scope=mark.scope if mark is not None else "",
        layer=layer,
        regions=tuple(mark.regions) if mark is not None else (),
    )


def _of_answer(one: Certificate, answers: Mapping[str, Any]) -> Held | None:
    """What a question declares, ended or not; None when it says no or says nothing."""
    value = answers.get(one.answer)
    if value is None or not one.answer:
        return None
    said = {"true" if value else "false"} if isinstance(value, bool) else _texts(value)
    if said.isdisjoint(one.codes):
        return None
    paper = answers.get(one.paper) or {}
    until = dt.date.fromisoformat(paper["valid_until"]) if paper.get("valid_until") else None
    return Held(
        one.code, one.name, proven=bool(paper.get("file")), until=until, scope=str(paper.get("scope") or "")
    )


def _texts(value: Any) -> set[str]:
    return {str(each) for each in value} if isinstance(value, list) else {str(value)}
