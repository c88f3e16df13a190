"""What covers a requirement and how far; the set of certificates that closes the rest. No database."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest

from qualification.coverage import closing as module
from qualification.coverage.closing import closing
from qualification.coverage.facts import CoverageFacts, Held
from qualification.coverage.gather import choices
from qualification.coverage.judge import SchemeCoverage, against, judge_scheme
from qualification.schemes import Expected
from qualification.schemes.certificates import Certificate, certificates

ON = dt.date(2026, 11, 26)


LISTING = next(key for key in choices() if key.startswith("listing-"))


def coverage(key: str, *held: Held, **answers: Any) -> SchemeCoverage:
    return judge_scheme(choices()[key], CoverageFacts(answers, held, ON))


def row(found: SchemeCoverage, code: str) -> Any:
    return next(each for each in found.rows if each.requirement.code == code)


def held(code: str, *, proven: bool = True, layer: str = "") -> Held:
    return Held(code, certificates()[code].name, proven, layer=layer)


def test_nothing_given_is_stated_and_an_unanswered_question_is_not_a_no() -> None:
    found = coverage("secnumcloud-3.2")
    assert found.counts["covered"] == found.counts["partly"] == 0
    silent, asked = row(found, "5.1.a"), row(found, "19.2.b")
    assert (silent.state, silent.reason) == (
        "not_covered",
        "Aucune réponse, aucun certificat ni aucune couche ne la couvre.",
    )
    assert (asked.state, asked.missing, asked.reason) == (
        "unknown",
        ("storage_regions", "processing_regions"),
        "",
    )
    assert sum(found.counts.values()) == 278


def test_an_answer_is_a_part_where_proof_is_asked_and_enough_where_it_is_not() -> None:
    answers = {"headquarters_country": "FR"}
    assert row(coverage("secnumcloud-3.2", **answers), "19.6.a").state == "partly"
    assert row(coverage("immunity-2022-03", **answers), "19.6.a").state == "covered"
    assert row(coverage("gaiax-24.11-L3", **answers), "P5.1.4").state == "partly"


def test_half_of_the_answers_is_a_part_that_names_the_rest() -> None:
    found = row(coverage("secure-cloud-2014", patch_critical_days=7), "1.2")
    assert (found.state, found.missing) == ("partly", ("penetration_test",))


def test_an_answer_that_says_the_contrary_is_not_covered_and_weakens_a_certificate() -> None:
    abroad = {"headquarters_country": "US"}
    alone = row(coverage("immunity-2022-03", **abroad), "19.6.a")
    assert alone.state == "not_covered"
    assert "US\u00a0: hors de l’Union européenne" in alone.reason.replace(" :", "\u00a0:")
    assert row(coverage("immunity-2022-03", held("secnumcloud"), **abroad), "19.6.a").state == "partly"


@pytest.mark.parametrize(
    ("expected", "value", "does"),
    [
        (Expected("x", max=24), "24.0", True),
        (Expected("x", max=24), "24.1", False),
        (Expected("x", min=6), 6, True),
        (Expected("x", min=6), 5, False),
        (Expected("x", any_of=("true",)), True, True),
        (Expected("x", any_of=("true",)), False, False),
        (Expected("x", any_of=("csv", "json")), ["native", "json"], True),
        (Expected("x", any_of=("csv",)), ["native"], False),
        (Expected("x", within="eea"), ["FR-Roubaix", "NO"], True),
        (Expected("x", within="eu"), ["FR-Roubaix", "NO"], False),
        (Expected("x", within="eu"), ["nulle part"], False),
        (Expected("x"), 0, True),
    ],
)
def test_what_an_answer_must_say(expected: Expected, value: Any, does: bool) -> None:
    assert (against(expected, value) == "") is does


def test_the_certificate_of_a_scheme_covers_it_whole_when_it_is_proven() -> None:
    assert coverage("hds-2", held("hds")).counts == {
        "covered": 31, "partly": 0, "not_covered": 0, "unknown": 0,
    }  # fmt: skip
    declared = coverage("hds-2", held("hds", proven=False))
    assert declared.counts["partly"] == 31
    assert "déclaré, sans preuve" in declared.rows[0].grounds[0].text


def test_a_layer_never_covers_more_than_a_part() -> None:
    found = coverage("secnumcloud-3.2", held("secnumcloud", layer="Socle Exemple"))
    assert found.counts["covered"] == 0
    assert found.counts["partly"] == 278
    ground = found.rows[0].grounds[0]
    assert (ground.kind, "Socle Exemple" in ground.text) == ("layer", True)


def test_standards_that_cross_are_a_part_both_ways() -> None:
    forth = coverage("secnumcloud-3.2", held("iso27001"))
    assert (row(forth, "12.2.a").state, row(forth, "19.1.a").grounds) == ("partly", ())
    back = coverage("iso27001-2022", held("secnumcloud"))
    assert row(back, "A.8.32").state == "partly"
    assert back.counts["covered"] == 0


def test_secnumcloud_alone_proves_27_of_the_40_certified_criteria_of_l3() -> None:
    found = coverage("gaiax-24.11-L3", held("secnumcloud"))
    certified = [each for each in found.rows if each.requirement.proof == "evidence"]
    assert (len(certified), sum(each.state == "covered" for each in certified)) == (40, 27)
    assert "19.6.d" in row(found, "P5.1.7").grounds[0].text


def certified_only(key: str, *some: Held) -> SchemeCoverage:
    found = coverage(key, *some)
    return SchemeCoverage(
        found.scheme, tuple(each for each in found.rows if each.requirement.proof == "evidence")
    )


@pytest.mark.parametrize(("level", "left"), [("L2", set()), ("L3", {"P5.1.3", "P5.1.5", "P5.1.6"})])
def test_certificates_close_what_can_be_closed_of_gaiax(level: str, left: set[str]) -> None:
    """Research: SecNumCloud, EU Cloud CoC and CNDCP do L2; with SWIPO, 37 of the 40 of L3."""
    closed = closing([certified_only(f"gaiax-24.11-{level}")], certificates().values())
    assert {code for _, code in closed.left} == left
    known = {"L2": {"secnumcloud", "eu_cloud", "cndcp"}, "L3": {"secnumcloud", "eu_cloud", "cndcp", "swipo"}}
    chosen = {one.certificate.code for one in closed.chosen}
    assert len(chosen) <= len(known[level])
    assert closed.exact and not closed.by_cost
    assert closed.cost_max_eur_ht is None and closed.unknown_costs
    assert sum(one.closes for one in closed.chosen) + len(left) == len(
        certified_only(f"gaiax-24.11-{level}").rows
    )


def test_one_certificate_serves_several_schemes_at_once() -> None:
    closed = closing([coverage("hds-2"), coverage("iso27001-2022")], certificates().values())
    assert [(one.certificate.code, one.closes) for one in closed.chosen] == [("iso27001", 93), ("hds", 31)]
    assert (closed.left, closed.months_together) == ((), None)
    assert closed.unknown_months == ("Certification HDS",)


def test_what_is_held_and_proven_is_not_proposed_and_what_is_declared_lacks_its_proof() -> None:
    open_ones = [coverage("secnumcloud-3.2"), coverage("hds-2"), coverage("iso27001-2022")]
    own = (held("secnumcloud"), held("hds", proven=False), held("iso27001", layer="Socle Exemple"))
    closed = closing(open_ones, certificates().values(), held=own)
    assert {one.certificate.code: one.declared for one in closed.chosen} == {"hds": True, "iso27001": False}
    assert len(closed.left) == 278


def test_what_a_dossier_judges_is_not_said_to_be_a_gap() -> None:
    found = row(coverage(LISTING), "prices")
    assert (found.state, "dossier de référencement" in found.reason) == ("unknown", True)


def test_time_is_told_together_and_in_turn() -> None:
    closed = closing([coverage("secnumcloud-3.2"), coverage("iso27018-2026-11")], certificates().values())
    assert (closed.months_together, closed.months_in_turn) == (24, 36)


def test_the_cheapest_set_is_the_cheapest_by_trying_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """With invented costs, against every subset."""
    costs = itertools.cycle((70, 20, 45, 10, 30, 90, 15))
    some = [
        dataclasses.replace(one, cost_min_eur_ht=Decimal(1), cost_max_eur_ht=Decimal(cost))
        for one, cost in zip(certificates().values(), costs, strict=False)
    ]
    found = [certified_only("gaiax-24.11-L2")]
    closed = closing(found, some)
    assert closed.by_cost
    assert closed.cost_max_eur_ht == min(_price(part) for part in _subsets(some) if not _open(found, part))
    monkeypatch.setattr(module, "EXACT_UP_TO", 2)
    greedy = closing(found, some)
    assert not greedy.exact
    assert not greedy.left


def _subsets(some: list[Certificate]) -> Any:
    return itertools.chain.from_iterable(
        itertools.combinations(some, size) for size in range(1, len(some) + 1)
    )


def _price(part: tuple[Certificate, ...]) -> Decimal:
    return sum((one.cost_max_eur_ht or Decimal(0) for one in part), Decimal(0))


def _open(found: list[SchemeCoverage], part: tuple[Certificate, ...]) -> bool:
    names = {one.code for one in part}
    return any(names.isdisjoint(each.standards) for each in found[0].open)
