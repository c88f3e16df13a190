"""The ranking and the warning on low prices: pure, unknown is never zero."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.consultations.formulas import FORMULAS, FULL_MARK
from procurement.evaluation.low_prices import low_prices
from procurement.evaluation.rules import low_price_on, standstill_on
from procurement.evaluation.scoring import CriterionFacts, ResponseFacts, ranking

CRITERIA = [CriterionFacts("p", "Prix", 60, True), CriterionFacts("q", "Valeur technique", 40, False)]
RULE = low_price_on(dt.date(2026, 11, 1))
prices = st.decimals("0.01", "999999999.99", places=2)


def response(key, total, quality="10", **more):
    marks = {} if quality is None else {"q": Decimal(quality)}
    total = None if total is None else Decimal(total)
    return ResponseFacts(key, f"Nuage {key}", total, marks=marks, **more)


@pytest.mark.parametrize(
    ("formula", "mark", "arithmetic"),
    [
        ("lowest_ratio", "16.00", "20 × (1 000 € ÷ 1 250 €) = 16"),
        ("distance", "15.00", "20 × (1 − (1 250 € − 1 000 €) ÷ 1 000 €), au moins 0 = 15"),
    ],
)
def test_the_formula_is_applied_as_it_is_written(formula, mark, arithmetic):
    first, second = ranking([response("a", 1250), response("b", 1000)], CRITERIA, formula=formula)
    assert (first.response, first.rank, first.points) == ("b", 1, Decimal("80.00"))
    assert second.scores[0].mark == Decimal(mark)
    told = second.scores[0].arithmetic.replace("\u00a0", " ").replace("\u202f", " ").replace(",00", "")
    assert told == arithmetic


@given(price=prices, lowest=prices, formula=st.sampled_from(sorted(FORMULAS)))
def test_a_price_mark_stays_between_zero_and_the_full_mark(price, lowest, formula):
    mark = FORMULAS[formula].mark(max(price, lowest), lowest=min(price, lowest))
    assert 0 <= mark <= FULL_MARK and mark == mark.quantize(Decimal("0.01"))
    assert FORMULAS[formula].mark(lowest, lowest=lowest) == FULL_MARK


@pytest.mark.parametrize("formula", sorted(FORMULAS))
def test_a_free_response_does_not_divide_by_zero(formula):
    first, second = ranking([response("a", 0), response("b", 10)], CRITERIA, formula=formula)
    assert (first.scores[0].mark, second.scores[0].mark) == (Decimal(20), Decimal("0.00"))


def test_a_missing_price_is_not_ranked_and_says_so():
    rows = ranking([response("a", None, missing_prices=2), response("b", 10)], CRITERIA, formula="distance")
    assert [(one.response, one.rank, one.points) for one in rows] == [
        ("b", 1, Decimal("80.00")),
        ("a", None, None),
    ]
    assert rows[1].why_not == "Pas de réponse à 2 postes de prix."


def test_a_missing_mark_is_not_zero():
    (one,) = ranking([response("a", 10, quality=None)], CRITERIA, formula="distance")
    assert (one.rank, one.points, one.why_not) == (None, None, "Pas encore de note : Valeur technique.")


def test_what_is_set_aside_does_not_make_the_lowest_price():
    rows = ranking(
        [response("a", 100, set_aside="Irrégulière : sans DUME."), response("b", 400)],
        CRITERIA,
        formula="lowest_ratio",
    )
    assert rows[0].scores[0].mark == FULL_MARK and rows[1].why_not.startswith("Irrégulière")


def test_equal_points_share_a_rank():
    rows = ranking([response("a", 10), response("b", 10), response("c", 20)], CRITERIA, formula="distance")
    assert [one.rank for one in rows] == [1, 1, 3]


def test_a_price_far_under_the_others_prompts_the_question_with_its_arithmetic():
    found = low_prices([response("a", 54), response("b", 90), response("c", 110)], rule=RULE)
    assert set(found) == {"a"} and found["a"].percent == 46
    assert found["a"].text.startswith("Prix inférieur de 46 % à la moyenne des autres.")
    told = found["a"].arithmetic.replace("\u00a0", " ").replace("\u202f", " ")
    assert "(100,00 € HT − 54,00 € HT) ÷ 100,00 € HT = 46 %, pour une alerte dès 30 %" in told
    assert "L. 2152-6" in found["a"].source


@pytest.mark.parametrize(
    ("totals", "rule"),
    [((70, 71), RULE), ((50,), RULE), ((50, None), RULE), ((1, 100), None), ((0, 0), RULE)],
)
def test_no_warning_without_a_gap_another_total_or_a_rule(totals, rule):
    assert low_prices([response(str(n), one) for n, one in enumerate(totals)], rule=rule) == {}


def test_every_rule_says_its_source_and_how_sure_it_is():
    for rule in (RULE, standstill_on(dt.date(2026, 11, 1))):
        assert rule is not None and rule.source and rule.confidence
    assert low_price_on(dt.date(2018, 1, 1)) is None
