"""The picker on facts: each amount at its edge and on its day, what is unknown, and what is never done."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.enums_orders import VehicleKind
from procurement.routes import PurchaseFacts, VehicleSeen, pick
from procurement.routes.amounts import all_amounts, amount_on
from procurement.routes.results import LABELS, STANDINGS

DAY = dt.date(2026, 11, 26)
KINDS = (
    "state",
    "state_operator",
    "gip_listed",
    "gip",
    "local_authority",
    "health_establishment",
    "public_undertaking",
)


def facts(value, others=0, kind="state", **more):
    return PurchaseFacts(
        buyer_kind=kind,
        value_eur_ht=Decimal(value),
        homogeneous_eur_ht=None if others is None else Decimal(others),
        **more,
    )


def standing(code, *args, on=DAY, **more):
    return {route.code: route.standing for route in pick(facts(*args, **more), on=on).routes}[code]


@pytest.mark.parametrize(
    ("on", "value", "expected"),
    [
        (dt.date(2026, 3, 31), "39999.99", "open"),
        (dt.date(2026, 3, 31), "40000", "closed"),
        (dt.date(2026, 4, 1), "40000", "open"),
        (dt.date(2026, 4, 1), "59999.99", "open"),
        (dt.date(2026, 4, 1), "60000", "closed"),
        (dt.date(2019, 12, 31), "100", "to_check"),
    ],
)
def test_the_dispense_follows_its_day_and_stops_at_its_amount(on, value, expected):
    assert standing("dispense", value, on=on) == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("state", "139999.99", "open"),
        ("state", "140000", "closed"),
        ("local_authority", "215999.99", "open"),
        ("local_authority", "216000", "closed"),
        ("state_operator", "139999.99", "open"),
        ("state_operator", "140000", "to_check"),
        ("state_operator", "216000", "closed"),
        ("public_undertaking", "300000", "to_check"),
        ("public_undertaking", "432000", "closed"),
    ],
)
def test_an_adapted_procedure_stops_at_the_european_amount_of_the_buyer(kind, value, expected):
    assert standing("adapted", value, kind=kind) == expected


def test_the_european_amounts_of_the_former_years():
    assert standing("adapted", "142999", on=dt.date(2025, 12, 31)) == "open"
    assert standing("adapted", "142999", on=dt.date(2026, 1, 1)) == "closed"


def test_no_amount_is_held_after_the_last_day_of_the_european_ones():
    assert standing("adapted", "1000", on=dt.date(2028, 1, 1)) == "to_check"


def test_needs_of_the_same_kind_are_added_and_the_split_is_said():
    result = pick(facts("45000", "20000"), on=DAY)
    assert {route.code: route.standing for route in result.routes}["dispense"] == "closed"
    assert result.counted_eur_ht == 65_000
    assert "C’est le total qui compte" in " ".join(result.warnings)


def test_needs_that_nobody_counted_leave_every_amount_to_check():
    result = pick(facts("45000", None), on=DAY)
    standings = {route.code: route.standing for route in result.routes}
    assert (standings["dispense"], standings["adapted"]) == ("to_check", "to_check")
    assert "fractionnement" in result.warnings[0]


def test_a_vehicle_is_open_while_its_maximum_holds_the_whole_value():
    def seen(left):
        return VehicleSeen(
            number="V-1", kind=VehicleKind.FRAMEWORK, title="Nuage", holder_name="Centrale", left_eur=left
        )

    told = {
        left: pick(facts("1000", vehicles=(seen(left),)), on=DAY).route("vehicle:V-1").standing
        for left in (None, Decimal("999.99"), Decimal(1000))
    }
    assert list(told.values()) == ["to_check", "closed", "open"]


@pytest.mark.parametrize(("kind", "told"), [("state", True), ("state_operator", True), ("gip", False)])
def test_the_internal_cloud_is_told_to_the_state_alone(kind, told):
    assert (pick(facts("1000", kind=kind), on=DAY).route("internal_cloud") is not None) == told


def test_an_innovative_purchase_is_open_only_when_somebody_says_so():
    assert standing("innovative", "139999", is_innovative=True) == "open"
    assert standing("innovative", "139999") == "to_check"
    assert pick(facts("1000", is_innovative=False), on=DAY).route("innovative") is None


@pytest.mark.parametrize(
    ("value", "on", "profile", "boamp"),
    [
        ("59999", DAY, False, False),
        ("60000", DAY, True, False),
        ("89999", DAY, True, False),
        ("90000", DAY, True, True),
        ("40000", dt.date(2026, 3, 31), True, False),
    ],
)
def test_publicity_grows_with_the_amount(value, on, profile, boamp):
    steps = " ".join(pick(facts(value), on=on).route("adapted").steps)
    assert ("profil d’acheteur" in steps, "BOAMP" in steps) == (profile, boamp)


@pytest.mark.parametrize(("on", "asked"), [(dt.date(2026, 8, 21), False), (dt.date(2026, 8, 22), True)])
def test_the_environment_counts_from_its_day(on, asked):
    for code in ("adapted", "formalised"):
        assert ("environnement" in " ".join(pick(facts("1000"), on=on).route(code).steps)) == asked


def test_only_a_formalised_procedure_waits_before_signing():
    waits = {
        route.code for route in pick(facts("1000"), on=DAY).routes if "11 jours" in " ".join(route.steps)
    }
    assert waits == {"formalised"}


def test_amounts_of_a_code_never_overlap_and_each_says_its_source():
    for code in {amount.code for amount in all_amounts()}:
        for kind in KINDS:
            rows = sorted(
                (one for one in all_amounts() if one.code == code and (not one.kinds or kind in one.kinds)),
                key=lambda one: one.first_day,
            )
            assert rows, (code, kind)
            for before, after in zip(rows, rows[1:], strict=False):
                assert before.last_day == after.first_day - dt.timedelta(days=1)
    assert all(one.source and one.confidence in "ABC" and one.least <= one.most for one in all_amounts())


amounts = st.decimals(min_value=1, max_value=Decimal("2e6"), places=2)
RANK = {"open": 0, "to_check": 1, "closed": 2}


@settings(max_examples=200, deadline=None)
@given(amounts, amounts, amounts, st.sampled_from(KINDS), st.dates(dt.date(2018, 1, 1), dt.date(2030, 1, 1)))
def test_a_greater_need_never_opens_a_route(value, others, more, kind, on):
    before = {
        r.key: r.standing for r in pick(facts(value, others, kind=kind, is_innovative=True), on=on).routes
    }
    for larger in (
        facts(value + more, others, kind=kind, is_innovative=True),
        facts(value, others + more, kind=kind, is_innovative=True),
    ):
        for route in pick(larger, on=on).routes:
            assert RANK[route.standing] >= RANK[before[route.key]]
            assert route.code in LABELS and route.standing in STANDINGS


@settings(max_examples=100, deadline=None)
@given(amounts, st.sampled_from(KINDS), st.dates(dt.date(2018, 1, 1), dt.date(2030, 1, 1)))
def test_some_route_always_stays(value, kind, on):
    """A formalised procedure is refused to nobody."""
    result = pick(facts(value, kind=kind), on=on)
    assert result.route("formalised").standing == "open"
    held = amount_on("formalised", kind=kind, on=on)
    assert (held is None) == (
        result.route("adapted").standing == "to_check" and not result.route("adapted").source
    )
