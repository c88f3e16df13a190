"""S24 on real refusals: whom to ask, what changed meanwhile, since when it is gone."""

from __future__ import annotations

import html as entities
import re
from typing import Any

import pytest
from django.test import override_settings

from marketplace.accounts.models import RoleGrant
from tests.builders import client_for, make_member
from tests.habits.matrix.world import World
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def text_of(response: Any, status: int) -> str:
    assert response.status_code == status, response.content[-3000:]
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(entities.unescape(words).split()).replace(" ,", ",")


def approve(world: World) -> str:
    return f"/commandes/{world.order('awaiting_approval').number}/approuver/"


def test_403_names_the_role_and_the_colleague_who_can_give_it(world: World) -> None:
    admin = world.the("organisation_admin")
    text = text_of(world.browser("finance").get(approve(world)), 403)
    assert "Rôle nécessaire : valideur." in text
    assert f"Demandez-le à {admin.user.full_name}, qui administre {world.ministry.name}." in text


def test_403_names_every_administrator_but_the_reader(world: World) -> None:
    first = world.the("organisation_admin")
    second = make_member("organisation_admin", organisation=world.ministry)
    text = text_of(world.browser("finance").get(approve(world)), 403)
    assert f"{first.user.full_name} ou {second.user.full_name}, qui administrent" in text
    own = text_of(client_for(first).get(approve(world)), 403)
    assert f"Demandez-le à {second.user.full_name}, qui administre " in own


@override_settings(SUPPORT_EMAIL="assistance@essai.example")
def test_403_sends_to_support_when_nobody_there_can_give_it(world: World) -> None:
    text = text_of(world.browser("finance").get(approve(world)), 403)
    assert "Écrivez à l’assistance : assistance@essai.example" in text
    world.the("organisation_admin")
    # A role of the operator is not an administration's to give.
    text = text_of(world.browser("finance").get("/pilotage/moderation/"), 403)
    assert "Rôle nécessaire : modérateur." in text
    assert "assistance@essai.example" in text


def test_an_administrator_whose_role_ended_is_not_named(world: World) -> None:
    admin = world.the("organisation_admin")
    RoleGrant.objects.filter(membership=admin).update(revoked_at="2026-01-01T00:00Z")
    assert admin.user.full_name not in text_of(world.browser("finance").get(approve(world)), 403)


def test_a_refusal_that_no_role_would_change_names_nobody(world: World) -> None:
    world.the("organisation_admin")
    writer = make_member("requester", "approver", organisation=world.ministry)
    order = world.order("awaiting_approval")
    order.authors.add(writer.user)
    text = text_of(client_for(writer).get(f"/commandes/{order.number}/approuver/"), 403)
    assert "une autre personne doit l’approuver" in text
    assert "Demandez-le" not in text


def test_the_api_gives_the_codes_of_the_roles_and_no_name(world: World) -> None:
    admin = world.the("organisation_admin")
    order = world.order("awaiting_approval")
    client = client_for_token(world.member("finance"))
    response = client.post(f"/api/v1/orders/{order.uuid}/approve/", {}, format="json")
    assert problem_of(response, 403)["needed_roles"] == ["approver"]
    assert admin.user.full_name not in response.content.decode()


def test_409_shows_before_and_after_by_whom_and_when(world: World) -> None:
    order = world.order("sent")
    text = text_of(world.browser("requester").get(f"/commandes/{order.number}/envoyer/"), 409)
    assert "L’état a changé pendant votre lecture" in text
    assert "État avant Engagé" in text
    assert "État maintenant Envoyé au fournisseur" in text
    assert f"par {world.the('requester').user.full_name}" in text
    assert "Recharger" in text


def test_409_tells_the_other_side_the_organisation_not_the_person(world: World) -> None:
    order = world.order("acknowledged")
    text = text_of(world.browser("requester").get(f"/commandes/{order.number}/annuler/"), 409)
    assert "État maintenant Réception accusée" in text
    assert f"par {world.supplier.name}" in text
    assert world.the("supplier_manager").user.full_name not in text


def test_409_of_the_api_gives_the_last_change(world: World) -> None:
    order = world.order("acknowledged")
    client = client_for_token(world.member("requester"))
    response = client.post(
        f"/api/v1/orders/{order.uuid}/send/", {}, format="json", HTTP_IF_MATCH=f'"{order.version}"'
    )
    change = problem_of(response, 409)["last_change"]
    assert (change["from"], change["to"], change["by"]) == ("sent", "acknowledged", world.supplier.name)
    assert change["at"]


def test_412_of_the_api_says_who_changed_it_last(world: World) -> None:
    order = world.order("sent")
    client = client_for_token(world.member("requester"))
    response = client.post(
        f"/api/v1/orders/{order.uuid}/cancel/", {"reason": "Essai"}, format="json", HTTP_IF_MATCH='"1"'
    )
    assert problem_of(response, 412)["last_change"]["to"] == "sent"


def test_410_says_since_when_in_its_title_and_why(world: World) -> None:
    offer = world.offer
    offer.withdraw(actor=world.actor("supplier_manager"), reason="à la demande du fournisseur")
    response = world.browser("stranger").get(offer.get_absolute_url())
    assert "<h1>Offre retirée le " in response.content.decode()
    assert "à la demande du fournisseur" in text_of(response, 410)


@override_settings(MAINTENANCE_UNTIL="2099-03-03T08:00:00+01:00")
def test_503_has_its_way_out(client: Any) -> None:
    text = text_of(client.get("/offres/"), 503)
    assert "Service en maintenance jusqu’à 8 h 00" in text
    assert "Recharger" in text
