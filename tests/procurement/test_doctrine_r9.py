"""R9, its truth table: SecNumCloud asks for a commercial cloud AND a particular sensitivity AND a harm."""

import datetime as dt

import pytest

from procurement.doctrine import AssessmentFacts, assess

DAY = dt.date(2023, 6, 1)
YES = frozenset({"protected_secret"})
HARM = frozenset({"public_order"})
NO: frozenset[str] = frozenset()

TABLE = [
    # hosting, sensitive data, harms -> level
    ("commercial_cloud", YES, HARM, "required"),
    ("commercial_cloud", YES, NO, "not_required"),
    ("commercial_cloud", NO, HARM, "not_required"),
    ("commercial_cloud", NO, NO, "not_required"),
    ("commercial_cloud", YES, None, "unknown"),
    ("commercial_cloud", None, HARM, "unknown"),
    ("commercial_cloud", None, None, "unknown"),
    ("commercial_cloud", NO, None, "not_required"),
    ("commercial_cloud", None, NO, "not_required"),
    ("internal_cloud", YES, HARM, "not_required"),
    ("internal_cloud", None, None, "not_required"),
    ("none", YES, HARM, "not_required"),
    ("none", None, None, "not_required"),
    (None, YES, HARM, "unknown"),
    (None, NO, HARM, "not_required"),
    (None, YES, NO, "not_required"),
    (None, None, None, "unknown"),
]


@pytest.mark.parametrize(("hosting", "sensitive", "harms", "level"), TABLE)
def test_secnumcloud_for_the_state(hosting, sensitive, harms, level):
    facts = AssessmentFacts(buyer_kind="state", hosting=hosting, sensitive_data=sensitive, harms=harms)
    assert assess(facts, DAY).level("secnumcloud") == level


@pytest.mark.parametrize(
    ("kind", "in_2023", "in_2026"),
    [
        ("state", "required", "required"),
        ("state_operator", "required", "required"),
        ("gip_listed", "recommended", "required"),
        ("gip", "recommended", "recommended"),
        ("local_authority", "recommended", "recommended"),
        ("health_establishment", "recommended", "recommended"),
        ("public_undertaking", "recommended", "recommended"),
        (None, "unknown", "unknown"),
    ],
)
def test_who_is_bound_and_who_is_encouraged(kind, in_2023, in_2026):
    facts = AssessmentFacts(buyer_kind=kind, hosting="commercial_cloud", sensitive_data=YES, harms=HARM)
    assert assess(facts, DAY).level("secnumcloud") == in_2023
    assert assess(facts, dt.date(2026, 11, 22)).level("secnumcloud") == in_2026


def test_the_unknown_names_the_facts_that_would_settle_it():
    facts = AssessmentFacts(buyer_kind="state", hosting="commercial_cloud", harms=HARM)
    obligation = assess(facts, DAY).obligation("secnumcloud")
    assert obligation.missing == ("sensitive_data",)
    assert obligation.reason == "On ne peut pas conclure. Il manque\u00a0: la nature des données."


def test_the_reason_names_both_conditions_and_the_text():
    facts = AssessmentFacts(
        buyer_kind="state",
        hosting="commercial_cloud",
        sensitive_data=YES,
        harms=frozenset({"health_life"}),
    )
    assert assess(facts, DAY).obligation("secnumcloud").as_dict() == {
        "code": "secnumcloud",
        "level": "required",
        "rules": ["R9"],
        "reason": "Vous recourez à un cloud commercial et vos données relèvent d’un secret protégé "
        "par la loi et leur atteinte toucherait la santé ou la vie des personnes.",
        "source": "Règle R9, circulaire n°\u00a06404/SG du 31 mai 2023",
    }


@pytest.mark.parametrize(
    ("personal", "sensitive", "level", "words"),
    [
        (True, NO, "required", "Données personnelles"),
        (False, YES, "required", "Données sensibles"),
        (False, NO, "not_required", "ne traite pas"),
        (None, YES, "required", "Données sensibles"),
        (None, NO, "unknown", "données personnelles"),
    ],
)
def test_immunity_has_two_limbs(personal, sensitive, level, words):
    facts = AssessmentFacts(
        buyer_kind="state",
        hosting="commercial_cloud",
        personal_data=personal,
        sensitive_data=sensitive,
        harms=HARM,
    )
    obligation = assess(facts, DAY).obligation("immunity")
    assert obligation.level == level
    assert words in obligation.reason


def test_immunity_keeps_its_two_limbs_apart_when_both_hold():
    facts = AssessmentFacts(
        buyer_kind="state", hosting="commercial_cloud", personal_data=True, sensitive_data=YES, harms=HARM
    )
    reason = assess(facts, DAY).obligation("immunity").reason
    assert "Données personnelles (RGPD, articles 28 et 48)" in reason
    assert "Données sensibles (avec SecNumCloud)" in reason
