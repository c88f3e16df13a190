"""The schemes published: every file has its shape, its numbers and its source; facts are compared with the
shared reference where it is at hand."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.questions.engine import questions
from qualification.checks import CHECKS
from qualification.schemes import (
    CERTIFICATION,
    FOLDER,
    MODELS,
    OBLIGATION,
    PERIODS,
    RECOMMENDATION,
    Scheme,
    current_edition,
    current_editions,
    edition_named,
    editions,
    load_scheme,
)
from qualification.schemes.certificates import certificates
from qualification.schemes.mapping import COVERS, KINDS, mappings, mappings_from

KNOWN_KINDS = {"declaration", "certification"}
FILES = sorted(path.stem for path in FOLDER.glob("*-*.toml"))
SHOWN_NEVER = re.compile(
    r"(?<!non )\b(est|sont) qualifié|nous qualifions|label délivré par nous", re.IGNORECASE
)


@pytest.fixture(params=FILES)
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return edition_named(request.param)


def test_a_file_has_its_shape(scheme: Scheme) -> None:
    assert (
        scheme.publisher
        and scheme.source
        and re.fullmatch(r"\d{4}(-\d\d){1,2}", scheme.dated)
        or (scheme.dated == "2024-11")
    )
    codes = [each.code for each in scheme.requirements]
    assert len(codes) == len(set(codes)) > 0
    headings = {section.code for section in scheme.sections}
    for each in scheme.requirements:
        assert each.title and each.rule, each.code
        assert each.kind in (OBLIGATION, RECOMMENDATION)
        assert not headings or each.section in headings, each.code
        assert set(each.models) <= set(MODELS)
        assert set(each.periods) <= set(PERIODS)
        assert set(each.checks) <= set(CHECKS)


def test_a_file_asks_answers_that_exist(scheme: Scheme) -> None:
    known = questions()
    for each in scheme.requirements:
        assert set(each.questions) <= set(known), each.code
        for asked in each.answers:
            question = known[asked.question]
            codes = {code for code, _ in question.choices}
            if question.type == "boolean":
                codes = {"true", "false"}
            assert codes >= set(asked.any_of) or not codes, (each.code, asked)
            assert asked.within in ("", "eu", "eea")


def test_a_file_names_certificates_that_exist(scheme: Scheme) -> None:
    named = {code for each in scheme.requirements for code in each.standards}
    assert named <= set(certificates())
    assert not scheme.certificate or scheme.certificate in certificates()


def test_nothing_says_that_the_marketplace_qualifies(scheme: Scheme) -> None:
    text = (FOLDER / f"{scheme.key}.toml").read_text()
    assert not SHOWN_NEVER.search(text)


def test_every_file_is_an_edition_published() -> None:
    assert sorted(each.key for each in editions()) == FILES
    assert {each.code for each in current_editions()} == {
        "listing", "secnumcloud", "hds", "iso27001", "iso27017", "iso27018", "gaiax", "secure-cloud",
        "eu-sovereignty", "immunity",
    }  # fmt: skip
    with pytest.raises(KeyError):
        edition_named("secnumcloud-9")


def test_secnumcloud_counts() -> None:
    scheme = load_scheme("secnumcloud", "3.2")
    kinds = Counter(each.kind for each in scheme.requirements)
    assert kinds == {OBLIGATION: 261, RECOMMENDATION: 17}
    by_chapter = [(section.code, len(rows)) for section, rows in scheme.chapters()]
    assert by_chapter == [
        ("5", 15), ("6", 13), ("7", 12), ("8", 8), ("9", 34), ("10", 20), ("11", 42), ("12", 37),
        ("13", 8), ("14", 12), ("15", 9), ("16", 14), ("17", 7), ("18", 11), ("19", 36),
    ]  # fmt: skip
    assert len([section for section in scheme.sections if "." in section.code]) == 92
    assert scheme.requirement("9.5.c").models == ("saas",)
    assert scheme.requirement("9.4.c").periods == ("quarter",)
    assert scheme.requirement("19.6.f").for_customer
    assert scheme.requirement("19.6.f").rule == "SecNumCloud 3.2, exigence 19.6.f"


@pytest.mark.shared
def test_secnumcloud_headings_are_the_reference_ones(shared: Path) -> None:
    path = shared / "reference" / "secnumcloud-3.2-structure.yaml"
    scheme = load_scheme("secnumcloud", "3.2")
    counts = Counter(each.section for each in scheme.requirements)
    titles = {section.code: section.title for section in scheme.sections}
    for chapter in yaml.safe_load(path.read_text())["chapitres"]:
        assert titles[chapter["ref"]] == chapter["titre"].replace("'", "’")
        for section in chapter["sections"]:
            assert titles[section["ref"]] == section["titre"].replace("'", "’")
            assert counts[section["ref"]] == section["exigences_lettrees"]


def test_gaiax_counts_per_level() -> None:
    scheme = load_scheme("gaiax", "24.11")
    assert (len(scheme.requirements), len(scheme.active)) == (63, 60)
    assert scheme.levels == ("SC", "L1", "L2", "L3")
    kinds = {
        level: Counter(each.levels[level] for each in scheme.at(level).requirements)
        for level in scheme.levels
    }
    assert kinds == {
        "SC": {"declaration": 47},
        "L1": {"declaration": 53},
        "L2": {"certification": 35, "declaration": 19},
        "L3": {"certification": 40, "declaration": 17},
    }


def test_gaiax_levels_are_not_nested_and_secnumcloud_is_not_l3() -> None:
    scheme = load_scheme("gaiax", "24.11")
    second, third = ({each.code for each in scheme.at(level).requirements} for level in ("L2", "L3"))
    assert second - third == {"P2.2.3", "P2.2.4", "P5.1.1"}
    for level, proved in (("L2", 24), ("L3", 27)):
        rows = [each for each in scheme.at(level).requirements if each.levels[level] == CERTIFICATION]
        assert sum("secnumcloud" in each.standards for each in rows) == proved
    alone = [each.code for each in scheme.at("L3").requirements if each.levels["L3"] == CERTIFICATION]
    assert [code for code in alone if not scheme.requirement(code).standards] == [
        "P5.1.3",
        "P5.1.5",
        "P5.1.6",
    ]
    with pytest.raises(KeyError):
        scheme.at("L4")


@pytest.mark.shared
def test_gaiax_levels_and_proofs_are_the_official_ones(shared: Path) -> None:
    path = shared / "gaiax" / "compliance-criteria-24.json"
    official = {row["id"]: row for row in _criteria(json.loads(path.read_text()))}
    scheme = load_scheme("gaiax", "24.11")
    names = {"SNC": "secnumcloud", "ECC": "eu_cloud", "ISO": "iso27001"}
    assert {each.code for each in scheme.requirements} == set(official)
    for each in scheme.requirements:
        row = official[each.code]
        assert each.levels == {level: kind for level, kind in row["levels"].items() if kind in KNOWN_KINDS}
        proofs = {
            names.get(one["scheme"], one["scheme"].lower()): one for one in row["permissible_standards"]
        }
        assert set(each.standards) == set(proofs), each.code
        if "secnumcloud" in proofs:
            assert ",".join(each.standards["secnumcloud"]) == proofs["secnumcloud"]["ref"].replace(" ", "")


def _criteria(data: object) -> list[dict[str, Any]]:
    """The rows wherever the file keeps them."""
    if isinstance(data, dict):
        if isinstance(data.get("id"), str) and re.fullmatch(r"P\d\.\d\.\d+", data["id"]):
            return [data]
        data = list(data.values())
    return [row for each in data for row in _criteria(each)] if isinstance(data, list) else []


@pytest.mark.parametrize(
    ("code", "count"),
    [("hds", 31), ("iso27001", 93), ("iso27017", 1), ("iso27018", 1), ("eu-sovereignty", 8), ("immunity", 7),
     ("secure-cloud", 13), ("listing", 17)],
)  # fmt: skip
def test_counts_of_the_others(code: str, count: int) -> None:
    assert len(current_edition(code).requirements) == count


def test_immunity_asks_the_two_thresholds() -> None:
    scheme = current_edition("immunity")
    most = {each.code: each.answers[0].max for each in scheme.requirements if each.section == "capital"}
    assert most == {"19.6.b-individuel": 24, "19.6.b-cumul": 39}
    assert [section.title for section in scheme.sections] == ["Siège", "Capital", "Contrôle", "Accès"]


def test_secure_cloud_has_four_domains_and_options_everywhere() -> None:
    scheme = current_edition("secure-cloud")
    assert len(scheme.chapters()) == 4
    assert all(len(each.options) >= 2 for each in scheme.requirements)


def test_sovereignty_is_a_self_assessment_on_five_levels() -> None:
    scheme = current_edition("eu-sovereignty")
    assert [each.code for each in scheme.requirements] == [f"SOV-{n}" for n in range(1, 9)]
    assert {len(each.options) for each in scheme.requirements} == {5}
    assert any("ni badge" in note for note in scheme.notes)


def test_mappings_join_requirements_that_exist() -> None:
    for mapping in mappings():
        assert mapping.kind in KINDS and mapping.source
        source, target = edition_named(mapping.source_key), edition_named(mapping.target_key)
        assert set(mapping.links) <= _known(source)
        assert {code for codes in mapping.links.values() for code in codes} <= _known(target)


def _known(scheme: Scheme) -> set[str]:
    return {each.code for each in scheme.requirements} | {section.code for section in scheme.sections}


def test_what_crosses_goes_both_ways_and_what_covers_does_not() -> None:
    from_iso = [each.target_key for each in mappings_from("iso27001-2022")]
    assert from_iso == ["secnumcloud-3.2"]
    assert not [each for each in mappings() if each.kind == COVERS and each.source_key == "secnumcloud-3.2"]
    crossing = mappings_from("secnumcloud-3.2")[0]
    assert crossing.targets("12.2.a", "12.2") == ("A.8.32",)
    assert crossing.targets("19.1.a", "19.1") == ()


def test_certificates_keep_unknown_costs_unknown_and_say_their_source() -> None:
    for each in certificates().values():
        assert each.source
        assert (each.months_min is None) == (each.months_max is None)
    assert certificates()["secnumcloud"].months_max == 24
    assert certificates()["cispe"].months_min is None
    assert all(each.cost_min_eur_ht is None for each in certificates().values())
    # A figure has its date and its confidence; what has neither says that it is unknown.
    for each in certificates().values():
        told = bool(each.months_max or each.cost_words or each.aid_up_to_eur)
        assert (each.confidence in ("official", "reported"), each.read_on is not None) == (told, told), each
        assert told or "inconnu" in each.source


def test_toml_is_what_the_house_reads() -> None:
    for path in FOLDER.rglob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8"))
