"""The calendar of a consultation, in working days. Pure.

No text fixes a number of days for these consultations: the buyer chooses them, long enough for what is
asked, and every supplier has the same.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from marketplace.working_days import add_working_days, is_working_day

PARIS = ZoneInfo("Europe/Paris")
NOON = dt.time(12, 0)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """`closes_at`: the first instant that is late. `answers_by`: the last day to answer questions."""

    questions_until: dt.datetime
    answers_by: dt.date
    closes_at: dt.datetime


def faults_of(*, response_days: int, question_days: int, answer_days: int) -> dict[str, str]:
    """By field, what is wrong with the durations; empty when they hold together."""
    faults = {}
    if not 1 <= response_days <= 250:
        faults["response_days"] = "Donnez de 1 à 250 jours ouvrés pour répondre."
    if not 0 <= answer_days <= question_days:
        faults["answer_days"] = "Les réponses suivent la fin des questions : donnez un nombre plus petit."
    if question_days >= response_days:
        faults["question_days"] = "Les questions s’arrêtent avant la clôture et après la publication."
    return faults


def schedule_from(
    published_on: dt.date, *, response_days: int, question_days: int, answer_days: int, at: dt.time = NOON
) -> Schedule:
    """The closing is `response_days` working days after the publication, at this hour of Paris."""
    return schedule_to(
        dt.datetime.combine(add_working_days(published_on, response_days), at, PARIS),
        question_days=question_days,
        answer_days=answer_days,
    )


def schedule_to(closes_at: dt.datetime, *, question_days: int, answer_days: int) -> Schedule:
    """Counted back from the closing: questions stop at the same hour, some working days before."""
    local = closes_at.astimezone(PARIS)
    last_question = _worked_before(local.date(), question_days)
    return Schedule(
        questions_until=dt.datetime.combine(last_question, local.time(), PARIS),
        answers_by=_worked_before(local.date(), answer_days),
        closes_at=closes_at,
    )


def _worked_before(day: dt.date, days: int) -> dt.date:
    """`days` working days before; the day itself, or the worked day that precedes it, for 0."""
    while not is_working_day(day):
        day -= dt.timedelta(days=1)
    for _ in range(days):
        day -= dt.timedelta(days=1)
        while not is_working_day(day):
            day -= dt.timedelta(days=1)
    return day
