"""Periods used in part: by day or month of the calendar, clamped at month ends, adding up to the whole."""

import datetime as dt
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.enums import Meter, PriceKind, PricePeriod, Prorata
from catalog.prices.components import rounded_up
from catalog.prices.cost import cost
from catalog.prices.proration import Part, Periods, periods_between, prorata_fault
from catalog.prices.words import conditions, periods_words
from marketplace.calendar_months import add_months
from marketplace.money import line_total
from tests.catalog.test_cost import KNOWN_EXIT, plan, price, usage

DAY = dt.timedelta(days=1)


def between(start: str, end: str, period: str = "month", prorata: str = "day", since: str = "") -> Periods:
    """`end` excluded, as the issue writes it: [start, end)."""
    first, after = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    begun = dt.date.fromisoformat(since) if since else first
    return periods_between(period, prorata=prorata, since=begun, starts_on=first, ends_on=after - DAY)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2027-01-01", "2027-02-01", Periods(1)),
        ("2027-01-01", "2027-01-13", Periods(0, (Part(12, 31),))),
        ("2027-01-15", "2027-03-20", Periods(2, (Part(5, 31),))),
        # From 31 January: 28 February, 31 March, 30 April.
        ("2027-01-31", "2027-02-28", Periods(1)),
        ("2027-01-31", "2027-03-01", Periods(1, (Part(1, 31),))),
        ("2027-01-31", "2027-03-31", Periods(2)),
        ("2027-01-31", "2027-04-29", Periods(2, (Part(29, 30),))),
        # 29 February of a leap year ends the first one, and is a day of the second.
        ("2028-01-31", "2028-02-29", Periods(1)),
        ("2028-01-31", "2028-03-01", Periods(1, (Part(1, 31),))),
        ("2028-02-29", "2028-03-29", Periods(1)),
        # The days on which the clock changes, one hour short or long, are days.
        ("2027-03-28", "2027-03-29", Periods(0, (Part(1, 31),))),
        ("2027-10-31", "2027-11-01", Periods(0, (Part(1, 30),))),
    ],
)
def test_months_by_day(start: str, end: str, found: Periods) -> None:
    assert between(start, end) == found


@pytest.mark.parametrize(
    ("start", "end", "prorata", "found"),
    [
        ("2027-01-01", "2028-01-01", "day", Periods(1)),
        ("2028-01-01", "2028-03-01", "day", Periods(0, (Part(60, 366),))),
        ("2027-01-01", "2027-05-02", "month", Periods(0, (Part(5, 12),))),
        ("2028-02-29", "2029-02-28", "month", Periods(1)),
        ("2028-02-29", "2029-03-29", "month", Periods(1, (Part(1, 12),))),
        ("2028-02-29", "2029-03-30", "month", Periods(1, (Part(2, 12),))),
        ("2027-01-01", "2027-01-02", "none", Periods(1)),
    ],
)
def test_years(start: str, end: str, prorata: str, found: Periods) -> None:
    assert between(start, end, "year", prorata) == found


CHARGED = st.sampled_from([("month", "none"), ("month", "day"), ("year", "month"), ("year", "day")])
DAYS = st.dates(dt.date(2023, 1, 1), dt.date(2029, 12, 31))


@given(DAYS, st.integers(1, 900), st.lists(st.integers(1, 900), max_size=5), CHARGED, st.data())
def test_consecutive_parts_make_the_whole_and_their_amounts_differ_by_half_a_cent_each(
    since: dt.date, length: int, cuts: list[int], charged: tuple[str, str], data: st.DataObject
) -> None:
    period, prorata = charged
    quantity = data.draw(st.decimals("0.001", "5000", places=3))
    amount = data.draw(st.decimals(0, 2000, places=6))
    edges = [0, *sorted({cut for cut in cuts if cut < length}), length]
    spans = [
        (since + one * DAY, since + (other - 1) * DAY) for one, other in zip(edges, edges[1:], strict=False)
    ]
    parts = [
        periods_between(period, prorata=prorata, since=since, starts_on=start, ends_on=end).count
        for start, end in spans
    ]
    whole = periods_between(
        period, prorata=prorata, since=since, starts_on=since, ends_on=since + (length - 1) * DAY
    ).count
    assert sum(parts) == whole
    totals = [line_total(quantity, unit_price_eur_ht=amount, periods=each) for each in parts]
    expected = line_total(quantity, unit_price_eur_ht=amount, periods=whole)
    assert abs(sum(totals) - expected) <= D("0.005") * (len(parts) + 1)


@given(DAYS, st.integers(1, 60), st.integers(0, 27))
def test_whole_months_count_themselves_and_one_more_day_is_one_day_of_the_next(
    since: dt.date, months: int, more: int
) -> None:
    end = add_months(since, months)
    assert periods_between(
        "month", prorata="day", since=since, starts_on=since, ends_on=end - DAY
    ) == Periods(months)
    longer = periods_between("month", prorata="day", since=since, starts_on=since, ends_on=end + more * DAY)
    assert longer.count == months + Fraction(more + 1, (add_months(since, months + 1) - end).days)


def test_an_exact_half_cent_is_rounded_up_though_its_quotient_has_no_end() -> None:
    # 3 × 0.01 / 6 = 0.005; 1/6 has no end.
    assert line_total(D(3), unit_price_eur_ht=D("0.01"), periods=Fraction(1, 6)) == D("0.01")
    assert line_total(D(1), unit_price_eur_ht=D(10), periods=Fraction(1, 31)) == D("0.32")


def test_a_price_that_cannot_be_prorated_says_why() -> None:
    assert prorata_fault("none", period="hour") == prorata_fault("day", period="month") == ""
    assert prorata_fault("month", period="year") == ""
    assert "déjà par mois commencés" in prorata_fault("month", period="month")
    assert "au mois ou à l’année" in prorata_fault("day", period="hour")


def test_the_cost_of_a_usage_prorates_its_last_year() -> None:
    by_year = {"period": PricePeriod.YEAR, "kind": PriceKind.FIXED}
    found = cost(
        plan(
            price("1200", prorata=Prorata.MONTH, code="m", **by_year),
            price(
                "1000",
                prorata=Prorata.DAY,
                code="j",
                next_amount_eur_ht=D(2000),
                next_from=dt.date(2027, 6, 1),
                **by_year,
            ),
            price("100", code="a", **by_year),
        ),
        usage=usage(months=17),
        terms=KNOWN_EXIT,
    )
    # To 1 May 2028: the second year has 366 days, 152 of them used, at the price announced.
    assert [line.total_eur_ht for line in found.lines] == [D(1700), 1000 + D("830.60"), D(200)]
    assert [line.periods_told for line in found.lines][0] == "1\u00a0an et 5\u00a0mois sur 12"
    assert found.monthly[12] == D("500") + D("830.60") + 100


def test_what_is_used_is_rounded_up_to_the_step() -> None:
    assert [rounded_up(D(q), D("0.5")) for q in ("0.001", "0.5", "1.2")] == [D("0.5"), D("0.5"), D("1.5")]
    hours = price("0.1", usage_step=D(10), period=PricePeriod.HOUR, meter=Meter.VCPU_HOUR, unit="h")
    assert [band.quantity for band in hours.bands(D("11"), on=dt.date(2027, 1, 1))] == [D(20)]


def test_it_is_told() -> None:
    said = conditions(price("1", prorata=Prorata.DAY, usage_step=D(1)))
    assert said == [
        "usage arrondi au multiple supérieur de 1 poste",
        "période entamée comptée au prorata des jours",
    ]
    told = periods_words(Periods(3, (Part(12, 31), Part(1, 28))), period="month", prorata="day")
    assert told == "3\u00a0mois et 12\u00a0jours sur 31 et 1\u00a0jour sur 28"
    assert periods_words(Periods(1), period="none", prorata="none") == "Sans durée"
