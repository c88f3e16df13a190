"""The calendar in working days: clock changes, Easter, 29 February, month ends."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.working_days import is_working_day, working_days_between
from procurement.consultations.schedule import PARIS, faults_of, schedule_from, schedule_to

DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2032, 12, 31))


@given(DAYS, st.integers(2, 60), st.data())
def test_each_date_is_worked_and_in_its_order(day, response, data):
    question = data.draw(st.integers(0, response - 1))
    answer = data.draw(st.integers(0, question))
    made = schedule_from(day, response_days=response, question_days=question, answer_days=answer)
    closing, last_question = made.closes_at.date(), made.questions_until.date()
    assert working_days_between(day, closing) == response
    assert working_days_between(last_question, closing) == question
    assert working_days_between(made.answers_by, closing) == answer
    assert day <= last_question <= made.answers_by <= closing
    assert all(map(is_working_day, (closing, last_question, made.answers_by)))


@given(DAYS, st.integers(1, 30), st.times())
def test_the_hour_is_the_one_of_paris_whatever_the_season(day, response, at):
    at = at.replace(second=0, microsecond=0, fold=0)
    made = schedule_from(day, response_days=response, question_days=0, answer_days=0, at=at)
    local = made.closes_at.astimezone(dt.UTC).astimezone(PARIS)
    # An hour that the change of March leaves out is the next one.
    assert local.time() == at or local - made.closes_at.replace(tzinfo=PARIS) <= dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("published", "days", "closing"),
    [
        (dt.date(2028, 2, 28), 1, dt.date(2028, 2, 29)),
        (dt.date(2027, 3, 26), 1, dt.date(2027, 3, 30)),  # Easter Monday between
        (dt.date(2026, 12, 24), 1, dt.date(2026, 12, 28)),
        (dt.date(2026, 11, 28), 1, dt.date(2026, 11, 30)),  # from a Saturday
    ],
)
def test_a_day_after(published, days, closing):
    made = schedule_from(published, response_days=days, question_days=0, answer_days=0)
    assert made.closes_at == dt.datetime.combine(closing, dt.time(12), PARIS)


def test_a_closing_on_a_day_off_counts_back_from_the_day_worked_before():
    made = schedule_to(dt.datetime(2026, 11, 29, 12, tzinfo=PARIS), question_days=1, answer_days=0)
    assert (made.questions_until.date(), made.answers_by) == (dt.date(2026, 11, 26), dt.date(2026, 11, 27))


@pytest.mark.parametrize(
    ("days", "field"),
    [((0, 0, 0), "response_days"), ((10, 10, 1), "question_days"), ((10, 3, 4), "answer_days")],
)
def test_durations_that_do_not_hold_together(days, field):
    assert field in faults_of(response_days=days[0], question_days=days[1], answer_days=days[2])
