"""The files hold to a schema; a wrong one is named at start; conditions and implied values."""

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from catalog.checks import question_files
from catalog.questions import engine
from catalog.questions.conditions import (
    applies,
    condition_words,
    effective,
    offered_in,
    unanswered,
)
from catalog.questions.engine import questions, section
from catalog.questions.facets import facet_values, value_labels
from catalog.questions.reading import QuestionFileError, read_folder
from catalog.questions.rows import compared_rows, sheet_rows
from tests.catalog.questioning import HEAD, with_more

SCHEMA = json.loads((Path(__file__).parent / "question_schema.json").read_text())


@pytest.mark.parametrize("path", sorted(engine.FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_each_file_holds_to_the_schema(path: Path) -> None:
    data = tomllib.loads(path.read_text())
    faults = [error.message for error in Draft202012Validator(SCHEMA).iter_errors(data)]
    assert not faults
    assert data["section"]["id"] == path.stem


WRONG = [
    ('id = "a"\nlabel = "A"\ntype = "texte"', "question « a »: unknown type texte"),
    ('id = "a"\nlabel = "A"\ntype = "choice"', "question « a »: choices are missing"),
    ('id = "a"\nlabel = "A"\ntype = "text"\ncolour = 1', "question « a »: unknown key colour"),
    ('id = "a"\nlabel = "A"\ntype = "text"\nfilter = "a"', "a text cannot be filtered by values"),
    ('id = "a"\nlabel = "A"\ntype = "text"\ncompared = "lower_is_better"', "needs a number"),
    ('id = "name"\nlabel = "A"\ntype = "text"', "this id is already in"),
    ('id = "a"\nlabel = "A"\ntype = "boolean"\nfilter = "keys"', "facet keys is already fed"),
    ('id = "a"\nlabel = "A"\ntype = "text"\nshown_if = {zzz = ["true"]}', "it depends on zzz"),
    ('id = "a"\nlabel = "A"\ntype = "text"\nshown_if = {open_source = ["oui"]}', "cannot be oui"),
    ('id = "a"\nlabel = "A"\ntype = "boolean"\nshown_if = {a = ["true"]}', "come back to itself"),
    ('id = "a"\nlabel = "A"\ntype = "list"\nimplies = [{when = ["x"], question = "zzz", codes = ["x"]}]',
     "it implies zzz"),
    ('id = "a"\nlabel = "A', "not readable TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_wrong_file_is_named_and_nothing_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.setattr(engine, "FOLDER", with_more(tmp_path, f"[[question]]\n{text}\n"))
    [error] = question_files()
    assert "trial.toml" in error.msg
    assert said in error.msg
    with pytest.raises(QuestionFileError):
        questions()


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    text = (
        '[[question]]\nid = "a"\nlabel = "A"\ntype = "x"\n[[question]]\nid = "b"\nlabel = "B"\ntype = "y"\n'
    )
    (tmp_path / "trial.toml").write_text(HEAD + text)
    with pytest.raises(QuestionFileError) as refused:
        read_folder(tmp_path)
    assert len(refused.value.faults) == 2


CHAIN = """
[[question]]
id = "ai"
label = "Intelligence artificielle ?"
short = "IA"
type = "boolean"
[[question]]
id = "ai_place"
label = "Où ?"
type = "choice"
choices = [["here", "Ici"], ["there", "Là"]]
shown_if = {ai = ["true"]}
required = true
filter = "ai_place"
compared = "equal"
implies = [{when = ["here"], question = "ai_zone", codes = ["fr"]}]
[[question]]
id = "ai_zone"
label = "Zone"
type = "choices"
choices = [["fr", "France"], ["eu", "Union"], ["eea", "Espace économique"]]
derived = true
implies = [{when = ["fr"], codes = ["eu"]}, {when = ["eu"], codes = ["eea"]}]
"""


@pytest.fixture
def chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FOLDER", with_more(tmp_path, CHAIN))


@pytest.mark.usefixtures("chain")
def test_implied_values_reach_a_fixed_point() -> None:
    said = effective({"ai": True, "ai_place": "here"})
    assert said["ai_zone"] == ["fr", "eu", "eea"]
    assert "ai_zone" not in effective({"ai": True, "ai_place": "there"})


@pytest.mark.usefixtures("chain")
def test_a_hidden_answer_is_kept_unused_and_not_required() -> None:
    place = questions()["ai_place"]
    assert [applies(place, {"ai": said}) for said in (True, False, None)] == [True, False, None]
    hidden = {"ai": False, "ai_place": "here"}
    assert effective(hidden) == {"ai": False}
    assert place not in unanswered(hidden)
    assert place in unanswered({"ai": True})
    assert facet_values(hidden)["ai_place"] == ("not_applicable",)
    assert facet_values({})["ai_place"] == ("unknown",)
    assert list(value_labels(place)) == ["here", "there", "not_applicable", "unknown"]


@pytest.mark.usefixtures("chain")
def test_form_sheet_and_comparison_follow_the_conditions() -> None:
    trial = section("trial")
    assert trial is not None
    assert [q.id for q in offered_in(trial, {})] == ["ai", "ai_place"]
    assert (
        condition_words(questions()["ai_place"])
        == "À remplir si vous répondez «\u00a0Oui\u00a0» à «\u00a0IA\u00a0»."
    )
    rows = {row.question.id for part in sheet_rows({"ai": False}, categories={}, public_sheet=False)
            for row in part.rows}  # fmt: skip
    assert "ai" in rows
    assert "ai_place" not in rows
    told = {row.label: row for row in compared_rows([{"ai": True}, {"ai": False}], categories={})}
    assert told["Où ?"].texts == ("Inconnu", "Sans objet")
