"""The doctrine applied to facts on a date: pure, and the same for page, API and stored assessment.

Each rule yields the set of levels it may still have once the missing facts are known; the obligation's level
is the highest of its rules. One level left: it is the answer. Several: « unknown », with the facts that would
settle it. So giving one more fact can only narrow an answer, never contradict it.

Facts reach a conclusion only through what the rules answer to them, a few words each: the same answers to
the same kind of buyer on the same date are concluded once a process.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from procurement.doctrine.facts import BUYER_KINDS, FACT_NAMES, AssessmentFacts, Ternary
from procurement.doctrine.registry import BY_OBLIGATION, AutomaticRule
from procurement.doctrine.results import (
    LEVELS,
    OBLIGATIONS,
    UNKNOWN,
    AssessmentResult,
    Obligation,
    RuleSetUsed,
)
from procurement.doctrine.rule_sets import DATES_KEPT, GENERAL_LAW, RuleSet, RuleText, rule_sets_on
from procurement.doctrine.warnings import warnings_on

VALID_STATUSES = ("in_force", "expiring", "renewal_pending")
NOT_ADDRESSED = "Le texte ne s’adresse pas à votre type d’administration."
NOT_HELD = (
    "On ne peut pas conclure. Un texte s’appliquait à cette date, "
    "et la place de marché n’en tient pas les mots."
)
NO_TEXT = "Aucun texte chargé dans la place de marché ne portait cette règle à cette date."
CONCLUSIONS_KEPT = 8192

Asked = tuple[AutomaticRule, RuleText]


@dataclass(frozen=True)
class Outcome:
    """One rule met with the facts: the levels still possible, and why."""

    rule: AutomaticRule
    text: RuleText
    answer: Ternary
    possible: frozenset[str]
    bound: bool

    @property
    def missing(self) -> tuple[str, ...]:
        if len(self.possible) == 1:
            return ()
        return self.answer.missing or ("buyer_kind",)


def assess(facts: AssessmentFacts, on: dt.date) -> AssessmentResult:
    obligations = tuple(
        _conclusion(code, on, facts.buyer_kind, tuple(rule.applies(facts) for rule, _ in asked))
        for code, asked in _asked_on(on).items()
    )
    return AssessmentResult(
        on=on,
        obligations=obligations,
        warnings=warnings_on(facts, on=on, obligations=obligations),
        unknown=facts.not_given(),
        rule_sets=_used_on(on),
        offer_filter=_offer_filter(facts, obligations=obligations),
    )


@lru_cache(maxsize=DATES_KEPT)
def _asked_on(day: dt.date) -> dict[str, tuple[Asked, ...]]:
    """For each obligation, the rules that a text in force that day holds."""
    return {
        code: tuple(
            (rule, rule_set.text(rule.code))
            for rule in BY_OBLIGATION.get(code, ())
            for rule_set in rule_sets_on(day)
            if rule_set.code == rule.rule_set
        )
        for code in OBLIGATIONS
    }


@lru_cache(maxsize=DATES_KEPT)
def _used_on(day: dt.date) -> tuple[RuleSetUsed, ...]:
    return tuple(
        RuleSetUsed(code=s.code, title=s.title, in_force_from=s.in_force_from, sha256=s.sha256)
        for s in rule_sets_on(day)
        if s.kind != GENERAL_LAW
    )


@lru_cache(maxsize=CONCLUSIONS_KEPT)
def _conclusion(code: str, on: dt.date, buyer_kind: str | None, answers: tuple[Ternary, ...]) -> Obligation:
    """`answers`: those of the rules asked that day, in their order."""
    kinds = (buyer_kind,) if buyer_kind else BUYER_KINDS
    asked = _asked_on(on)[code]
    outcomes = [
        _outcome(rule, text=text, answer=answer, kinds=kinds)
        for (rule, text), answer in zip(asked, answers, strict=True)
    ]
    if not outcomes:
        return _by_no_rule(code, kinds=kinds, rule_sets=rule_sets_on(on))
    level = _highest(outcomes)
    if level == UNKNOWN:
        return _unsettled(code, outcomes)
    decisive = [outcome for outcome in outcomes if outcome.possible == {level}]
    return Obligation(
        code=code,
        level=level,
        rules=_unique(outcome.text.code for outcome in decisive),
        reason=_reason(level, decisive),
        source=_sources(decisive),
    )


def _by_no_rule(code: str, *, kinds: Sequence[str], rule_sets: Sequence[RuleSet]) -> Obligation:
    """Nothing was asked, unless a text that binds this buyer and whose words are not held may have."""
    silent = [text for text in rule_sets if code in text.not_held]
    binding = [text for text in silent if text.binds.intersection(kinds)]
    if binding:
        return Obligation(
            code=code,
            level=UNKNOWN,
            rules=_unique(rule.code for text in binding for rule in text.rules),
            reason=NOT_HELD,
            source=" ; ".join(text.title for text in binding),
        )
    reason = NOT_ADDRESSED if silent else NO_TEXT
    return Obligation(code=code, level="not_required", rules=(), reason=reason, source="")


def _outcome(rule: AutomaticRule, *, text: RuleText, answer: Ternary, kinds: Sequence[str]) -> Outcome:
    if answer.value is False:
        possible = {"not_required"}
    else:
        possible = {_level_for(kind, rule=rule, text=text) for kind in kinds}
        if answer.value is None:
            possible.add("not_required")
    bound = any(kind in text.binds for kind in kinds)
    return Outcome(rule, text, answer, frozenset(possible), bound)


def _level_for(kind: str, *, rule: AutomaticRule, text: RuleText) -> str:
    if kind in text.binds:
        return rule.strength
    return "recommended" if kind in text.encourages else "not_required"


def _highest(outcomes: Sequence[Outcome]) -> str:
    """The one level that every completion of the facts would give, or unknown."""
    tops = {max(levels, key=LEVELS.index) for levels in product(*(outcome.possible for outcome in outcomes))}
    return tops.pop() if len(tops) == 1 else UNKNOWN


def _unsettled(code: str, outcomes: Sequence[Outcome]) -> Obligation:
    open_ones = [o for o in outcomes if len(o.possible) > 1 and not o.rule.recalls]
    missing = _unique(name for outcome in open_ones for name in outcome.missing)
    words = ", ".join(FACT_NAMES[name] for name in missing)
    return Obligation(
        code=code,
        level=UNKNOWN,
        rules=_unique(outcome.text.code for outcome in open_ones),
        reason=f"On ne peut pas conclure. Il manque : {words}.",
        source=_sources(open_ones),
        missing=missing,
    )


def _reason(level: str, decisive: Sequence[Outcome]) -> str:
    if level == "not_required":
        return _why_not(decisive)
    clauses = _unique(
        f"{outcome.rule.limb} : {outcome.answer.because}" if outcome.rule.limb else outcome.answer.because
        for outcome in decisive
    )
    reason = _sentence(clauses)
    if level == "recommended" and not any(outcome.bound for outcome in decisive):
        reason += " Le texte n’oblige pas votre administration : il vaut recommandation."
    return reason


def _why_not(decisive: Sequence[Outcome]) -> str:
    refusals = _unique(outcome.answer.because for outcome in decisive if outcome.answer.value is False)
    if refusals:
        return _sentence(refusals)
    return NOT_ADDRESSED


def _sentence(clauses: Sequence[str]) -> str:
    """One sentence; a clause that a longer one already says is left out."""
    kept = [c for c in clauses if not any(c != other and c in other for other in clauses)]
    whole = " ; ".join(kept)
    return whole[:1].upper() + whole[1:] + "."


def _sources(outcomes: Sequence[Outcome]) -> str:
    return " ; ".join(_unique(outcome.text.source for outcome in outcomes))


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _offer_filter(facts: AssessmentFacts, *, obligations: Sequence[Obligation]) -> dict[str, list[str]]:
    """Parameters of GET offers/ that keep the offers that comply; empty when no cloud is looked for."""
    if facts.hosting == "none":
        return {}
    required = {obligation.code for obligation in obligations if obligation.level == "required"}
    wanted: dict[str, list[str]] = {
        scheme: list(VALID_STATUSES) for scheme in ("secnumcloud", "hds") if scheme in required
    }
    if facts.service_models:
        wanted["model"] = sorted(facts.service_models)
    return wanted
