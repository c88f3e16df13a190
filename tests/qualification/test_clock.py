import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from marketplace.working_days import add_working_days, working_days_between
from qualification.clock import Pause, read_clock

MONDAY = dt.date(2026, 11, 2)


def test_a_running_clock_says_when_it_ends():
    clock = read_clock(MONDAY, on=dt.date(2026, 11, 6), limit=20)
    assert (clock.used, clock.left, clock.paused_since, clock.due_on) == (4, 16, None, dt.date(2026, 12, 1))


def test_a_paused_clock_promises_nothing():
    clock = read_clock(MONDAY, on=dt.date(2026, 11, 20), limit=20, pauses=[Pause(dt.date(2026, 11, 4), None)])
    assert (clock.used, clock.paused_since, clock.due_on) == (2, dt.date(2026, 11, 4), None)


def test_a_late_clock_says_since_when():
    clock = read_clock(MONDAY, on=dt.date(2026, 12, 4), limit=20)
    assert (clock.left, clock.is_late, clock.late_by) == (-3, True, 3)
    assert clock.due_on == dt.date(2026, 12, 1)


def test_a_stopped_clock_does_not_go_on():
    clock = read_clock(MONDAY, on=dt.date(2027, 1, 4), limit=20, stopped_on=dt.date(2026, 11, 6))
    assert (clock.used, clock.due_on) == (4, None)


days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@given(days, st.integers(0, 200))
def test_without_pause_used_days_are_working_days(start, length):
    on = start + dt.timedelta(days=length)
    clock = read_clock(start, on=on, limit=20)
    assert clock.used == working_days_between(start, on)
    if clock.left > 0:
        assert clock.due_on == add_working_days(on, clock.left)


@given(days, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_a_pause_takes_exactly_its_working_days(start, before, length, after):
    since = start + dt.timedelta(days=before)
    until = since + dt.timedelta(days=length)
    on = until + dt.timedelta(days=after)
    paused = read_clock(start, on=on, limit=20, pauses=[Pause(since, until)])
    plain = read_clock(start, on=on, limit=20)
    assert plain.used - paused.used == working_days_between(since, until)
