"""What a drill makes of the check, and how pages and API show it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from marketplace.audit.models import AuditEvent
from qualification.checks import CHECKS
from qualification.drills import actions
from qualification.facts_offer import DrillFacts
from qualification.gather import GATHER
from qualification.models import CheckRun
from qualification.pipeline import run_check
from tests.builders import client_for, make_member
from tests.qualification import builders
from tests.qualification.drill_builders import (
    ADDRESS,
    announce,
    contact,
    give_contact,
    make_drill,
    send,
    window,
)
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 22)


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def offer(people):
    return give_contact(builders.make_offer(people.supplier))


@pytest.fixture
def listed(people):
    return builders.make_dossier(people, upto="decided", **contact()).offer


def link(token: str) -> str:
    return f"/exercices/reponse/{token}/"


# -- the check


HELD = DrillFacts("EXC-2026-0001", "answered", ON, 48, 11_100, False, True)


@pytest.mark.parametrize(
    ("facts", "expected", "words"),
    [
        (DrillFacts(), "unknown", "Aucun exercice"),
        (HELD, "pass", "répondu en 3 h 05 min (délai annoncé : 48 heures)"),
        (
            replace(HELD, state="answered_late", response_seconds=183_600),
            "warn",
            "2 jours 3 h, après le délai",
        ),
        (replace(HELD, state="unanswered", response_seconds=None), "fail", "n’a pas répondu"),
        (replace(HELD, same_contact=False), "unknown", "a changé"),
        (replace(HELD, sent_on=ON - dt.timedelta(days=366)), "pass", "3 h 05"),
        (replace(HELD, sent_on=ON - dt.timedelta(days=367)), "unknown", "plus d’un an"),
    ],
)
def test_verdicts(facts, expected, words):
    judged = CHECKS["security_drill"].judge(facts, ON)
    assert (judged.verdict, words in judged.message) == (expected, True), judged.message
    assert bool(judged.remedy) == (expected != "pass")


def test_the_check_of_a_listed_offer_runs_as_soon_as_the_drill_ends(listed, people):
    drill = announce(listed, people.actor("officer"))
    token = send(drill)
    before = CheckRun.objects.count()
    actions.acknowledge(token)
    (run,) = CheckRun.objects.open().filter(check_code="security_drill")
    assert CheckRun.objects.count() == before + 1 and run.trigger == "watch"
    run_check(run.pk)
    state = listed.checks.get(check_code="security_drill")
    assert state.verdict == "pass" and drill.number in state.run.message
    facts = GATHER["security_drill"](listed.live_version, ON)
    assert (facts.number, facts.same_contact) == (drill.number, True)
    other = listed.live_version
    other.answers = {**other.answers, **contact("autre@nuage.example")}
    assert GATHER["security_drill"](other, ON).same_contact is False


# -- pages and API


@pytest.mark.parametrize("state", ["announced", "sent", "answered", "unanswered", "answered_late"])
def test_pages_say_where_it_stands(offer, people, state):
    drill = make_drill(offer, people.actor("manager"), state=state)
    for member in (people.manager, people.officer):
        client = client_for(member)
        listing = client.get(f"/controles/{offer.number}/exercices/").content.decode()
        shown = client.get(drill.get_absolute_url()).content.decode()
        assert drill.number in listing and drill.number in shown
        assert ("Annoncer un exercice" in listing) == (state not in ("announced", "sent"))
        assert ("Annuler l’exercice" in shown) == (state == "announced")


def test_cancel_by_page_keeps_its_reason(offer, people):
    drill = announce(offer, people.actor("manager"))
    client, place = client_for(people.manager), f"{drill.get_absolute_url()}annuler/"
    assert client.post(place, {"version": drill.version, "reason": " "}).status_code == 400
    assert client.post(place, {"version": drill.version, "reason": "Report."}).status_code == 302
    assert AuditEvent.objects.get(what="cancel").side.reason == "Report."
    assert client.get(place).status_code == 409


def test_by_api(offer, people):
    api, url = client_for_token(people.manager), "/api/v1/security-drills/"
    body = {"offer": str(offer.uuid), **{name: day.isoformat() for name, day in window().items()}}
    made = api.post(url, body, format="json")
    assert made.status_code == 201, made.content
    problem_of(api.post(url, body, format="json"), 409)
    row = made.json()
    assert (row["state"], row["address"], row["answer_by"]) == ("announced", ADDRESS, None)
    listing = api.get(url, {"offer": str(offer.uuid), "state": "announced"}).json()
    assert [one["number"] for one in listing["results"]] == [row["number"]]
    assert api.get(url, {"state": "sent"}).json()["results"] == []
    problem_of(api.post(f"{url}{row['id']}/cancel/", {}, format="json"), 400)
    over = api.post(f"{url}{row['id']}/cancel/", {"reason": "Report."}, format="json")
    assert over.json()["state"] == "cancelled"
    bad = problem_of(api.post(url, {**body, "window_from": "2020-01-01"}, format="json"), 400)
    assert "window_from" in str(bad)
    rival = client_for_token(make_member("supplier_manager"))
    assert rival.get(url).json()["results"] == []
