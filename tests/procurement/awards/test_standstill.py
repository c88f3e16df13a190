"""When the law asks for days before the signature, and when it may be signed. Pure."""

from __future__ import annotations

import datetime as dt

import pytest

from procurement.awards.standstill import delay_of
from procurement.consultations.enums import ConsultationKind

DAY = dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("kind", "responses", "voluntary", "days"),
    [
        ("formalised", 2, False, 11),
        ("formalised", 1, False, 0),
        ("adapted", 3, False, 0),
        ("subsequent", 3, False, 0),
        ("quotes", 3, False, 0),
        ("adapted", 3, True, 11),
        ("adapted", 1, True, 0),
    ],
)
def test_eleven_days_where_the_law_asks_or_by_choice(kind, responses, voluntary, days):
    delay = delay_of(kind=kind, responses=responses, on=DAY, voluntary=voluntary)
    assert delay.days == days and delay.text and bool(delay.source) == bool(days)


def test_whole_days_pass_between_the_letters_and_the_signature():
    due = delay_of(kind="formalised", responses=2, on=DAY)
    assert due.signable_on(dt.date(2028, 2, 20)) == dt.date(2028, 3, 3)
    assert due.signable_on(dt.date(2027, 12, 25)) == dt.date(2028, 1, 6)
    none = delay_of(kind="quotes", responses=2, on=DAY)
    assert none.signable_on(DAY) == DAY


@pytest.mark.parametrize("kind", [str(kind) for kind in ConsultationKind])
def test_every_kind_is_bound_or_says_why_not(kind):
    assert delay_of(kind=kind, responses=2, on=DAY).text


def test_no_rule_no_answer():
    with pytest.raises(ValueError, match="no rule"):
        delay_of(kind="formalised", responses=2, on=dt.date(2010, 1, 1))
