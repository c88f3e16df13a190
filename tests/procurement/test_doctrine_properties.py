"""What holds for all facts: one more fact narrows an answer, one more danger never lowers a demand."""

import dataclasses
import datetime as dt
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.doctrine import AssessmentFacts, assess
from procurement.doctrine.facts import (
    BUYER_KINDS,
    HARMS,
    HOSTINGS,
    PROJECT_KINDS,
    SENSITIVE_DATA,
    SERVICE_MODELS,
)
from procurement.doctrine.results import LEVELS, OBLIGATIONS
from procurement.doctrine.rule_sets import rule_sets_on

FULL = {
    "buyer_kind": st.sampled_from(BUYER_KINDS),
    "hosting": st.sampled_from(HOSTINGS),
    "service_models": st.frozensets(st.sampled_from(SERVICE_MODELS)),
    "sensitive_data": st.frozensets(st.sampled_from(SENSITIVE_DATA)),
    "harms": st.frozensets(st.sampled_from(HARMS)),
    "personal_data": st.booleans(),
    "health_data": st.booleans(),
    "full_cost_eur_ht": st.decimals(min_value=0, max_value=Decimal("2e7"), places=2),
    "project_kind": st.sampled_from(PROJECT_KINDS),
}
whole = st.builds(AssessmentFacts, **FULL)
hidden = st.frozensets(st.sampled_from(sorted(FULL)))
days = st.dates(dt.date(2017, 1, 1), dt.date(2030, 1, 1))


def not_held(day: dt.date) -> set[str]:
    return {code for text in rule_sets_on(day) for code in text.not_held}


@settings(max_examples=300, deadline=None)
@given(whole, hidden, days)
def test_hiding_facts_gives_the_same_answer_or_unknown(facts, names, day):
    partial = dataclasses.replace(facts, **dict.fromkeys(names))
    known, answered = assess(facts, day), assess(partial, day)
    for code in OBLIGATIONS:
        assert answered.level(code) in (known.level(code), "unknown")


@settings(max_examples=200, deadline=None)
@given(whole, days)
def test_whole_facts_are_never_answered_unknown(facts, day):
    """Unless a text was in force whose words are not held."""
    result = assess(facts, day)
    assert result.unknown == ()
    assert {obligation.code for obligation in result.at_level("unknown")} <= not_held(day)


@settings(max_examples=200, deadline=None)
@given(whole, hidden, days)
def test_an_unknown_says_which_missing_fact_would_settle_it(facts, names, day):
    partial = dataclasses.replace(facts, **dict.fromkeys(names))
    for obligation in assess(partial, day).at_level("unknown"):
        assert obligation.missing or obligation.code in not_held(day)
        assert set(obligation.missing) <= names


@settings(max_examples=200, deadline=None)
@given(whole, st.sampled_from(HARMS), st.sampled_from(SENSITIVE_DATA), days)
def test_one_more_danger_never_lowers_a_demand(facts, harm, secret, day):
    worse = dataclasses.replace(
        facts,
        harms=facts.harms | {harm},
        sensitive_data=facts.sensitive_data | {secret},
        personal_data=True,
        health_data=True,
    )
    before, after = assess(facts, day), assess(worse, day)
    for code in {"secnumcloud", "immunity", "hds", "gdpr"} - not_held(day):
        assert LEVELS.index(after.level(code)) >= LEVELS.index(before.level(code))


@settings(max_examples=100, deadline=None)
@given(whole, days)
def test_r9_binds_only_with_all_three_conditions(facts, day):
    needed = facts.hosting == "commercial_cloud" and bool(facts.sensitive_data) and bool(facts.harms)
    obligation = assess(facts, day).obligation("secnumcloud")
    assert (obligation.level in ("required", "recommended")) == (needed and day >= dt.date(2023, 5, 31))
