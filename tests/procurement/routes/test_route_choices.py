"""The route of a project: chosen by its author, confirmed or refused by the service achats, one at a time."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.models import Notification
from procurement.models import RouteChoice
from procurement.routes import PurchaseFacts
from procurement.routes import actions as routes
from tests.builders import client_for, make_member, make_organisation
from tests.habits.matrix.world import World
from tests.procurement.order_builders import make_vehicle
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
ASKED = {"value_eur_ht": "45000", "homogeneous_eur_ht": "0"}


@pytest.fixture
def world() -> World:
    return World()


def choose(world, key="dispense", value=45_000, others=0):
    facts = PurchaseFacts(
        buyer_kind="",
        value_eur_ht=Decimal(value),
        homogeneous_eur_ht=None if others is None else Decimal(others),
    )
    return routes.choose(
        world.decided_project,
        actor=world.actor(Role.REQUESTER),
        key=key,
        facts=facts,
        on=dt.date(2026, 11, 26),
    )


def test_a_choice_keeps_what_was_told_and_what_was_answered(world):
    choice = choose(world)
    assert choice.state == "proposed"
    assert choice.facts == {"value_eur_ht": "45000.00", "homogeneous_eur_ht": "0.00", "innovative": None}
    assert choice.route["standing"] == "open" and "R2122-8" in choice.route["source"]
    with pytest.raises(DatabaseError), transaction.atomic():
        RouteChoice.objects.filter(pk=choice.pk).update(facts={})
    assert AuditEvent.objects.filter(object_type="procurement.routechoice", what="create").count() == 1


@pytest.mark.parametrize(
    ("key", "value", "code"), [("dispense", 60_000, "route_closed"), ("vehicle:V-0", 10, "route_unknown")]
)
def test_a_closed_or_unknown_route_is_refused(world, key, value, code):
    with pytest.raises(RuleBroken) as refused:
        choose(world, key=key, value=value)
    assert refused.value.code == code and not RouteChoice.objects.exists()


def test_a_new_choice_takes_the_place_of_the_one_that_lived(world):
    first = choose(world)
    routes.confirm(first, actor=world.actor(Role.PURCHASING))
    second = choose(world, key="formalised")
    first.refresh_from_db()
    assert (first.state, second.state) == ("replaced", "proposed")
    assert first.decided_by is not None
    assert world.decided_project.route_choices.living().get() == second


def test_a_vehicle_of_the_administration_is_named_by_the_choice(world):
    vehicle = make_vehicle(world.ministry, maximum_eur=Decimal(50_000))
    assert choose(world, key=f"vehicle:{vehicle.number}").vehicle == vehicle


def test_a_closed_project_chooses_nothing(world):
    world.decided_project.abandon(actor=world.actor(Role.REQUESTER), reason="Essai.")
    with pytest.raises(MoveRefused, match="ne change plus"):
        choose(world)


def test_the_service_achats_is_told_and_its_answer_goes_back(world):
    buyer = world.actor(Role.PURCHASING)
    choice = choose(world)
    assert Notification.objects.filter(
        user=buyer.user, subject__startswith="Voie d’achat à confirmer"
    ).exists()
    routes.refuse(choice, actor=buyer, reason="Passez par la centrale.")
    told = Notification.objects.get(
        user=world.actor(Role.REQUESTER).user, subject__startswith="Voie d’achat refusée"
    )
    assert "Passez par la centrale." in told.body


def test_nobody_confirms_their_own_choice(world):
    both = make_member(Role.REQUESTER, Role.PURCHASING, organisation=world.ministry)
    project = world.decided_project
    project.authors.add(both.user)
    client = client_for(both)
    assert (
        client.post(f"/projets/{project.number}/voie/choisir/", {**ASKED, "route": "dispense"}).status_code
        == 302
    )
    answer = client.post(f"/projets/{project.number}/voie/confirmer/")
    assert answer.status_code == 403 and "une autre personne" in answer.content.decode()
    assert RouteChoice.objects.get().state == "proposed"


def test_chosen_and_confirmed_by_the_pages(world):
    project, requester = world.decided_project, client_for(world.member(Role.REQUESTER))
    address = f"/projets/{project.number}/voie/"
    assert "Choisir cette voie" in requester.get(address, ASKED).content.decode()
    made = requester.post(f"{address}choisir/", {**ASKED, "route": "dispense"}, follow=True)
    assert "À confirmer par le service achats" in made.content.decode()
    buyer = client_for(world.member(Role.PURCHASING))
    assert "Confirmer la voie d’achat" in buyer.get("/bureau/").content.decode()
    version = RouteChoice.objects.get().version
    assert buyer.post(f"{address}confirmer/", {"version": version}).status_code == 302
    assert RouteChoice.objects.get().state == "confirmed"
    assert "confirmée" in requester.get(project.get_absolute_url()).content.decode()


def test_a_refused_post_keeps_the_figures(world):
    client = client_for(world.member(Role.REQUESTER))
    address = f"/projets/{world.decided_project.number}/voie/choisir/"
    closed = client.post(address, {"route": "dispense", "value_eur_ht": "61000", "homogeneous_eur_ht": "0"})
    assert closed.status_code == 400
    text = closed.content.decode()
    assert 'value="61000"' in text and "atteint" in text
    wrong = client.post(address, {"route": "dispense", "value_eur_ht": "cher"})
    assert wrong.status_code == 400 and 'value="cher"' in wrong.content.decode()


def test_a_refusal_says_why(world):
    choose(world)
    client = client_for(world.member(Role.PURCHASING))
    address = f"/projets/{world.decided_project.number}/voie/refuser/"
    assert client.post(address, {"reason": " "}).status_code == 400
    assert client.post(address, {"reason": "Passez par la centrale."}).status_code == 302
    assert RouteChoice.objects.get().reason == "Passez par la centrale."


def test_the_same_by_the_api(world):
    project = world.decided_project
    requester = client_for_token(world.member(Role.REQUESTER))
    body = {
        "project": str(project.uuid),
        "route": "dispense",
        "value_eur_ht": "61000",
        "homogeneous_eur_ht": "0",
    }
    problem = problem_of(requester.post("/api/v1/route-choices/", body, format="json"), 400)
    assert problem["code"] == "route_closed" and problem["errors"][0]["field"] == "route"
    made = requester.post("/api/v1/route-choices/", {**body, "value_eur_ht": "45000"}, format="json")
    assert made.status_code == 201, made.json()
    choice = made.json()
    assert (choice["state"], choice["route"]["code"], choice["vehicle"]) == ("proposed", "dispense", None)
    buyer = client_for_token(world.member(Role.PURCHASING))
    url = f"/api/v1/route-choices/{choice['id']}/confirm/"
    done = buyer.post(url, {}, format="json", headers={"If-Match": made.headers["ETag"]})
    assert done.status_code == 200 and done.json()["state"] == "confirmed"


def test_another_administration_sees_nothing_of_it(world):
    choice = choose(world)
    other = make_member(Role.REQUESTER, organisation=make_organisation())
    assert client_for(other).get(choice.get_absolute_url()).status_code == 404
    assert client_for_token(other).get("/api/v1/route-choices/").json()["count"] == 0
