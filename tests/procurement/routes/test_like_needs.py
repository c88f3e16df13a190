"""Needs of the same CPV family over twelve months: summed as a hint, told both ways, splitting warned of."""

from __future__ import annotations

import datetime as dt
import html
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from procurement.actions.homogeneous import like_needs
from procurement.actions.order_checks import split_warning
from procurement.models import Commitment, Order, Project
from procurement.reference.cpv import FAMILY_LABELS, family_of, known_codes, label_of
from procurement.routes import PurchaseFacts, pick
from procurement.routes import actions as routes
from tests.builders import client_for, make_member
from tests.procurement.builders import Administration, assessed_project, make_project
from tests.procurement.order_builders import make_order, make_purchase, make_vehicle
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
STORAGE, PROCESSING, PAPER = "72317000", "72310000", "30197630"
DAY = dt.date(2026, 11, 26)


def test_a_family_is_ours_for_known_codes_and_a_group_for_the_others() -> None:
    assert len(known_codes()) == 107 and {one.family for one in known_codes().values()} == set(FAMILY_LABELS)
    assert family_of(STORAGE) == family_of(PROCESSING) != family_of("48920000")
    assert label_of(STORAGE) == "72317000 Services de stockage de données" and label_of(PAPER) == PAPER
    assert family_of(PAPER).holds("30199000") and not family_of(PAPER).holds("39199000")
    assert not family_of("72399999").holds(STORAGE)  # known, so of its own family


@pytest.fixture
def ministry() -> Administration:
    return Administration()


def routed(ministry: Administration, cpv: str, value: int, **more: Any) -> Project:
    project = make_project(ministry, cpv=cpv, **more)
    facts = PurchaseFacts(buyer_kind="", value_eur_ht=Decimal(value), homogeneous_eur_ht=Decimal(0))
    key = "dispense" if value < 60_000 else "adapted"
    routes.choose(project, actor=ministry.requester, key=key, facts=facts, on=timezone.localdate())
    return project


def test_what_was_ordered_and_what_a_route_was_chosen_for_are_summed_once_a_project(
    ministry: Administration,
) -> None:
    today = timezone.localdate()
    mine = make_project(ministry, cpv=STORAGE)
    assert like_needs(make_project(ministry), on=today).total_eur_ht is None
    assert like_needs(mine, on=today).total_eur_ht == Decimal(0)
    routed(ministry, PROCESSING, 30_000, title="Traitements")
    routed(ministry, "48920000", 20_000)
    routed(Administration(), PROCESSING, 50_000)
    purchase = make_purchase()
    Project.objects.filter(pk=purchase.project.pk).update(cpv=STORAGE, organisation=ministry.organisation)
    bought = purchase.project
    order = make_order(purchase, vehicle=None, below_threshold_reason="Essai")
    Commitment.objects.create(order=order, project=bought, amount_eur_ht=Decimal("12000.50"))
    found = like_needs(mine, on=today)
    assert [(need.project.title, need.amount_eur_ht, need.basis) for need in found.needs] == [
        ("Traitements", Decimal(30_000), "route"),
        (bought.title, Decimal("12000.50"), "ordered"),
    ]
    assert found.total_eur_ht == Decimal("42000.50")
    assert like_needs(mine, on=today + dt.timedelta(days=366)).total_eur_ht == Decimal(0)


def test_what_is_known_counts_until_somebody_counts_and_a_lower_figure_is_warned_of() -> None:
    told = {"buyer_kind": "state", "value_eur_ht": Decimal(40_000), "family": "Logiciels"}
    uncounted = pick(PurchaseFacts(**told, known_eur_ht=Decimal(25_000)), on=DAY)
    assert uncounted.counted_eur_ht == Decimal(65_000)
    assert {route.code for route in uncounted.closed} == {"dispense"}
    assert any("comptés ici en attendant" in text for text in uncounted.warnings)
    lower = pick(PurchaseFacts(**told, known_eur_ht=Decimal(25_000), homogeneous_eur_ht=Decimal(0)), on=DAY)
    assert lower.counted_eur_ht == Decimal(40_000)
    assert any("fractionnement" in text and "Logiciels" in text for text in lower.warnings)
    enough = pick(
        PurchaseFacts(**told, known_eur_ht=Decimal(25_000), homogeneous_eur_ht=Decimal(25_000)), on=DAY
    )
    assert not any("besoins de la même famille" in text for text in enough.warnings)


def test_by_the_pages_and_the_api(ministry: Administration) -> None:
    project = assessed_project(ministry)
    browser, api = client_for(ministry.requester.membership), client_for_token(ministry.requester.membership)
    url, page = f"/api/v1/projects/{project.uuid}/", f"{project.get_absolute_url()}voie/"
    assert "n’a pas de code CPV" in text_of(browser.get(page))
    assert api.get(f"{url}like_needs/").json() == {"family": None, "total_eur_ht": None, "needs": []}
    edit = f"{project.get_absolute_url()}modifier/"
    body = {"title": project.title, "cpv": "1234", "version": project.version}
    refused = browser.post(edit, body)
    assert refused.status_code == 400 and "8 chiffres" in text_of(refused, 400)
    assert browser.post(edit, {**body, "cpv": "72317000-8"}).status_code == 302
    assert "72317000 Services de stockage de données" in text_of(browser.get(project.get_absolute_url()))
    other = routed(ministry, PROCESSING, 30_000)
    shown = text_of(browser.get(page))
    assert f"{other}</a> : 30 000,00 € HT, voie d’achat proposée ou confirmée" in shown
    assert 'name="homogeneous_eur_ht" value="30000' in shown.replace("30 000", "30000")
    answer = api.get(f"{url}like_needs/").json()
    assert answer["total_eur_ht"] == "30000.00" and answer["needs"][0]["number"] == other.number
    told = text_of(browser.get(page, {"value_eur_ht": "40000", "homogeneous_eur_ht": "0"}))
    assert "Comptez-les, ou dites au service achats en quoi ils diffèrent" in told
    version = f'"{api.get(url).json()["version"]}"'
    assert faults(api.patch(url, {"cpv": "72"}, format="json", headers={"If-Match": version})) == {"cpv"}
    choice = {"project": str(project.uuid), "route": "adapted", "value_eur_ht": "40000"}
    made = api.post("/api/v1/route-choices/", choice, format="json").json()
    assert made["facts"]["known_eur_ht"] == "30000.00"
    problem_of(client_for_token(make_member("requester")).get(f"{url}like_needs/"), 404)


def test_an_order_under_the_threshold_is_warned_of_the_needs_alike(ministry: Administration) -> None:
    purchase = make_purchase()
    Project.objects.filter(pk=purchase.project.pk).update(cpv=STORAGE, organisation=ministry.organisation)
    order = make_order(purchase, vehicle=None, below_threshold_reason="Besoin ponctuel")
    assert split_warning(order, on=timezone.localdate()) == ""
    routed(ministry, PROCESSING, 59_000)
    order = Order.objects.get(pk=order.pk)
    assert "en quoi ces besoins diffèrent" in split_warning(order, on=timezone.localdate())
    order.vehicle = make_vehicle(purchase.buyer)
    assert split_warning(order, on=timezone.localdate()) == ""


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return html.unescape(response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")
