"""The programmes as people use them in a browser, and as programs do through the API."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.utils import timezone

from catalog.enums import StackLayer
from catalog.stack import add_edge
from qualification.programmes.models import ProgrammeApplication, ProgrammeCall
from tests.catalog.builders import make_offer as public_offer
from tests.habits.matrix.world import World
from tests.qualification import programme_builders as builders
from tests.rest.builders import faults, problem_of

pytestmark = pytest.mark.django_db
API = "/api/v1/programme-applications/"


@pytest.fixture
def world() -> World:
    return World()


def test_an_application_from_the_call_to_the_operators_letter(world: World) -> None:
    offer, call = builders.make_sme_offer(world.supplier), world.call
    client, manager = world.browser("supplier_manager"), world.browser("programme_manager")
    page = client.get(call.get_absolute_url()).content.decode()
    assert f"{call.get_absolute_url()}candidater/?offre={offer.number}" in page
    answer = client.post(f"{call.get_absolute_url()}candidater/", {"offer": offer.number})
    made = ProgrammeApplication.objects.get()
    assert answer.url == f"{made.get_absolute_url()}modifier/"
    assert made.summary == "Machines virtuelles."
    written = {"summary": "Un coffre.", "work_plan": "J0 en juin.", "contact_email": "a@essai.example"}
    client.post(answer.url, {**written, "version": made.version})
    assert client.post(f"{made.get_absolute_url()}envoyer/", {"version": ""}).url == made.get_absolute_url()
    page = client.get(made.get_absolute_url()).content.decode()
    receipt = client.get(f"{made.get_absolute_url()}recepisse/").content
    assert hashlib.sha256(receipt).hexdigest() in page
    letter = {"decided_on": str(timezone.localdate()), "decision_reference": "Lettre 1", "awarded_eur": ""}
    manager.post(f"{made.get_absolute_url()}retenue/", letter)
    made.refresh_from_db()
    assert (made.state, made.awarded_eur) == ("selected", None)
    milestone = {"code": "J0", "reached_on": str(timezone.localdate()), "reference": "Courrier"}
    assert client.post(f"{made.get_absolute_url()}jalons/", milestone).status_code == 302
    assert "Lettre 1" in client.get(made.get_absolute_url()).content.decode()
    table = b"".join(manager.get("/pilotage/programmes/candidatures.csv").streaming_content).decode()
    assert made.number in table


def test_a_refused_form_keeps_what_was_typed(world: World) -> None:
    made = world.application("draft")
    url = f"{made.get_absolute_url()}modifier/"
    client = world.browser("supplier_editor")
    answer = client.post(url, {"summary": "Tapé longuement.", "planned_cost_eur_ht": "beaucoup"})
    page = answer.content.decode()
    assert answer.status_code == 400 and "Tapé longuement." in page and "12500,50" in page
    # Somebody else saved meanwhile: nothing typed is lost, and a second save says what was read.
    read = made.version
    client.post(url, {"summary": "Premier.", "version": read})
    answer = client.post(url, {"summary": "Second.", "version": read})
    assert answer.status_code == 412 and "Second." in answer.content.decode()
    made.refresh_from_db()
    assert made.summary == "Premier."
    assert f'name="version" value="{made.version}"' in answer.content.decode()


def test_a_late_sending_says_when_it_closed_and_keeps_the_draft(world: World) -> None:
    made = world.application("draft")
    ProgrammeCall.objects.filter(pk=made.call_id).update(
        opens_at=builders.minute(days=-20), closes_at=builders.minute(days=-1)
    )
    answer = world.browser("supplier_manager").post(f"{made.get_absolute_url()}envoyer/", {})
    assert answer.status_code == 409
    assert "a clos le" in answer.content.decode() and "brouillon est gardé" in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("closes_at", "2020-01-01T12:00", "La clôture suit l’ouverture."),
        ("closes_at", "midi", "14/05/2027 12:00"),
        ("source", "", "Source"),
    ],
)
def test_a_bad_call_is_said_on_its_field(world: World, field: str, value: str, words: str) -> None:
    given = {
        "programme": "pme-secnumcloud",
        "title": "Essai",
        "opens_at": "2026-12-01T09:00",
        "closes_at": "2027-02-01T12:00",
        "source": "Texte",
    }
    url = "/pilotage/programmes/appels/nouveau/"
    answer = world.browser("programme_manager").post(url, given | {field: value})
    assert answer.status_code == 400 and words in answer.content.decode()


def test_help_is_drawn_from_the_catalogue(world: World) -> None:
    made = world.application("sent")
    advice = public_offer(answers={"name": "Conseil Essai"})
    type(advice).objects.filter(pk=advice.pk).update(service_models=["support_services"], state="listed")
    base, neighbour = (
        public_offer(answers={"name": "Socle Essai"}),
        public_offer(answers={"name": "Voisin Essai"}),
    )
    for offer in (made.offer, neighbour):
        edge = {"base": base, "layer": StackLayer.INFRASTRUCTURE}
        add_edge(offer, actor=world.actor("supplier_manager"), **edge)
    url = f"{made.get_absolute_url()}aide/"
    page = world.browser("supplier_manager").get(url).content.decode()
    for words in ("Conseil Essai", "Voisin Essai", "Socle Essai", "de 18 à 24"):
        assert words in page, words
    told = world.api("supplier_manager").get(f"{API}{made.uuid}/help/").json()
    assert [one["name"] for one in told["advisors"]] == ["Conseil Essai"]
    assert [(one["offer"]["name"], one["contact"]) for one in told["companions"]] == [("Voisin Essai", "")]
    assert told["estimate"]["planned_cost_eur_ht"] is None


def test_the_api_says_the_same(world: World) -> None:
    manager, supplier = world.api("programme_manager"), world.api("supplier_manager")
    body = {
        "programme": "pme-secnumcloud",
        "title": "Relève",
        "opens_at": builders.minute(days=-1).isoformat(),
        "closes_at": builders.minute(days=5).isoformat(),
        "source": "Texte d’essai",
    }
    problem_of(supplier.post("/api/v1/programme-calls/", body), 403)
    call = manager.post("/api/v1/programme-calls/", body).json()
    assert (call["state"], call["phase"]) == ("draft", "draft")
    assert problem_of(supplier.get(f"/api/v1/programme-calls/{call['id']}/"), 404)
    assert manager.post(f"/api/v1/programme-calls/{call['id']}/publish/").json()["phase"] == "open"
    offer = builders.make_sme_offer(world.supplier)
    made = supplier.post(API, {"call": call["id"], "offer": str(offer.uuid)}).json()
    url = f"{API}{made['id']}/"
    problem_of(supplier.patch(url, {"work_plan": "x"}), 428)
    written = {"work_plan": "J0 en juin.", "contact_email": "a@essai.example", "planned_cost_eur_ht": "1.50"}
    saved = supplier.patch(url, written, headers={"If-Match": '"1"'}).json()
    assert (saved["planned_cost_eur_ht"], saved["version"]) == ("1.50", 2)
    sent = supplier.post(f"{url}send/").json()
    assert sent["state"] == "sent" and len(sent["sent_sha256"]) == 64
    assert {one["verdict"] for one in sent["conditions"]} == {"pass"}
    assert faults(manager.post(f"{url}record_selected/", {"decided_on": "2020-01-01"})) == {
        "decision_reference"
    }
    letter = {"decided_on": str(timezone.localdate()), "decision_reference": "L1", "awarded_eur": "9.00"}
    assert manager.post(f"{url}record_selected/", letter).json()["awarded_eur"] == "9.00"
    builders.chosen_on(ProgrammeApplication.objects.get(), timezone.localdate() - dt.timedelta(days=120))
    owed: Any = supplier.get(url).json()["missing_reports"]
    told = {"year": owed[0]["year"], "quarter": owed[0]["quarter"], "done": "a", "next_steps": "b"}
    assert len(supplier.post(f"{url}report/", told).json()["reports"]) == 1
    assert "L1" in b"".join(manager.get(f"{API}export/?format=csv").streaming_content).decode()


def test_the_desk_says_what_waits(world: World) -> None:
    draft = world.application("draft")
    made = builders.chosen_on(world.application("selected"), timezone.localdate() - dt.timedelta(days=200))
    sent = world.application("sent")
    ProgrammeCall.objects.filter(pk=sent.call_id).update(closes_at=builders.minute(days=-1))
    page = world.browser("supplier_manager").get("/bureau/").content.decode()
    assert f"{draft.number}" in page and f"Envoyer le rapport du {made.missing_reports()[0]}" in page
    page = world.browser("programme_manager").get("/bureau/").content.decode()
    assert sent.number in page and "Enregistrer le choix" in page
