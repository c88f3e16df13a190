"""Periods are counted as the calendar does; a started one is whole."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.prices.proration import Periods
from marketplace.calendar_months import add_months, months_after, months_before
from procurement.pricing import billed_periods

days = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2080, 12, 31))


@pytest.mark.parametrize(
    ("start", "end", "months", "years"),
    [
        ("2027-01-01", "2027-01-01", 1, 1),
        ("2027-01-01", "2027-01-31", 1, 1),
        ("2027-01-01", "2027-02-01", 2, 1),
        ("2027-01-01", "2027-12-31", 12, 1),
        ("2027-01-01", "2028-01-01", 13, 2),
        ("2027-01-31", "2027-02-27", 1, 1),
        ("2028-01-31", "2028-02-28", 1, 1),
        ("2028-02-29", "2029-02-27", 12, 1),
        ("2026-12-15", "2029-12-14", 36, 3),
    ],
)
def test_started_periods(start, end, months, years):
    dates = {"starts_on": dt.date.fromisoformat(start), "ends_on": dt.date.fromisoformat(end)}
    assert billed_periods("month", **dates) == Periods(months)
    assert billed_periods("year", **dates) == Periods(years)


@pytest.mark.parametrize("period", ["hour", "none"])
def test_other_periods_count_once(period):
    assert billed_periods(period, starts_on=dt.date(2027, 1, 1), ends_on=dt.date(2030, 1, 1)) == Periods(1)


@given(start=days, months=st.integers(min_value=1, max_value=120))
def test_n_whole_months_are_n(start, months):
    end = add_months(start, months) - dt.timedelta(days=1)
    assert billed_periods("month", starts_on=start, ends_on=end) == Periods(months)


@given(start=days, length=st.integers(min_value=0, max_value=3000))
def test_a_longer_period_never_costs_less(start, length):
    end = start + dt.timedelta(days=length)
    months = billed_periods("month", starts_on=start, ends_on=end).whole
    longer = billed_periods("month", starts_on=start, ends_on=end + dt.timedelta(days=1)).whole
    assert months <= longer <= months + 1
    assert billed_periods("year", starts_on=start, ends_on=end) == Periods(-(-months // 12))


@given(day=days, months=st.integers(min_value=-600, max_value=600))
def test_months_are_clamped_never_overflown(day, months):
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day


def test_notice_is_never_said_too_late():
    assert months_before(dt.date(2027, 12, 31), Decimal(2)) == dt.date(2027, 10, 31)
    assert months_before(dt.date(2027, 4, 30), Decimal(2)) == dt.date(2027, 2, 28)
    assert months_before(dt.date(2027, 12, 31), Decimal("1.5")) == dt.date(2027, 11, 15)
    assert months_after(dt.date(2026, 11, 22), Decimal(2)) == dt.date(2027, 1, 21)
