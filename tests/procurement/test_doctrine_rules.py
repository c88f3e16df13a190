"""Every other automatic rule, its dates, its thresholds, and what the whole answer holds."""

import datetime as dt
from decimal import Decimal

import pytest

from marketplace.accounts.enums import BUYER_KINDS as ORGANISATION_KINDS
from procurement.doctrine import AssessmentFacts, assess, changes_between
from procurement.doctrine.facts import BUYER_KINDS
from procurement.doctrine.registry import REGISTRY
from procurement.doctrine.rule_sets import all_rule_sets, rule_sets_on

DAY = dt.date(2026, 11, 22)


def level(code, on=DAY, **facts):
    return assess(AssessmentFacts(**facts), on).level(code)


@pytest.mark.parametrize(
    ("code", "facts", "expected"),
    [
        ("cloud_first", {"project_kind": "new"}, "required"),
        ("cloud_first", {"project_kind": "major_change"}, "required"),
        ("cloud_first", {"project_kind": "existing"}, "not_required"),
        ("cloud_first", {}, "unknown"),
        ("reversibility", {"hosting": "commercial_cloud"}, "required"),
        ("reversibility", {"hosting": "internal_cloud"}, "not_required"),
        ("reversibility", {}, "unknown"),
        ("resilience", {"hosting": "internal_cloud"}, "required"),
        ("resilience", {"hosting": "none"}, "not_required"),
        ("portability", {"hosting": "commercial_cloud", "service_models": frozenset({"iaas"})}, "required"),
        (
            "portability",
            {"hosting": "commercial_cloud", "service_models": frozenset({"saas"})},
            "recommended",
        ),
        ("portability", {"hosting": "internal_cloud", "service_models": frozenset({"saas"})}, "not_required"),
        ("portability", {"hosting": "commercial_cloud"}, "unknown"),
        ("hds", {"hosting": "commercial_cloud", "health_data": True}, "required"),
        ("hds", {"hosting": "internal_cloud", "health_data": True}, "required"),
        ("hds", {"hosting": "none", "health_data": True}, "not_required"),
        ("hds", {"health_data": False}, "not_required"),
        ("hds", {"health_data": True}, "unknown"),
        ("gdpr", {"personal_data": True}, "required"),
        ("gdpr", {"personal_data": False}, "not_required"),
        ("gdpr", {}, "unknown"),
        ("dinum_opinion", {"full_cost_eur_ht": Decimal("9000000")}, "not_required"),
        ("dinum_opinion", {"full_cost_eur_ht": Decimal("9000000.01")}, "required"),
        ("dinum_opinion", {}, "unknown"),
    ],
)
def test_each_rule_for_the_state(code, facts, expected):
    assert level(code, buyer_kind="state", **facts) == expected


@pytest.mark.parametrize(
    ("cost", "hosting", "kind", "expected"),
    [
        ("1000000", "none", "new", "required"),
        ("999999.99", "none", "new", "not_required"),
        ("1000000", "none", "major_change", "required"),
        ("1000000", "none", "existing", "not_required"),
        ("1000000", "commercial_cloud", "new", "not_required"),
        (None, "commercial_cloud", "new", "not_required"),
        (None, "none", "new", "unknown"),
        ("1000000", None, "new", "unknown"),
        ("1000000", "none", None, "unknown"),
    ],
)
def test_the_comparative_study_starts_at_one_million_without_cloud(cost, hosting, kind, expected):
    facts = {
        "full_cost_eur_ht": Decimal(cost) if cost else None,
        "hosting": hosting,
        "project_kind": kind,
    }
    assert level("non_cloud_study", buyer_kind="state", **facts) == expected


def test_dinum_does_not_control_a_local_authority():
    assert (
        level("dinum_opinion", buyer_kind="local_authority", full_cost_eur_ht=Decimal("2e7"))
        == "not_required"
    )


def test_the_gdpr_binds_everybody():
    assert {level("gdpr", buyer_kind=kind, personal_data=True) for kind in BUYER_KINDS} == {"required"}


def test_the_dialogue_knows_the_same_administrations_as_the_accounts():
    assert set(BUYER_KINDS) == {str(kind) for kind in ORGANISATION_KINDS}


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (dt.date(2021, 7, 4), []),
        (dt.date(2021, 7, 5), ["circular_2021"]),
        (dt.date(2023, 5, 30), ["circular_2021"]),
        (dt.date(2023, 5, 31), ["circular_6404_sg"]),
        (dt.date(2024, 5, 22), ["circular_6404_sg"]),
        (dt.date(2024, 5, 23), ["circular_6404_sg", "sren_31"]),
        (dt.date(2026, 2, 4), ["circular_6404_sg", "sren_31"]),
        (dt.date(2026, 2, 5), ["circular_6404_sg", "sren_31", "circular_6519_sg"]),
    ],
)
def test_a_text_does_not_apply_before_its_date(day, codes):
    result = assess(AssessmentFacts(buyer_kind="state", hosting="commercial_cloud"), day)
    assert [rule_set.code for rule_set in result.rule_sets] == codes
    if not codes:
        assert result.level("reversibility") == "not_required"
        assert result.obligation("reversibility").rules == ()


@pytest.mark.parametrize(
    ("kind", "level_told", "said"),
    [
        ("state", "unknown", "n’en tient pas"),
        (None, "unknown", "n’en tient pas"),
        ("local_authority", "not_required", "ne s’adresse pas"),
    ],
)
def test_nothing_is_concluded_from_a_text_that_is_not_held(kind, level_told, said):
    """The circular of 2021 already asked for SecNumCloud; « non requis » would be a lie."""
    result = assess(AssessmentFacts(buyer_kind=kind, hosting="commercial_cloud"), dt.date(2022, 3, 1))
    obligation = result.obligation("secnumcloud")
    assert (obligation.level, obligation.missing) == (level_told, ())
    assert said in obligation.reason
    assert ("Circulaire n° 6282/SG du 5 juillet 2021" in " ".join(result.warnings)) == (
        level_told == "unknown"
    )
    assert result.level("gdpr") in ("unknown", "not_required")
    assert result.obligation("gdpr").source.startswith("Règlement")


@pytest.mark.parametrize(("kind", "told"), [("state", True), (None, True), ("local_authority", False)])
def test_what_a_person_attests_is_told_to_whom_it_may_bind(kind, told):
    said = " ".join(assess(AssessmentFacts(buyer_kind=kind), dt.date(2026, 2, 5)).warnings)
    assert ("développement sur mesure" in said) == told
    assert ("sans hiérarchie ni pondération" in said) == told


def test_every_registered_rule_is_written_in_its_text():
    texts = {rule_set.code: rule_set for rule_set in all_rule_sets()}
    for rule in REGISTRY:
        assert texts[rule.rule_set].text(rule.code).kind == "automatic"


def test_the_circular_has_its_fifteen_rules():
    circular = next(rule_set for rule_set in rule_sets_on(DAY) if rule_set.code == "circular_6404_sg")
    assert [rule.code for rule in circular.rules] == [f"R{number}" for number in range(1, 16)]


def test_health_data_warn_of_medical_secrecy():
    said = assess(AssessmentFacts(health_data=True, sensitive_data=frozenset()), DAY).warnings
    assert any("secret médical" in warning for warning in said)
    told = assess(
        AssessmentFacts(health_data=True, sensitive_data=frozenset({"protected_secret"})), DAY
    ).warnings
    assert not any("secret médical" in warning for warning in told)


def test_facts_not_given_are_listed_and_an_empty_set_is_an_answer():
    result = assess(AssessmentFacts(buyer_kind="state", sensitive_data=frozenset()), DAY)
    assert result.unknown == (
        "hosting",
        "service_models",
        "harms",
        "personal_data",
        "health_data",
        "full_cost_eur_ht",
        "project_kind",
    )


def test_the_offer_filter_holds_only_what_is_required():
    facts = AssessmentFacts(
        buyer_kind="state",
        hosting="commercial_cloud",
        service_models=frozenset({"saas", "paas"}),
        sensitive_data=frozenset({"essential_mission"}),
        harms=frozenset({"public_order"}),
        health_data=False,
    )
    valid = ["in_force", "expiring", "renewal_pending"]
    assert assess(facts, DAY).offer_filter == {"secnumcloud": valid, "model": ["paas", "saas"]}


def test_a_changed_answer_says_which_conclusion_moved():
    before = assess(AssessmentFacts(buyer_kind="state", health_data=True, hosting="none"), DAY)
    after = assess(AssessmentFacts(buyer_kind="state", health_data=True, hosting="commercial_cloud"), DAY)
    moved = {change.code: (change.before, change.after) for change in changes_between(before, after)}
    assert moved["hds"] == ("not_required", "required")
    assert moved["secnumcloud"] == ("not_required", "unknown")
    assert "cloud_first" not in moved
