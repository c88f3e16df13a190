"""Late interest to the cent: the day after the limit, partial payments, credit notes, unknown rates."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.invoicing.interest import Paid, late_interest, late_slices
from procurement.invoicing.terms import InterestTerms, Rate, interest_terms, rate_of_half_year

DUE = dt.date(2026, 3, 31)
ON = dt.date(2026, 6, 30)
CENTS = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)


def day(text):
    return dt.date.fromisoformat(text)


def interest(owed, *payments, due=DUE, on=ON):
    slices = late_slices(
        owed_eur=Decimal(owed), payments=[Paid(day(at), Decimal(paid)) for at, paid in payments],
        due_on=due, on=on,
    )  # fmt: skip
    began = due + dt.timedelta(days=1)
    return late_interest(slices, due_on=due, rate=rate_of_half_year(began), terms=interest_terms(on=began))


def test_paid_on_the_last_day_nothing_is_due():
    assert interest("1200.00", ("2026-03-31", "1200.00")) is None
    assert interest("1200.00", on=DUE) is None


def test_one_day_late_bears_one_day_and_the_fee():
    found = interest("36500.00", ("2026-04-01", "36500.00"))
    # 2.15 + 8 points, on 36,500 € for one day: 10.15 €.
    assert (found.rate_percent, found.interest_eur) == (Decimal("10.15"), Decimal("10.15"))
    assert (found.flat_fee_eur, found.total_eur) == (Decimal("40.00"), Decimal("50.15"))
    assert found.began_on == day("2026-04-01") and found.source


def test_partial_payments_each_for_their_days():
    found = interest("1000.00", ("2026-03-01", "400.00"), ("2026-04-10", "350.00"))
    assert [(each.amount_eur, each.days, each.paid_on) for each in found.slices] == [
        (Decimal("350.00"), 10, day("2026-04-10")),
        (Decimal("250.00"), 91, None),
    ]
    # (350 × 10 + 250 × 91) × 10.15 % / 365 = 7.2996…
    assert found.interest_eur == Decimal("7.30")


def test_what_is_paid_beyond_bears_nothing():
    over = interest("500.00", ("2026-04-10", "350.00"), ("2026-04-20", "400.00"))
    assert [each.amount_eur for each in over.slices] == [Decimal("350.00"), Decimal("150.00")]
    assert interest("0.00", ("2026-04-10", "350.00")) is None


@pytest.mark.parametrize(("due", "percent"), [
    ("2024-06-29", "12.50"), ("2024-06-30", "12.25"), ("2025-12-30", "10.15"), ("2023-06-30", "12.00"),
])  # fmt: skip
def test_the_rate_is_of_the_half_year_when_interest_began_to_its_end(due, percent):
    found = interest("100.00", due=day(due), on=day(due) + dt.timedelta(days=400))
    assert found.rate_percent == Decimal(percent)


def test_an_unknown_rate_gives_an_unknown_interest_and_a_known_fee():
    assert rate_of_half_year(day("2026-07-01")) is None
    found = interest("100.00", due=day("2026-06-30"), on=day("2026-07-02"))
    assert (found.rate_percent, found.interest_eur, found.total_eur) == (None, None, None)
    assert found.flat_fee_eur == Decimal("40.00")
    assert interest("100.00", due=day("2015-01-01"), on=day("2015-02-01")).flat_fee_eur is None


def test_a_leap_day_counts_and_the_year_has_365():
    found = interest("36500.00", ("2028-03-01", "36500.00"), due=day("2028-02-28"))
    assert found.slices[0].days == 2
    slices = found.slices
    terms = interest_terms(on=DUE)
    known = late_interest(slices, due_on=day("2028-02-28"), rate=Rate(DUE, Decimal(2), "", "A"), terms=terms)
    assert known.interest_eur == Decimal("20.00")


@given(
    owed=CENTS,
    shares=st.lists(st.tuples(CENTS, st.integers(-40, 400)), max_size=6),
    percent=st.integers(0, 600).map(lambda each: Decimal(each) / 100),
)
def test_parts_sum_to_what_is_owed_and_interest_grows_with_days(owed, shares, percent):
    payments = [Paid(DUE + dt.timedelta(days=days), amount) for amount, days in shares]
    rate, terms = Rate(DUE, percent, "", "A"), InterestTerms(Decimal(8), 365, Decimal(40), 45, "", "A")
    results = []
    for more in (500, 501):
        on = DUE + dt.timedelta(days=more)
        slices = late_slices(owed_eur=owed, payments=payments, due_on=DUE, on=on)
        in_time = min(sum((each.amount_eur for each in payments if each.on <= DUE), Decimal(0)), owed)
        assert sum((each.amount_eur for each in slices), Decimal(0)) == owed - in_time
        assert all(each.days > 0 and each.amount_eur > 0 for each in slices)
        found = late_interest(slices, due_on=DUE, rate=rate, terms=terms)
        results.append(found.interest_eur if found else Decimal(0))
    assert 0 <= results[0] <= results[1]


@given(amount=CENTS, cut=st.integers(1, 99), days=st.integers(1, 900))
def test_paying_in_two_on_one_day_costs_the_same(amount, cut, days):
    on = DUE + dt.timedelta(days=days)
    part = (amount * cut / 100).quantize(Decimal("0.01"))
    parts = [Paid(on, each) for each in (part, amount - part) if each > 0]
    terms, rate = interest_terms(on=DUE), rate_of_half_year(DUE)
    once, twice = (
        late_interest(
            late_slices(owed_eur=amount, payments=payments, due_on=DUE, on=on),
            due_on=DUE, rate=rate, terms=terms,
        )
        for payments in ([Paid(on, amount)], parts)
    )  # fmt: skip
    assert once.interest_eur == twice.interest_eur
