"""`POST doctrine/assessments/`: no account, nothing stored, its answer compared whole."""

import datetime as dt

import pytest
import time_machine
from rest_framework.test import APIClient

from procurement.doctrine.rule_sets import all_rule_sets
from procurement.models import Assessment
from tests.builders import make_member
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/doctrine/assessments/"
NBSP, THIN = "\u00a0", "\u202f"
CIRCULAR = f"circulaire n°{NBSP}6404/SG du 31 mai 2023"
SHA = {rule_set.code: rule_set.sha256 for rule_set in all_rule_sets()}

FACTS = {
    "date": "2023-06-01",
    "buyer_kind": "state",
    "hosting": "commercial_cloud",
    "service_models": ["iaas"],
    "sensitive_data": ["protected_secret"],
    "harms": ["public_order", "health_life"],
    "personal_data": True,
    "health_data": False,
    "full_cost_eur_ht": "250000.00",
    "project_kind": "new",
}
HOSTED = "vous recourez à un cloud commercial"
BOTH = (
    "vos données relèvent d’un secret protégé par la loi et leur atteinte toucherait l’ordre public, "
    "la santé ou la vie des personnes"
)


def obligation(code, level, rules, reason, source):
    return {"code": code, "level": level, "rules": rules, "reason": reason, "source": source}


RULE = f"Règle %s, {CIRCULAR}"
UPPER = HOSTED[0].upper() + HOSTED[1:]
ANSWER = {
    "date": "2023-06-01",
    "obligations": [
        obligation(
            "cloud_first",
            "required",
            ["R1", "R6"],
            "Le projet est nouveau.",
            f"{RULE % 'R1'}{THIN}; {RULE % 'R6'}",
        ),
        obligation("secnumcloud", "required", ["R9"], f"{UPPER} et {BOTH}.", RULE % "R9"),
        obligation(
            "immunity",
            "required",
            ["R9"],
            f"Données personnelles (RGPD, articles 28 et 48){NBSP}: {HOSTED} et le système traite des "
            f"données personnelles{THIN}; Données sensibles (avec SecNumCloud){NBSP}: {HOSTED} et {BOTH}.",
            RULE % "R9",
        ),
        obligation(
            "hds",
            "not_required",
            ["R9", "CSP-L1111-8"],
            "Le système ne traite pas de données de santé.",
            f"{RULE % 'R9'}{THIN}; Code de la santé publique, article L. 1111-8, "
            "certification depuis le 1er avril 2018",
        ),
        obligation(
            "gdpr",
            "required",
            ["R9", "RGPD"],
            f"{UPPER} et le système traite des données personnelles.",
            f"{RULE % 'R9'}{THIN}; Règlement (UE) 2016/679 applicable depuis le 25 mai 2018",
        ),
        obligation("reversibility", "required", ["R4"], f"{UPPER}.", RULE % "R4"),
        obligation(
            "portability",
            "required",
            ["R10"],
            f"{UPPER} et vos équipes s’appuient sur une infrastructure ou une plateforme.",
            RULE % "R10",
        ),
        obligation("resilience", "required", ["R5"], f"{UPPER}.", RULE % "R5"),
        obligation("non_cloud_study", "not_required", ["R7"], f"{UPPER}.", RULE % "R7"),
        obligation(
            "dinum_opinion",
            "not_required",
            ["R8"],
            f"Le coût complet ne dépasse pas 9{THIN}000{THIN}000{NBSP}€.",
            RULE % "R8",
        ),
    ],
    "warnings": [],
    "unknown": [],
    "rule_sets": [
        {
            "code": "circular_6404_sg",
            "title": f"Circulaire n°{NBSP}6404/SG du 31 mai 2023, doctrine «{NBSP}cloud au centre{NBSP}»",
            "in_force_from": "2023-05-31",
            "sha256": SHA["circular_6404_sg"],
        }
    ],
    "offer_filter": {"secnumcloud": ["in_force", "expiring", "renewal_pending"], "model": ["iaas"]},
}


def test_the_whole_answer():
    answer = APIClient().post(URL, FACTS, format="json")
    assert answer.status_code == 200
    assert answer.json() == ANSWER
    assert not Assessment.objects.exists()


def test_nothing_given_is_all_unknown_on_today():
    with time_machine.travel(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)):
        body = APIClient().post(URL, {}, format="json").json()
    assert body["date"] == "2026-11-22"
    assert {o["level"] for o in body["obligations"]} == {"unknown"}
    assert body["unknown"] == [
        "buyer_kind",
        "hosting",
        "service_models",
        "sensitive_data",
        "harms",
        "personal_data",
        "health_data",
        "full_cost_eur_ht",
        "project_kind",
    ]
    assert [s["code"] for s in body["rule_sets"]] == ["circular_6404_sg", "sren_31", "circular_6519_sg"]


def test_null_is_not_given_and_an_empty_list_is_none_of_them():
    given = {"buyer_kind": "state", "hosting": "commercial_cloud", "harms": ["public_order"]}
    levels = {}
    for name, value in (("null", None), ("none", [])):
        body = APIClient().post(URL, {**given, "sensitive_data": value}, format="json").json()
        levels[name] = next(o["level"] for o in body["obligations"] if o["code"] == "secnumcloud")
    assert levels == {"null": "unknown", "none": "not_required"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", "2023-13-45"),
        ("date", 12),
        ("buyer_kind", "ministry"),
        ("buyer_kind", ["state"]),
        ("hosting", ""),
        ("service_models", "iaas"),
        ("service_models", ["iaas", 3]),
        ("sensitive_data", ["secret"]),
        ("harms", {"public_order": True}),
        ("personal_data", "yes"),
        ("personal_data", 1),
        ("health_data", []),
        ("full_cost_eur_ht", -1),
        ("full_cost_eur_ht", "beaucoup"),
        ("full_cost_eur_ht", "1e300"),
        ("full_cost_eur_ht", "NaN"),
        ("project_kind", "old"),
        ("project_kind", "x" * 10_000),
        ("unknown_fact", 1),
    ],
)
def test_bad_input_names_the_field(field, value):
    answer = APIClient().post(URL, {**FACTS, field: value}, format="json")
    assert {name.split(".")[0].split("[")[0] for name in faults(answer)} == {field}


@pytest.mark.parametrize("body", ["[]", '"x"', "{", "null", '{"buyer_kind": "st\\u0000ate"}'])
def test_a_body_that_is_no_object(body):
    problem_of(APIClient().post(URL, body, content_type="application/json"), 400)


def test_any_member_may_ask_too():
    answer = client_for_token(make_member("supplier_editor")).post(URL, FACTS, format="json")
    assert answer.status_code == 200


def test_rules_of_a_day():
    body = APIClient().get("/api/v1/doctrine/rules/", {"date": "2023-06-01"}).json()
    circular = [rule["code"] for rule in body["results"] if rule["rule_set"] == "circular_6404_sg"]
    assert circular == [f"R{number}" for number in range(1, 16)]
    assert [s["code"] for s in body["rule_sets"]] == ["circular_6404_sg"]
    assert body["count"] == len(body["results"])
    r9 = next(rule for rule in body["results"] if rule["code"] == "R9")
    assert (r9["kind"], r9["binds"]) == ("automatic", ["state", "state_operator"])


def test_rules_before_the_texts_and_on_a_bad_date():
    early = APIClient().get("/api/v1/doctrine/rules/", {"date": "2017-01-01"}).json()
    assert (early["count"], early["rule_sets"]) == (0, [])
    assert faults(APIClient().get("/api/v1/doctrine/rules/", {"date": "hier"})) == {"date"}


def test_no_query_for_an_assessment(django_assert_num_queries, settings):
    settings.VISITOR_SENDS_PER_MINUTE = 0  # the count of what a place sends is a query of its own
    with django_assert_num_queries(0):
        APIClient().post(URL, FACTS, format="json")
