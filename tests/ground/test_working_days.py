from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.working_days import (
    add_working_days,
    easter_sunday,
    is_working_day,
    public_holidays,
    working_days_between,
)

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (1818, date(1818, 3, 22)),
        (2000, date(2000, 4, 23)),
        (2024, date(2024, 3, 31)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter(year, easter):
    assert easter_sunday(year) == easter


def test_holidays_of_2026():
    assert sorted(public_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ]


@pytest.mark.parametrize(
    ("start", "count", "reached"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 4, 3), 1, date(2026, 4, 7)),
        (date(2026, 12, 24), 2, date(2026, 12, 29)),
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
    ],
)
def test_adding(start, count, reached):
    assert add_working_days(start, count) == reached


@given(start=days, count=st.integers(min_value=1, max_value=300))
def test_adding_and_counting_agree(start, count):
    end = add_working_days(start, count)
    assert is_working_day(end)
    assert working_days_between(start, end) == count
    assert working_days_between(end, start) == -count


@given(start=days, count=st.integers(min_value=0, max_value=200))
def test_one_more_day_is_later_from_a_worked_day(start, count):
    start = add_working_days(start, 0)
    assert add_working_days(start, count) < add_working_days(start, count + 1)


@given(day=days)
def test_no_weekend_is_worked(day):
    saturday = day + timedelta(days=(5 - day.weekday()) % 7)
    assert not is_working_day(saturday)
