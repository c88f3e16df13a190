"""The page and the endpoint: the same routes for the same facts; a buyer finds their vehicles."""

import datetime as dt
import html
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from marketplace.accounts.enums import OrganisationKind, Role
from tests.builders import client_for, make_member, make_organisation
from tests.procurement.order_builders import make_vehicle
from tests.rest.builders import client_for_token


def text_of(answer):
    """What is read: marks of the template taken away, entities said."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())))


def spaced(text):
    return re.sub(r"\s+", " ", text)


pytestmark = pytest.mark.django_db
PAGE, API = "/achat/voies/", "/api/v1/purchase-routes/"
ASKED = {"buyer_kind": "state", "value_eur_ht": "45000", "homogeneous_eur_ht": "20000", "on": "2026-11-26"}


def test_the_page_and_the_api_tell_the_same_routes():
    page = text_of(Client().get(PAGE, ASKED))
    body = (
        APIClient()
        .post(API, {**{k: v for k, v in ASKED.items() if k != "on"}, "date": "2026-11-26"}, format="json")
        .json()
    )
    assert body["counted_eur_ht"] == "65000.00"
    assert {route["code"]: route["standing"] for route in body["routes"]} == {
        "internal_cloud": "to_check",
        "dispense": "closed",
        "innovative": "to_check",
        "adapted": "open",
        "formalised": "open",
    }
    for route in body["routes"]:
        assert spaced(route["label"]) in page and spaced(route["reason"]) in page
    for warning in body["warnings"]:
        assert spaced(warning) in page


def test_a_refused_figure_keeps_what_was_typed():
    answer = Client().get(PAGE, {**ASKED, "value_eur_ht": "beaucoup"})
    assert answer.status_code == 400
    assert 'value="beaucoup"' in answer.content.decode()
    assert "Indiquez un montant en euros hors taxes" in text_of(answer)


@pytest.mark.parametrize("value", ["0", "-1", "1e30", "", "1" * 15])
def test_the_api_refuses_figures_that_no_purchase_has(value):
    answer = APIClient().post(API, {"buyer_kind": "state", "value_eur_ht": value}, format="json")
    assert answer.status_code == 400
    assert "value_eur_ht" in str(answer.json())


def test_a_buyer_finds_the_open_vehicles_of_their_administration_only():
    ministry = make_organisation(kind=OrganisationKind.STATE)
    member = make_member(Role.PURCHASING, organisation=ministry)
    today = timezone.localdate()
    mine = make_vehicle(ministry, maximum_eur=Decimal(50_000))
    ended = make_vehicle(
        ministry, starts_on=today - dt.timedelta(days=9), ends_on=today - dt.timedelta(days=1)
    )
    foreign = make_vehicle(make_organisation(kind=OrganisationKind.STATE))
    page = text_of(client_for(member).get(PAGE, {"buyer_kind": "state", "value_eur_ht": "45000"}))
    assert mine.title in page
    body = (
        client_for_token(member)
        .post(API, {"buyer_kind": "state", "value_eur_ht": "45000"}, format="json")
        .json()
    )
    found = {route["vehicle"]: route["standing"] for route in body["routes"] if route["vehicle"]}
    assert found == {mine.number: "open"}
    assert ended.number not in found and foreign.number not in found


def test_the_form_starts_with_the_buyers_own_administration():
    member = make_member(Role.REQUESTER, organisation=make_organisation(kind=OrganisationKind.GIP))
    page = client_for(member).get(PAGE).content.decode()
    assert '<option value="gip" selected>' in page
    assert "sans support d’achat depuis douze mois" in page
