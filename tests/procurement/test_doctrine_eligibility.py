"""One offer against one project: conforming, to check or refused, with the value seen."""

import datetime as dt

import pytest

from procurement.doctrine import AssessmentFacts, assess
from procurement.doctrine.eligibility import OfferFacts, StatusSeen, judge

DAY = dt.date(2026, 11, 22)
BASE = {
    "buyer_kind": "state",
    "hosting": "commercial_cloud",
    "sensitive_data": frozenset({"protected_secret"}),
    "harms": frozenset({"health_life"}),
    "personal_data": False,
    "health_data": False,
}
SENSITIVE = assess(AssessmentFacts(**BASE), DAY)
HEALTH = assess(AssessmentFacts(**{**BASE, "harms": frozenset(), "health_data": True}), DAY)
PERSONAL = assess(AssessmentFacts(**{**BASE, "harms": frozenset(), "personal_data": True}), DAY)
PLAIN = assess(AssessmentFacts(**{**BASE, "harms": frozenset()}), DAY)
UNKNOWN = assess(AssessmentFacts(**{**BASE, "harms": None}), DAY)


def seen(status, label="x"):
    return StatusSeen(status=status, label=label)


def offer(snc="unknown", hds="unknown", **extra):
    values = {
        "outside_eea": (),
        "non_eu_law": False,
        "gdpr_clauses": True,
        "service_models": frozenset({"saas"}),
    }
    return OfferFacts(statuses={"secnumcloud": seen(snc), "hds": seen(hds)}, **{**values, **extra})


def standing(facts, result, models=("saas",)):
    return judge(facts, result=result, service_models=models, on=DAY).standing


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("in_force", "eligible"),
        ("expiring", "eligible"),
        ("renewal_pending", "eligible"),
        ("unknown", "to_check"),
        ("none", "refused"),
        ("announced", "refused"),
        ("in_progress", "refused"),
        ("suspended", "refused"),
        ("expired", "refused"),
        ("withdrawn", "refused"),
        ("abandoned", "refused"),
    ],
)
def test_each_status_when_secnumcloud_is_required(status, expected):
    assert standing(offer(snc=status), SENSITIVE) == expected
    assert standing(offer(snc=status), PLAIN) == "eligible"


@pytest.mark.parametrize("status", ["unknown", "none", "not_applicable"])
def test_an_internal_state_cloud_is_never_refused_for_lacking_secnumcloud(status):
    assert standing(offer(snc=status, is_internal_state=True, non_eu_law=None), SENSITIVE) == "eligible"


@pytest.mark.parametrize(
    ("facts", "result", "expected"),
    [
        (offer(hds="in_force"), HEALTH, "eligible"),
        (offer(hds="none"), HEALTH, "refused"),
        (offer(hds="unknown"), HEALTH, "to_check"),
        (offer(hds="in_force", outside_eea=("États-Unis",)), HEALTH, "refused"),
        (offer(hds="in_force", outside_eea=None), HEALTH, "to_check"),
        (offer(), PERSONAL, "eligible"),
        (offer(non_eu_law=True), PERSONAL, "refused"),
        (offer(non_eu_law=None), PERSONAL, "to_check"),
        (offer(non_eu_law=None, snc="in_force"), PERSONAL, "eligible"),
        (offer(gdpr_clauses=False), PERSONAL, "refused"),
        (offer(gdpr_clauses=None), PERSONAL, "to_check"),
        (offer(outside_eea=("Suisse",)), PERSONAL, "to_check"),
        (offer(outside_eea=("Suisse",)), PLAIN, "eligible"),
        (offer(snc="none"), UNKNOWN, "to_check"),
        (offer(snc="in_force"), UNKNOWN, "eligible"),
        (offer(is_suspended=True), PLAIN, "refused"),
        (offer(service_models=frozenset({"iaas"})), PLAIN, "refused"),
        (offer(service_models=frozenset()), PLAIN, "to_check"),
    ],
)
def test_each_reason(facts, result, expected):
    assert standing(facts, result) == expected


def test_no_model_looked_for_refuses_no_model():
    assert standing(offer(service_models=frozenset({"iaas"})), PLAIN, models=None) == "eligible"


def test_a_refusal_says_obligation_value_and_date():
    facts = OfferFacts(
        statuses={"secnumcloud": seen("suspended", "Suspendue"), "hds": seen("none")},
        outside_eea=(),
        non_eu_law=False,
    )
    judgement = judge(facts, result=SENSITIVE, service_models=None, on=DAY)
    assert [finding.as_dict() for finding in judgement.findings] == [
        {
            "obligation": "secnumcloud",
            "standing": "refused",
            "text": "SecNumCloud est obligatoire et n’est pas en vigueur.",
            "seen": "Suspendue",
            "seen_on": "2026-11-22",
        }
    ]


def test_a_qualification_answers_for_what_the_sheet_does_not_say_but_not_against_it():
    silent = {"snc": "in_force", "outside_eea": None, "gdpr_clauses": None, "non_eu_law": None}
    assert standing(offer(**silent), SENSITIVE) == "eligible"
    assert standing(offer(**silent), PERSONAL) == "eligible"
    assert standing(offer(**{**silent, "outside_eea": ("États-Unis",)}), SENSITIVE) == "refused"
    assert standing(offer(**{**silent, "gdpr_clauses": False}), PERSONAL) == "refused"
