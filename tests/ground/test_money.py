from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.money import LARGEST_TOTAL, TaxedAmount, VatFacts, line_total, round_eur, totals, vat_for
from marketplace.vat import vat_rules
from procurement.routes.amounts import amount_on

DAY = date(2026, 11, 22)
amounts = st.decimals(min_value=0, max_value=10**7, places=2)
unit_prices = st.decimals(min_value=0, max_value=10**5, places=6)
quantities = st.integers(min_value=0, max_value=10**5)


def rule(**facts):
    known = {
        "supplier_country": "FR",
        "supplier_regime": "normal",
        "customer_place": "metropole",
        "customer_identified": None,
    }
    return vat_for(VatFacts(**(known | facts)), rules=vat_rules(), on=DAY)


@pytest.mark.parametrize(
    ("given", "rounded"), [("0.005", "0.01"), ("2.675", "2.68"), ("1.004999", "1.00"), ("-0.005", "-0.01")]
)
def test_halves_go_away_from_zero(given, rounded):
    assert round_eur(Decimal(given)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("quantity", "price", "periods"),
    [("-1", "1", 1), ("1", "-1", 1), ("1", "1", -1), ("999999999", "999999", 12)],
)
def test_a_line_refuses_what_is_negative_or_too_large(quantity, price, periods):
    with pytest.raises(ValueError):
        line_total(Decimal(quantity), unit_price_eur_ht=Decimal(price), periods=periods)


@given(quantity=quantities, price=unit_prices, periods=st.integers(min_value=0, max_value=60))
def test_a_line_is_within_half_a_cent_of_the_exact_product(quantity, price, periods):
    total = line_total(Decimal(quantity), unit_price_eur_ht=price, periods=periods)
    assert abs(total - quantity * price * periods) <= Decimal("0.005")
    assert total == total.quantize(Decimal("0.01"))


@given(lines=st.lists(amounts, min_size=1, max_size=40))
def test_vat_is_computed_once_on_the_sum(lines):
    result = totals(TaxedAmount(amount, rule()) for amount in lines)
    assert result.total_eur_ht == sum(lines)
    assert result.vat_eur == round_eur(sum(lines) * Decimal("0.2"))
    assert result.total_eur_ttc == result.total_eur_ht + result.vat_eur
    assert len(result.vat_lines) == 1


@given(
    lines=st.lists(
        st.tuples(amounts, st.sampled_from(["metropole", "reunion", "guyane"])), min_size=1, max_size=20
    )
)
def test_each_rate_has_its_own_base_and_order_does_not_matter(lines):
    taxed = [TaxedAmount(amount, rule(customer_place=place)) for amount, place in lines]
    result = totals(taxed)
    assert sum(line.base_eur_ht for line in result.vat_lines) == result.total_eur_ht
    assert len({(line.category, line.rate) for line in result.vat_lines}) == len(result.vat_lines)
    assert totals(reversed(taxed)) == result


def test_a_thousand_lines_stay_exact():
    result = totals([TaxedAmount(Decimal("0.33"), rule())] * 1000)
    assert (result.total_eur_ht, result.vat_eur) == (Decimal("330.00"), Decimal("66.00"))


@given(lines=st.lists(amounts, min_size=1, max_size=10))
def test_one_unknown_tax_hides_the_whole_ttc(lines):
    result = totals([*(TaxedAmount(amount, rule()) for amount in lines), TaxedAmount(Decimal("1.00"), None)])
    assert result.total_eur_ttc is None and result.vat_eur is None and result.vat_lines is None
    assert result.total_eur_ht == sum(lines) + 1


def test_no_line_at_all_has_no_ttc():
    assert totals([]).total_eur_ttc is None


def test_a_total_beyond_the_column_is_refused():
    with pytest.raises(ValueError):
        totals([TaxedAmount(LARGEST_TOTAL, rule())])


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "fr_standard_metropole"),
        ({"customer_place": "martinique"}, "fr_standard_dom"),
        ({"customer_place": "mayotte"}, "fr_not_applicable_guyane_mayotte"),
        ({"supplier_regime": "franchise"}, "fr_franchise"),
        ({"supplier_regime": "franchise", "customer_place": "guyane"}, "fr_franchise"),
        ({"supplier_country": "DE", "supplier_regime": None, "customer_identified": True}, "reverse_charge"),
    ],
)
def test_the_rule_follows_regime_and_place(facts, code):
    assert rule(**facts).code == code


@pytest.mark.parametrize(
    "facts",
    [
        {"supplier_regime": None},
        {"customer_place": None},
        {"supplier_country": None},
        {"supplier_country": "DE"},
        {"supplier_country": "DE", "customer_identified": False},
        {"supplier_regime": "invented"},
    ],
)
def test_an_unknown_fact_gives_no_rule(facts):
    assert rule(**facts) is None


@given(
    country=st.sampled_from([None, "FR", "DE", "US"]),
    regime=st.sampled_from([None, "normal", "franchise"]),
    place=st.sampled_from(
        [None, "metropole", "guadeloupe", "martinique", "reunion", "guyane", "mayotte", "ailleurs"]
    ),
    identified=st.sampled_from([None, True, False]),
)
def test_two_rules_never_fit_the_same_facts(country, regime, place, identified):
    facts = VatFacts(country, regime, place, identified)
    assert sum(each.in_force(DAY) and each.applies(facts) for each in vat_rules()) <= 1


def test_every_rule_says_its_source_and_how_sure_it_is():
    for each in vat_rules():
        assert each.source and each.mention and each.confidence in {"A", "B", "C"}


def test_the_first_day_of_a_rule_counts_and_the_eve_does_not():
    facts = VatFacts("FR", "normal", "metropole", None)
    assert vat_for(facts, rules=vat_rules(), on=date(2014, 1, 1)) is not None
    assert vat_for(facts, rules=vat_rules(), on=date(2013, 12, 31)) is None


@pytest.mark.parametrize(
    ("on", "amount"), [(date(2026, 3, 31), 40_000), (date(2026, 4, 1), 60_000), (date(2027, 1, 1), 60_000)]
)
def test_the_purchase_threshold_follows_the_date(on, amount):
    assert amount_on("dispense", kind="state", on=on).least == amount


def test_no_threshold_is_invented_for_a_day_without_text():
    assert amount_on("dispense", kind="state", on=date(2001, 1, 1)) is None
