"""What answers say to the filters: codes and numbers, unknown never read as no."""

from decimal import Decimal

import pytest

from catalog.questions.engine import FILTER_RANGE, FILTER_VALUES
from catalog.questions.facets import (
    facet_values,
    filter_questions,
    numbers,
    value_label,
    value_labels,
)

FOR = {question.filter: question for question in filter_questions()}


def test_one_question_feeds_one_facet_and_says_its_label() -> None:
    assert len(FOR) == len(filter_questions())
    assert {q.filter_kind for q in FOR.values()} == {FILTER_VALUES, FILTER_RANGE}
    assert all(q.filter_label for q in FOR.values())


def test_an_offer_that_says_nothing_is_unknown_everywhere() -> None:
    told = facet_values({})
    assert set(told) == {q.filter for q in FOR.values() if q.filter_kind == FILTER_VALUES}
    assert set(told.values()) == {("unknown",)}
    assert numbers({}) == {}


@pytest.mark.parametrize(
    ("facet", "answers", "values"),
    [
        ("open_source", {"open_source": False}, ("false",)),
        ("keys", {"customer_keys": "either"}, ("either",)),
        ("model", {"service_models": ["iaas", "data_space"]}, ("iaas", "data_space")),
        ("region", {"storage_regions": ["FR-Roubaix", "DE"]}, ("DE", "FR", "EU")),
        ("region", {"storage_regions": ["FR-Roubaix", "US"]}, ("FR", "US")),
        ("category", {"category": "collaboration"}, ("collaboration",)),
    ],
)
def test_values_of_a_facet(facet: str, answers: dict[str, object], values: tuple[str, ...]) -> None:
    assert facet_values(answers)[facet] == values


def test_numbers_are_exact_and_zero_is_a_number() -> None:
    said = {"availability_percent": "99.95", "exit_egress_eur_ht_per_gb": "0", "exit_transition_days": 30}
    told = numbers(said)
    assert told == {
        "availability": Decimal("99.95"),
        "exit_egress": Decimal(0),
        "exit_transition": Decimal(30),
    }


def test_words_of_values() -> None:
    assert value_labels(FOR["open_source"]) == {"true": "Oui", "false": "Non", "unknown": "Inconnu"}
    assert list(value_labels(FOR["keys"]))[-1] == "unknown"
    assert value_label(FOR["region"], "FR") == "France"
    assert value_label(FOR["keys"], "either") == "Au choix du client"
