"""« Ce qui a changé depuis hier » and « Terminé récemment »: from the journal, on the page and by the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Offer, TrustMark
from catalog.trust import record_status
from marketplace.accounts.actors import Actor, system_actor
from marketplace.ui import desk
from procurement.derogations import actions as derogations
from procurement.models import Contract
from tests.builders import make_member
from tests.habits.matrix.world import World
from tests.procurement.derogation_builders import paper
from tests.procurement.order_builders import publish_version
from tests.procurement.test_status_loss import lose
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
DESK = "/api/v1/me/desk/"


@pytest.fixture
def world() -> World:
    return World()


def told(world: World, who: str, zone: str) -> list[tuple[str, str]]:
    rows = desk.rows_for(world.actor(who))[zone]
    return [(row.object_label, row.expected) for row in rows]


def moved(act: str, before: str, after: str) -> str:
    return f"{act}\u00a0: de «\u00a0{before}\u00a0» à «\u00a0{after}\u00a0»"


def acts(rows: list[tuple[str, str]]) -> list[str]:
    return [expected.partition("\u00a0: ")[0] for _, expected in rows]


def test_a_stranger_has_no_desk_by_the_api(client: Any) -> None:
    assert problem_of(client.get(DESK), 401)["code"] == "not_authenticated"


def test_each_one_finds_what_they_finished_on_an_order(world: World) -> None:
    order = world.order("acknowledged")
    label = f"{order.number} {order.offer.name}"
    assert (
        label,
        moved("Approuver", "En attente d’approbation", "Approuvé"),
    ) in told(world, "approver", desk.DONE)
    assert (
        label,
        moved("Saisir le numéro d’engagement", "Approuvé", "Engagé"),
    ) in told(world, "finance", desk.DONE)
    assert (
        label,
        moved("Envoyer au fournisseur", "Engagé", "Envoyé au fournisseur"),
    ) in told(world, "requester", desk.DONE)
    assert acts(told(world, "supplier_manager", desk.DONE)) == ["Accuser réception"]


def test_the_author_learns_what_others_did_and_never_what_they_did_themselves(world: World) -> None:
    order = world.order("acknowledged")
    label = f"{order.number} {order.offer.name}"
    mine = told(world, "requester", desk.CHANGED)
    assert (
        label,
        moved("Accuser réception", "Envoyé au fournisseur", "Réception accusée"),
    ) in mine
    assert "Envoyer au fournisseur" not in acts(mine)
    rows = desk.rows_for(world.actor("requester"))[desk.CHANGED]
    assert world.supplier.name in {row.by for row in rows}
    assert rows == sorted(rows, key=lambda row: row.since or timezone.now(), reverse=True)


def test_an_avis_and_a_decision_on_an_analysis(world: World) -> None:
    project = world.decided_project
    assert told(world, "security_officer", desk.DONE) == [
        (f"Avis du RSSI, {project.number}", "Donner un avis\u00a0: «\u00a0Favorable\u00a0»")
    ]
    assert acts(told(world, "qualified_authority", desk.DONE)) == ["Décider"]
    assert {"Donner un avis", "Décider"} <= set(acts(told(world, "requester", desk.CHANGED)))


def test_a_supplier_reads_nothing_of_what_came_before_the_sending(world: World) -> None:
    world.order("sent")
    seen = [row for row in told(world, "supplier_manager", desk.CHANGED) if row[0].startswith("CMD-")]
    assert acts(seen) == ["Envoyer au fournisseur"]


def test_a_colleague_who_follows_nothing_is_told_nothing(world: World) -> None:
    world.order("acknowledged")
    other = Actor.of(make_member("requester", organisation=world.ministry))
    zones = desk.rows_for(other)
    assert [row.object_label for row in zones[desk.CHANGED] if row.object_label.startswith("CMD-")] == []
    assert zones[desk.DONE] == []


def test_a_lost_then_restored_status_reaches_who_bought_and_who_sells(world: World) -> None:
    purchase = world.purchase
    mark = world.mark
    world.order("acknowledged")
    lose(purchase.offer, scheme=mark.scheme)
    wanted = (
        f"{mark.name} de {purchase.offer.name}",
        moved("Suspendre", "En vigueur", "Suspendue"),
    )
    assert wanted in told(world, "requester", desk.CHANGED)
    assert wanted in told(world, "supplier_editor", desk.CHANGED)
    assert "Ouvrir un réexamen" in acts(told(world, "requester", desk.CHANGED))
    assert "Ouvrir un réexamen" not in acts(told(world, "supplier_manager", desk.CHANGED))
    record_status(
        TrustMark.objects.get(pk=mark.pk),
        status="in_force",
        actor=system_actor("essai"),
        issuer="ANSSI",
        act_reference="ACTE-ESSAI-2",
        act_date=timezone.localdate(),
    )
    assert "Rétablir" in acts(told(world, "requester", desk.CHANGED))


def test_a_new_version_of_an_offer_ordered_is_told(world: World) -> None:
    world.order("sent")
    publish(world.offer)
    assert (world.offer.name, "Mettre une version en ligne") in told(world, "requester", desk.CHANGED)


def publish(offer: Offer) -> None:
    publish_version(offer)
    offer.touch("version_online", actor=system_actor("essai"), apply=lambda row: None)


def test_a_decided_dossier_is_told_to_the_supplier_and_finished_for_who_decided(world: World) -> None:
    dossier = world.dossier("decided")
    label = f"{dossier.number} {dossier.offer.name}"
    wanted = (label, moved("Décider", "Décision proposée", "Décidé"))
    assert wanted in told(world, "supplier_editor", desk.CHANGED)
    decider = Actor.of(world._people.decider)
    assert label in [row.object_label for row in desk.rows_for(decider)[desk.DONE]]


def test_what_is_older_than_yesterday_or_than_two_weeks_is_gone(world: World) -> None:
    with time_machine.travel(timezone.now() - dt.timedelta(days=3)):
        world.order("acknowledged")
    assert [row for row in told(world, "requester", desk.CHANGED) if row[0].startswith("CMD-")] == []
    assert "Envoyer au fournisseur" in acts(told(world, "requester", desk.DONE))
    with time_machine.travel(timezone.now() + dt.timedelta(days=12)):
        assert told(world, "requester", desk.DONE) == []


def test_page_and_api_say_the_same(world: World) -> None:
    world.order("acknowledged")
    html = world.browser("requester").get("/bureau/").content.decode()
    assert "Ce qui a changé depuis hier" in html
    assert "Terminé récemment" in html
    body = world.api("requester").get(DESK).json()
    assert set(body) == {"todo", "soon", "changed", "done"}
    assert set(body["done"][0]) == {"object", "url", "expected", "due_on", "since", "holder", "by"}
    for row in (*body["changed"], *body["done"]):
        assert f'href="{row["url"]}"' in html
        assert row["object"].replace("'", "&#x27;") in html


def test_nothing_changed_is_said(client: Any) -> None:
    html = client_for_page("finance")
    assert "Rien n’a changé depuis hier sur ce que vous suivez." in html
    assert "Terminé récemment" not in html


def client_for_page(role: str) -> str:
    return World().browser(role).get("/bureau/").content.decode()


def test_a_token_without_organisation_rows_answers_empty_zones() -> None:
    body = client_for_token(make_member("auditor")).get(DESK).json()
    assert (body["changed"], body["done"]) == ([], [])


@pytest.mark.parametrize("who", ["requester", "supplier_manager", "qualification_officer"])
def test_ten_rows_cost_what_one_costs(world: World, who: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.rows_for(world.actor(who))
        return len(seen)

    def more() -> None:
        world.order("acknowledged")
        world.dossier("decided")

    more()
    few = queries()
    for _ in range(4):
        more()
    assert queries() <= few
    assert Contract.objects.count() == 5


def test_a_need_is_followed_by_those_who_said_it(world: World) -> None:
    need, curator = world.need, world.actor("curator")
    need.dismiss(actor=curator, reason="Hors du champ.")
    label = str(need)
    assert [row[0] for row in told(world, "requester", desk.CHANGED)] == [label]
    assert acts(told(world, "requester", desk.CHANGED)) == ["Écarter le besoin"]
    assert (label, "Écarter le besoin") in [
        (row[0], row[1].partition("\u00a0: ")[0]) for row in told(world, "curator", desk.DONE)
    ]
    assert told(world, "supplier_manager", desk.CHANGED) == []


def test_a_derogation_is_followed_by_who_asked_for_it(world: World) -> None:
    found = world.derogation
    derogations.sign(found, actor=world.actor("dnum"), **paper())
    assert f"Dérogation {found}" in [row[0] for row in told(world, "requester", desk.CHANGED)]
    assert f"Dérogation {found}" in [row[0] for row in told(world, "dnum", desk.DONE)]


def test_a_contestation_waits_on_the_desk_of_its_officer_only(world: World) -> None:
    dispute = world.dispute
    waiting = {
        row.object_label: row.url for row in desk.rows_for(world.actor("qualification_officer"))["todo"]
    }
    label = f"Contestation {dispute.number}, {dispute.dossier.number}"
    assert waiting[label] == dispute.get_absolute_url()
    other = Actor.of(make_member("qualification_officer", organisation=world.operator))
    assert label not in {row.object_label for row in desk.rows_for(other)["todo"]}
