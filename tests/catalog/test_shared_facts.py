"""The project's own reference files against the facts they were written from, when those lie beside us."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.needs import SHARED

pytestmark = pytest.mark.shared
ROOT = Path(__file__).parents[2]
STATUSES = {"qualifie": "in_force", "en_cours": "in_progress", "aucun": "none"}


@pytest.fixture(scope="module")
def facts() -> dict[str, dict[str, Any]]:
    text = (SHARED / "reference" / "offers.yaml").read_text(encoding="utf-8")
    return {row["id"]: row for row in yaml.safe_load(text)["offers"]}


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "catalog/reference/public_sheets.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sheets(ours: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in ours["offers"]}


def secnumcloud_of(sheet: dict[str, Any]) -> dict[str, Any] | None:
    return next((mark for mark in sheet["marks"] if mark["scheme"] == "secnumcloud"), None)


def text_of(day: Any) -> str | None:
    return None if day is None else str(day)


def test_every_fact_has_its_sheet(facts, sheets):
    assert len(sheets) == 44
    assert sheets.keys() == facts.keys()


def test_names_models_regions_and_flags_are_the_facts(facts, sheets):
    for key, fact in facts.items():
        sheet = sheets[key]
        assert sheet["name"].replace("’", "'") == fact["name"].replace("’", "'"), key
        assert sheet["service_models"] == [model.lower() for model in fact["service_model"]], key
        for name in ("regions", "website", "open_source", "public_prices"):
            assert sheet[name] == fact[name], (key, name)
        assert sheet["is_internal_state"] is (fact["secnumcloud"]["status"] == "non_commercial"), key


def test_suppliers_keep_their_siren_and_an_unknown_one_stays_unknown(facts, ours, sheets):
    suppliers = {row["key"]: row for row in ours["suppliers"]}
    for key, fact in facts.items():
        assert suppliers[sheets[key]["supplier"]]["siren"] == fact["siren"], key


def test_secnumcloud_status_dates_and_decisions_are_the_facts(facts, sheets):
    for key, fact in facts.items():
        told, mark = fact["secnumcloud"], secnumcloud_of(sheets[key])
        if told["status"] == "non_commercial":
            assert mark is None, key
            continue
        assert mark is not None, key
        assert mark["status"] == STATUSES[told["status"]], key
        assert text_of(mark.get("valid_from")) == text_of(told["since"]), key
        assert text_of(mark.get("valid_until")) == text_of(told["until"]), key
        assert mark.get("decision_number") == told["decision"], key


def test_hds_says_yes_no_or_unknown_as_the_facts(facts, sheets):
    for key, fact in facts.items():
        mark = next((mark for mark in sheets[key]["marks"] if mark["scheme"] == "hds"), None)
        told = None if mark is None else mark["status"] == "in_force"
        assert told is fact["hds"], key


def test_the_doctrine_names_every_rule_of_the_circular():
    official = (SHARED / "reference" / "doctrine-cloud-au-centre-2023-05-31.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\[(R\d{1,2})\]", official))
    text = yaml.safe_load(
        (ROOT / "procurement/doctrine/texts/circular_6404_sg.yaml").read_text(encoding="utf-8")
    )
    assert {rule["code"] for rule in text["rules"]} == named == {f"R{n}" for n in range(1, 16)}


def test_no_sentence_of_the_circular_is_copied():
    official = (SHARED / "reference" / "doctrine-cloud-au-centre-2023-05-31.md").read_text(encoding="utf-8")
    flat = " ".join(re.sub(r"[*_\[\]]", "", official).lower().split())
    text = yaml.safe_load(
        (ROOT / "procurement/doctrine/texts/circular_6404_sg.yaml").read_text(encoding="utf-8")
    )
    for rule in text["rules"]:
        words = rule["summary"].lower().replace("’", "'").split()
        for start in range(len(words) - 11):
            assert " ".join(words[start : start + 12]) not in flat.replace("’", "'"), rule["code"]
