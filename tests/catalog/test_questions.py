"""Questions as data: the files hold together, and one rule judges form and API alike."""

import pytest

from catalog.questions.conditions import completeness, unanswered
from catalog.questions.engine import COMPARED_HOW, TYPES, changed, questions, sections
from catalog.questions.rows import compared_rows, say, sheet_rows
from catalog.questions.validation import AnswerError, clean_answer, clean_answers
from marketplace.errors import RuleBroken
from tests.catalog.builders import COMPLETE

OLD = ["presentation", "hosting", "security", "service", "exit"]
MODELS = ("iaas", "caas", "paas", "saas", "support_services", "data_space")


def test_there_are_enough_questions_in_ordered_sections() -> None:
    asked = questions().values()
    assert len(asked) >= 150
    assert len(sections()) >= 30
    assert {s.id for s in sections()} >= set(OLD)
    assert {q.type for q in asked} >= TYPES - {"email"}
    assert sum(bool(q.filter) for q in asked) >= 40
    assert {q.compared for q in asked} == {"", *COMPARED_HOW}
    assert {q.id for q in asked if q.material} >= {
        "storage_regions",
        "non_eu_law",
        "exit_notice_months",
        "ai_trains_on_data",
    }


def test_only_the_first_questions_are_required() -> None:
    """A draft of before still goes: what came later may stay unknown."""
    for model in MODELS:
        asked = {q.section for q in unanswered({"service_models": [model]})}
        assert asked <= set(OLD)


@pytest.mark.parametrize("model", MODELS)
def test_each_model_is_asked_what_concerns_it(model: str) -> None:
    told = completeness({"service_models": [model]})
    own = {"iaas": "infrastructure", "caas": "containers", "paas": "platform", "saas": "software",
           "support_services": "accompaniment", "data_space": "data_space_detail"}  # fmt: skip
    found = {part.section.id for part in told.sections}
    assert own[model] in found
    assert not found & (set(own.values()) - {own[model]})
    assert ("hosting" in found) is (model != "support_services")


GOOD = [
    ("name", " Nuage ", "Nuage"),
    ("name", "", None),
    ("service_models", ["saas", "iaas", "saas"], ["iaas", "saas"]),
    ("open_source", "false", False),
    ("open_source", None, None),
    ("storage_regions", "FR-Roubaix\n\nDE, FR-Roubaix", ["FR-Roubaix", "DE"]),
    ("availability_percent", "99,90", "99.9"),
    ("exit_transition_days", "30", 30),
    ("exit_egress_eur_ht_per_gb", 0, "0"),
    ("website", "https://nuage.example/a", "https://nuage.example/a"),
]
BAD = [
    ("name", 12),
    ("name", "a\x00b"),
    ("name", "x" * 161),
    ("service_models", ["faas"]),
    ("service_models", "saas"),
    ("category", "inconnue"),
    ("open_source", "peut-être"),
    ("storage_regions", ["ZZ"]),
    ("storage_regions", [12]),
    ("storage_regions", ["FR"] + [f"FR-ville {n}" for n in range(80)]),
    ("availability_percent", "101"),
    ("availability_percent", "NaN"),
    ("availability_percent", "1e400"),
    ("exit_transition_days", "1,5"),
    ("exit_transition_days", -1),
    ("exit_transition_days", True),
    ("website", "http://nuage.example/"),
    ("website", "https://a:b@nuage.example/"),
    ("website", "https://[::1/"),
    ("website", "javascript:alert(1)"),
    ("support_hours", "minuit"),
]


@pytest.mark.parametrize(("name", "given", "stored"), GOOD)
def test_good_answers(name: str, given: object, stored: object) -> None:
    assert clean_answer(questions()[name], given) == stored


@pytest.mark.parametrize(("name", "given"), BAD)
def test_bad_answers_say_how_to_repair(name: str, given: object) -> None:
    with pytest.raises(AnswerError) as refused:
        clean_answer(questions()[name], given)
    assert str(refused.value).endswith((".", "»."))


def test_every_field_at_fault_is_named_at_once() -> None:
    with pytest.raises(RuleBroken) as refused:
        clean_answers({"name": 3, "couleur": "bleu", "open_source": True}, categories=frozenset())
    assert set(refused.value.fields) == {"name", "couleur"}


def test_completeness_depends_on_the_model() -> None:
    complete = {**COMPLETE, "name": "Nuage"}
    assert unanswered(complete) == []
    assert [q.id for q in unanswered({**complete, "accessibility": None})] == ["accessibility"]
    assert unanswered({**complete, "accessibility": None, "service_models": ["iaas"]}) == []
    assert completeness({}).done == 0
    assert [q.id for q in changed(complete, {**complete, "open_source": False})] == ["open_source"]


def test_unknown_is_said_never_no() -> None:
    rows = {r.question.id: r for s in sheet_rows({}, categories={}, public_sheet=True) for r in s.rows}
    assert {r.text for r in rows.values()} == {"Inconnu"}
    assert say(questions()["open_source"], False, categories={}) == "Non"
    told = {r.label: r for r in compared_rows([{"open_source": False}, {}], categories={})}
    assert told["Logiciel libre"].texts == ("Non", "Inconnu")
    assert not told["Logiciel libre"].differs
    assert told["Logiciel libre"].unknown == 1
