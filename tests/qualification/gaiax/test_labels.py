"""The Gaia-X levels of an offer: what proves each criterion, what is wanting, and in how long."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from typing import Any

from catalog.questions.engine import questions
from qualification.coverage.facts import CoverageFacts, Held
from qualification.gaiax.labels import LEVELS, LabelFacts, LevelResult, alone, label_levels, not_nested
from qualification.schemes import Expected
from qualification.schemes.certificates import certificates

ON = dt.date(2026, 11, 26)
FOUR = ("secnumcloud", "eu_cloud", "cndcp", "swipo")


def held(code: str, **more: Any) -> Held:
    return Held(code, certificates()[code].name, **{"proven": True, **more})


def levels(*some: Held, ended: tuple[Held, ...] = (), **answers: Any) -> dict[str, LevelResult]:
    coverage = CoverageFacts(answers, some, ON, ended=ended)
    found = label_levels(LabelFacts(coverage, identity_on=dt.date(2026, 3, 1)))
    return {each.level: each for each in found}


def good_answer(expected: Expected) -> Any:
    """An answer that does what is expected."""
    question = questions()[expected.question]
    if expected.within:
        return ["FR"] if question.type == "regions" else "FR"
    if expected.any_of == ("true",):
        return True
    if expected.any_of == ("false",):
        return False
    if expected.any_of:
        return list(expected.any_of) if question.type == "choices" else expected.any_of[0]
    return next((number for number in (expected.max, expected.min) if number is not None), "dit")


def every_answer() -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for level in label_levels(LabelFacts(CoverageFacts({}, (), ON))):
        for criterion in level.criteria:
            for expected in criterion.requirement.answers:
                value = good_answer(expected)
                known = answers.get(expected.question)
                both = isinstance(known, list) and isinstance(value, list)
                if value == "dit" and known:
                    continue
                answers[expected.question] = [*known, *value] if both else value
    return answers


def test_counts_are_those_of_the_document() -> None:
    found = levels()
    asked = {level: (len(one.criteria), len(one.certified)) for level, one in found.items()}
    assert asked == {"SC": (47, 0), "L1": (53, 0), "L2": (54, 35), "L3": (57, 40)}
    assert tuple(found) == LEVELS


def test_declarations_reach_sc_and_l1_and_no_certified_level() -> None:
    found = levels(**every_answer())
    assert {level: one.reached for level, one in found.items()} == {
        "SC": True, "L1": True, "L2": False, "L3": False,
    }  # fmt: skip
    assert found["L2"].criterion("P3.1.19").state == "partly"
    assert (
        found["L2"].criterion("P3.1.19").gap
        == "Preuves admises : Attestation BSI C5, EU Cloud Code of Conduct."
    )


def test_four_certificates_reach_l2_and_leave_l3_to_an_assessor() -> None:
    found = levels(*(held(code) for code in FOUR), **every_answer())
    assert found["L2"].reached is True
    assert (found["L3"].reached, found["L3"].certified_met) == (False, 37)
    left = {each.requirement.code: each.gap for each in found["L3"].criteria if each.state != "covered"}
    assert set(left) == {"P5.1.3", "P5.1.5", "P5.1.6"}
    assert all("avis d’un évaluateur" in gap for gap in left.values())


def test_one_answer_wanting_is_unknown_and_one_against_is_not_reached() -> None:
    silent = {name: value for name, value in every_answer().items() if name != "support_contact"}
    found = levels(**silent)["SC"]
    assert found.reached is None
    assert found.criterion("P1.2.8").gap.startswith("À répondre : « ")
    abroad = levels(**{**every_answer(), "governing_law": "US"})["SC"]
    assert abroad.reached is False
    assert "hors de l’Espace économique européen" in abroad.criterion("P1.1.2").gap


def test_secnumcloud_alone_is_27_of_the_40_of_l3() -> None:
    said = alone("secnumcloud", "L3")
    assert (said.proves, said.of, len(said.others)) == (27, 40, 13)
    assert levels(held("secnumcloud"))["L3"].certified_met == 27
    assert levels(held("secnumcloud"))["L3"].reached is False


def test_levels_are_not_nested() -> None:
    assert not_nested() == {"L2": ("P2.2.3", "P2.2.4", "P5.1.1")}


def test_an_ended_certificate_proves_nothing_and_is_named() -> None:
    gone = held("secnumcloud", until=dt.date(2026, 3, 3))
    found = levels(ended=(gone,))["L3"]
    assert found.certified_met == 0
    assert "n’est plus en vigueur depuis le 3\u00a0mars 2026" in found.criterion("P5.1.4").gap
    assert "n’est plus en vigueur" not in found.criterion("P5.2.1").gap


def test_a_perimeter_that_leaves_a_place_out_is_a_part() -> None:
    narrow = held("secnumcloud", regions=("FR-Paris",))
    here = levels(narrow, storage_regions=["FR-Paris"])["L3"]
    there = levels(narrow, storage_regions=["FR-Paris", "DE-Berlin"])["L3"]
    assert (here.certified_met, there.certified_met) == (27, 0)
    assert "le périmètre ne nomme pas DE-Berlin" in there.criterion("P5.1.4").judged.grounds[0].text
    country = held("secnumcloud", regions=("FR",))
    assert levels(country, storage_regions=["FR-Paris"])["L3"].certified_met == 27


def test_a_declared_certificate_is_a_part() -> None:
    found = levels(held("eu_cloud", proven=False))["L2"]
    assert found.certified_met == 0
    assert "déclaré, sans preuve" in found.criterion("P3.1.19").judged.grounds[0].text


def test_a_layer_proves_what_is_about_the_data_centre_and_a_part_of_the_rest() -> None:
    found = levels(held("cndcp", layer="Socle Exemple"), held("secnumcloud", layer="Socle Exemple"))["L2"]
    assert {each.requirement.code for each in found.criteria if each.is_inherited} == {
        "P6.1.2", "P6.1.3", "P6.1.4",
    }  # fmt: skip
    assert found.criterion("P3.1.6").state == "partly"
    own = levels(held("cndcp"))["L2"].criterion("P6.1.2")
    assert (own.state, own.is_inherited) == ("covered", False)


def test_identity_and_description_are_what_we_know_ourselves() -> None:
    facts = CoverageFacts({}, (), ON)
    unread = label_levels(LabelFacts(facts, undescribed=("les conditions générales",)))[0]
    assert (unread.criterion("P1.3.2").state, unread.criterion("P1.2.9").state) == ("unknown", "not_covered")
    assert "les conditions générales" in unread.criterion("P1.2.9").gap
    read = label_levels(LabelFacts(facts, identity_on=dt.date(2026, 3, 1)))[0]
    assert read.criterion("P1.3.2").judged.grounds[0].text.endswith("le 1er\u00a0mars 2026.")
    assert read.criterion("P1.2.9").state == "covered"


def test_a_criterion_is_never_both_proven_and_wanting() -> None:
    for level in levels(*(held(code) for code in FOUR), **every_answer()).values():
        for each in level.criteria:
            assert (each.state == "covered") == (each.gap == ""), each.requirement.code
            assert dataclasses.astuple(each)


def test_four_levels_take_less_than_ten_milliseconds() -> None:
    some, answers = [held(code) for code in FOUR], every_answer()
    times = []
    for _ in range(20):
        start = time.process_time()
        levels(*some, **answers)
        times.append(time.process_time() - start)
    assert min(times) < 0.010
