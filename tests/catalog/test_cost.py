"""The cost of a usage, computed by hand beside."""

import datetime as dt
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.enums import Meter, PriceKind, PricePeriod, TierMode
from catalog.prices.aids import co_financings, vat_compensations
from catalog.prices.components import Band, Component, Tier, tier_faults
from catalog.prices.cost import PricedPlan, best, cost
from catalog.prices.usage import ExitTerms, Usage

START = dt.date(2026, 12, 1)
KNOWN_EXIT = ExitTerms(notice_months=D(0), egress_eur_ht_per_gb=D(0))


def price(amount: str, **more: Any) -> Component:
    plain: dict[str, Any] = {
        "code": "ligne",
        "label": "Ligne",
        "kind": PriceKind.UNIT,
        "period": PricePeriod.MONTH,
        "unit": "poste",
        "meter": Meter.SEAT,
    }
    return Component(amount_eur_ht=D(amount), **plain | more)


def plan(*components: Component, **more: Any) -> PricedPlan:
    return PricedPlan("base", "Base", components, **more)


def usage(**more: Any) -> Usage:
    return Usage(**{"months": 12, "starts_on": START} | more)


TIERS = (Tier(D(100), D("8")), Tier(D(500), D("5")))


@pytest.mark.parametrize(
    ("quantity", "more", "expected"),
    [
        ("0", {}, []),
        ("50", {}, [("50", "10")]),
        ("150", {"tiers": TIERS}, [("100", "10"), ("50", "8")]),
        ("100", {"tiers": TIERS}, [("100", "10")]),
        ("600", {"tiers": TIERS}, [("100", "10"), ("400", "8"), ("100", "5")]),
        ("600", {"tiers": TIERS, "tier_mode": TierMode.VOLUME}, [("600", "5")]),
        ("500", {"tiers": TIERS, "tier_mode": TierMode.VOLUME}, [("500", "8")]),
        ("30", {"included_quantity": D(20)}, [("20", "0"), ("10", "10")]),
        ("20", {"included_quantity": D(20)}, [("20", "0")]),
        ("150", {"included_quantity": D(20), "tiers": TIERS}, [("20", "0"), ("80", "10"), ("50", "8")]),
        ("150", {"included_quantity": D(120), "tiers": TIERS}, [("120", "0"), ("30", "8")]),
        ("3", {"minimum_quantity": D(10)}, [("10", "10")]),
    ],
)
def test_a_quantity_is_charged_band_by_band(
    quantity: str, more: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = price("10", **more).bands(D(quantity), on=START)
    assert [(band.quantity, band.unit_price_eur_ht) for band in found] == [(D(q), D(p)) for q, p in expected]


@given(
    quantity=st.integers(1, 2000),
    included=st.integers(0, 400),
    thresholds=st.lists(st.integers(1, 1500), max_size=4, unique=True),
)
def test_bands_cover_the_quantity_once(quantity: int, included: int, thresholds: list[int]) -> None:
    tiers = tuple(Tier(D(above), D(9 - index)) for index, above in enumerate(sorted(thresholds)))
    one = price("10", tiers=tiers, included_quantity=D(included))
    bands = one.bands(D(quantity), on=START)
    assert sum(band.quantity for band in bands) == quantity
    # The oracle charges unit by unit.
    expected = D(0)
    for unit in range(1, quantity + 1):
        if unit > included:
            expected += next((t.amount_eur_ht for t in reversed(tiers) if unit > t.above), D(10))
    assert one.charge(D(quantity), on=START) == expected
    assert all(isinstance(band, Band) and band.quantity > 0 for band in bands)


def test_an_announced_price_applies_from_its_day() -> None:
    one = price("10", next_amount_eur_ht=D("11"), next_from=dt.date(2027, 3, 1))
    found = cost(plan(one), usage=usage(seats=D(2), months=6), terms=KNOWN_EXIT)
    assert found.monthly == (D(20), D(20), D(20), D(22), D(22), D(22))


def test_periods_and_one_off() -> None:
    found = cost(
        plan(
            price("100", kind=PriceKind.FIXED, period=PricePeriod.YEAR, code="an"),
            price("500", kind=PriceKind.ONE_OFF, period=PricePeriod.NONE, code="mise-en-service"),
            price("0.05", period=PricePeriod.HOUR, meter=Meter.VCPU_HOUR, unit="vCPU", code="vcpu"),
            price("0.01", kind=PriceKind.FIXED, period=PricePeriod.HOUR, code="adresse"),
        ),
        usage=usage(months=13, vcpu_hours=D(1000)),
        terms=KNOWN_EXIT,
    )
    # Each month 1000 h × 0.05 and 730 h × 0.01; two started years; the one-off in the first month.
    assert found.monthly[0] == D("657.30")
    assert found.monthly[1] == D("57.30")
    assert found.monthly[12] == D("157.30")
    assert found.use_eur_ht == D("57.30") * 13 + 200 + 500


def test_what_is_not_priced_is_named_and_makes_the_total_partial() -> None:
    found = cost(
        plan(price("10"), price("4", meter=Meter.OTHER, unit="requête", label="Requêtes", code="r")),
        usage=usage(seats=D(5), egress_gb=D(10), support=True),
        terms=ExitTerms(),
    )
    assert found.missing == ("le prix de la sortie de données", "le prix de l’assistance")
    assert found.uncounted == ("Requêtes",)
    assert found.leaving.missing == ("la durée du préavis",)
    assert found.is_partial
    assert found.use_eur_ht == D(600)


def test_support_is_counted_only_when_asked() -> None:
    support = price("30", kind=PriceKind.FIXED, meter=Meter.SUPPORT, code="support")
    without = cost(plan(price("10"), support), usage=usage(seats=D(1)), terms=KNOWN_EXIT)
    asked = cost(plan(price("10"), support), usage=usage(seats=D(1), support=True), terms=KNOWN_EXIT)
    assert (without.use_eur_ht, asked.use_eur_ht) == (D(120), D(480))
    assert not without.is_partial
    assert not asked.is_partial


def test_a_commitment_is_paid_to_its_end() -> None:
    found = cost(plan(price("10"), commitment_months=24), usage=usage(seats=D(1)), terms=KNOWN_EXIT)
    assert len(found.monthly) == 24
    assert found.use_eur_ht == D(240)


EGRESS = price("0.08", kind=PriceKind.EXIT, period=PricePeriod.NONE, meter=Meter.EGRESS_GB, code="egress")
DAYS = price("900", kind=PriceKind.EXIT, period=PricePeriod.NONE, meter=Meter.ASSISTANCE_DAY, code="jour")


def test_leaving_before_the_day_switching_becomes_free() -> None:
    found = cost(
        plan(price("10"), EGRESS, DAYS),
        usage=Usage(
            months=2, starts_on=dt.date(2026, 11, 1), seats=D(3), storage_gb=D(500), assistance_days=D(2)
        ),
        terms=ExitTerms(notice_months=D(2), egress_eur_ht_per_gb=D(9)),
    )
    # The price list wins over the answer: 500 × 0.08; two days; two months of 30 €.
    assert [line.total_eur_ht for line in found.leaving.lines] == [D(40), D(1800), D(60)]
    assert not found.leaving.is_free_by_law
    assert found.missing == ("le prix du stockage",)


@pytest.mark.parametrize(("start", "free"), [(dt.date(2026, 12, 11), False), (dt.date(2026, 12, 12), True)])
def test_switching_charges_end_on_12_january_2027_the_notice_stays(start: dt.date, free: bool) -> None:
    found = cost(
        plan(price("10"), EGRESS),
        usage=Usage(months=1, starts_on=start, seats=D(3), storage_gb=D(500)),
        terms=ExitTerms(notice_months=D(1)),
    )
    assert found.leaving.is_free_by_law is free
    assert [(line.total_eur_ht, line.waived) for line in found.leaving.lines] == [
        (D(0) if free else D(40), free),
        (D(30), False),
    ]


def test_the_best_plan_says_most_then_costs_least() -> None:
    asked = usage(seats=D(1), egress_gb=D(1))
    egress = price("1", meter=Meter.EGRESS_GB, unit="Go", code="go")
    costs = [
        cost(each, usage=asked, terms=KNOWN_EXIT)
        for each in (plan(price("1")), plan(price("50"), egress), plan(price("40"), egress), plan())
    ]
    found = best(costs)
    assert found is costs[2]
    assert best([costs[3]]) is None


@pytest.mark.parametrize(
    ("tiers", "included", "word"),
    [
        ([Tier(D(10), D(1)), Tier(D(10), D(1))], D(0), "croissant"),
        ([Tier(D(0), D(1))], D(0), "croissant"),
        ([Tier(D(10), D(-1))], D(0), "négatif"),
        ([Tier(D(10), D(1))], D(10), "compris"),
        ([Tier(D(i), D(1)) for i in range(1, 14)], D(0), "paliers au plus"),
    ],
)
def test_tiers_that_cannot_be_charged(tiers: list[Tier], included: D, word: str) -> None:
    assert word in tier_faults(tiers, included=included)
    assert tier_faults([Tier(D(10), D(1))]) == ""


def test_fctva_is_for_local_authorities_and_infrastructure_only() -> None:
    def found(kind: str, models: list[str], day: dt.date = START, total: D | None = D("1200.00")) -> Any:
        aids = vat_compensations(buyer_kind=kind, service_models=models, total_eur_ttc=total, on=day)
        return [aid.amount_eur for aid in aids]

    assert found("local_authority", ["iaas"]) == [D("67.20")]
    assert found("local_authority", ["iaas", "paas"]) == [None]
    assert found("local_authority", ["iaas"], total=None) == [None]
    assert found("local_authority", ["saas"]) == []
    assert found("state", ["iaas"]) == []
    assert found("local_authority", ["iaas"], dt.date(2020, 12, 31)) == []


def test_co_financing_needs_a_held_qualification() -> None:
    assert len(co_financings(buyer_kind="state", secnumcloud_held=True)) == 1
    assert co_financings(buyer_kind="state", secnumcloud_held=False) == []
    assert co_financings(buyer_kind="local_authority", secnumcloud_held=True) == []
