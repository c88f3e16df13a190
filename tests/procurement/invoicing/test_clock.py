"""The limit to pay: later of receipt and service, one interruption, by kind of administration."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.enums import BUYER_KINDS, OrganisationKind
from procurement.invoicing.clock import ClockFacts, Standing, payment_clock
from procurement.invoicing.terms import half_year_of, new_limit_after_interruption, payment_limit

DAY = dt.date(2026, 1, 30)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2032, 12, 31))


@pytest.mark.parametrize(("kind", "days"), [
    ("state", 30), ("state_operator", 30), ("local_authority", 30), ("health_establishment", 50),
    ("public_undertaking", 60),
])  # fmt: skip
def test_the_limit_follows_the_kind_of_administration(kind, days):
    limit = payment_limit(kind=kind, on=DAY)
    assert limit is not None and limit.days == days and limit.source and limit.confidence


def test_every_kind_of_administration_has_a_limit_and_a_supplier_none():
    assert all(payment_limit(kind=kind, on=DAY) for kind in BUYER_KINDS)
    assert payment_limit(kind=OrganisationKind.SUPPLIER, on=DAY) is None
    assert payment_limit(kind="state", on=dt.date(2010, 1, 1)) is None


def facts(**values):
    return ClockFacts(
        **{"received_on": DAY, "served_on": None, "limit_days": 30, "new_limit_days": 30, **values}
    )


@pytest.mark.parametrize(("served", "due"), [
    (None, "2026-03-01"),
    ("2026-01-10", "2026-03-01"),
    ("2026-02-28", "2026-03-30"),
    ("2028-02-29", "2028-03-30"),
    ("2028-01-30", "2028-02-29"),
])  # fmt: skip
def test_it_starts_at_the_later_of_receipt_and_service(served, due):
    clock = payment_clock(facts(served_on=served and dt.date.fromisoformat(served)))
    assert clock.due_on == dt.date.fromisoformat(due)
    assert clock.standing == Standing.RUNNING


def test_days_are_days_whatever_the_clocks_do():
    """28 March 2027 and 31 October 2027 have 23 and 25 hours in Paris."""
    spring = payment_clock(facts(received_on=dt.date(2027, 3, 20)))
    autumn = payment_clock(facts(received_on=dt.date(2027, 10, 20)))
    assert (spring.due_on, autumn.due_on) == (dt.date(2027, 4, 19), dt.date(2027, 11, 19))


def test_an_interruption_stops_it_then_opens_thirty_days_or_what_was_left():
    told = facts(received_on=dt.date(2026, 1, 1), told_on=dt.date(2026, 1, 11))
    stopped = payment_clock(told)
    assert (stopped.standing, stopped.due_on, stopped.left_when_told) == (Standing.INTERRUPTED, None, 20)
    again = payment_clock(facts(
        received_on=dt.date(2026, 1, 1), told_on=dt.date(2026, 1, 11), completed_on=dt.date(2026, 2, 1)
    ))  # fmt: skip
    assert again.due_on == dt.date(2026, 3, 3)
    longer = payment_clock(facts(
        received_on=dt.date(2026, 1, 1), limit_days=60, told_on=dt.date(2026, 1, 11),
        completed_on=dt.date(2026, 2, 1),
    ))  # fmt: skip
    assert longer.left_when_told == 50 and longer.due_on == dt.date(2026, 3, 23)


def test_told_after_the_limit_nothing_is_interrupted():
    clock = payment_clock(facts(told_on=dt.date(2026, 3, 2)))
    assert clock.due_on == dt.date(2026, 3, 1) and clock.left_when_told is None
    assert payment_clock(facts(told_on=dt.date(2026, 3, 1))).standing == Standing.INTERRUPTED


def test_an_unknown_limit_gives_no_date():
    assert payment_clock(facts(limit_days=None)).due_on is None
    limit = new_limit_after_interruption(on=DAY)
    assert limit is not None and limit.days == 30


@given(received=DAYS, served=st.none() | DAYS, days=st.sampled_from((30, 50, 60)))
def test_the_limit_is_never_before_either_date(received, served, days):
    clock = payment_clock(facts(received_on=received, served_on=served, limit_days=days))
    latest = max(received, served or received)
    assert clock.due_on is not None and (clock.due_on - latest).days == days
    assert not clock.is_late(clock.due_on) and clock.is_late(clock.due_on + dt.timedelta(days=1))


@given(received=DAYS, after=st.integers(0, 90), wait=st.integers(0, 400), days=st.sampled_from((30, 50, 60)))
def test_an_interruption_never_shortens_what_is_left(received, after, wait, days):
    told = received + dt.timedelta(days=after)
    completed = told + dt.timedelta(days=wait)
    plain = payment_clock(facts(received_on=received, limit_days=days))
    clock = payment_clock(facts(received_on=received, limit_days=days, told_on=told, completed_on=completed))
    assert clock.due_on is not None and plain.due_on is not None and clock.due_on >= plain.due_on
    if told <= plain.due_on:
        assert (clock.due_on - completed).days >= 30


@given(DAYS)
def test_a_half_year_begins_in_january_or_july(day):
    first = half_year_of(day)
    assert first <= day and (first.month, first.day) in {(1, 1), (7, 1)} and (day - first).days < 184
