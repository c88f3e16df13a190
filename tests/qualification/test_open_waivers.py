"""Waivers in the open data: with their offer and in a file of their own, only what was accepted."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from catalog.models import Change
from qualification import confirmations, interests
from qualification.models import Waiver
from tests.qualification import builders

BASE = "/api/v1/open-data/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def waiver(people):
    """Accepted, of a listed offer."""
    return listed_with_waiver(people)


def listed_with_waiver(people, **answers) -> Waiver:
    dossier = builders.make_dossier(people, upto="instruction", **answers)
    interests.take_declared(dossier, actor=people.actor("officer"))
    asked = builders.make_waiver(dossier, officer=people.actor("officer"))
    builders.judge_all(dossier, people)
    from qualification import actions

    actions.propose(dossier, actor=people.actor("officer"), outcome="listed", reasons="Conforme.")
    builders.decide(dossier, people, "listed")
    return confirmations.accept(asked, actor=people.actor("decider"), reason="Accord.")


def text(name: str) -> str:
    answer = APIClient().get(BASE + name)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode()


def results(name: str) -> list[dict]:
    return json.loads(text(name))["results"]


def test_nobody_reads_a_waiver_that_was_only_asked_or_refused(people):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    asked = builders.make_waiver(dossier, officer=people.actor("officer"))
    assert results("waivers.json") == []
    confirmations.refuse(asked, actor=people.actor("decider"), reason="Non.")
    assert results("waivers.json") == []


def test_one_accepted_is_told_with_its_two_persons_its_reasons_and_its_end(waiver, people):
    (row,) = results("waivers.json")
    assert row["offer_number"] == waiver.offer.number and row["page"].startswith(
        "http://localhost:8000/offres/"
    )
    assert (row["asked_by"], row["accepted_by"]) == (
        people.officer.user.full_name, people.decider.user.full_name,
    )  # fmt: skip
    assert (row["reason"], row["acceptance"], row["standing"]) == (
        "Extrait de registre lu.",
        "Accord.",
        "in_force",
    )
    assert (
        row["valid_until"] == waiver.valid_until.isoformat() and row["could_not_verify"] == waiver.run.message
    )
    about, line = map(json.loads, text("waivers.ndjson").splitlines())
    assert about["about"]["dataset"] == "waivers" and line == row
    (cells,) = csv.DictReader(io.StringIO(text("waivers.csv")[1:]), delimiter=";")
    assert (cells["id"], cells["end_reason"], cells["licence"]) == (
        row["id"],
        "",
        "Licence Ouverte 2.0 (Etalab)",
    )


def test_it_is_published_with_the_offer_until_it_ends(waiver, people):
    (offer,) = results("catalogue.json")
    (part,) = offer["waivers"]
    assert (part["id"], part["check_code"]) == (str(waiver.uuid), "legal_identity")
    (cells,) = csv.DictReader(io.StringIO(text("catalogue.csv")[1:]), delimiter=";")
    assert json.loads(cells["waivers"]) == [part]
    with time_machine.travel(dt.datetime.combine(waiver.valid_until, dt.time(12)) + dt.timedelta(days=1)):
        assert results("catalogue.json")[0]["waivers"] == []
        assert results("waivers.json")[0]["standing"] == "ended"
    confirmations.end(waiver, actor=people.actor("officer"), reason="Contrôle conclu.")
    assert results("catalogue.json")[0]["waivers"] == []
    (row,) = results("waivers.json")
    assert (row["standing"], row["end_reason"]) == ("ended", "Contrôle conclu.")


@pytest.mark.django_db(transaction=True)
def test_who_follows_the_changes_learns_of_its_beginning_and_of_its_end():
    people = builders.make_people()
    waiver = listed_with_waiver(people)
    told = Change.objects.filter(offer=waiver.offer, kind="changed")
    before, first = told.count(), APIClient().get(BASE + "waivers.json")["ETag"]
    assert before > 0
    confirmations.end(waiver, actor=people.actor("officer"), reason="Contrôle conclu.")
    assert APIClient().get(BASE + "waivers.json", HTTP_IF_NONE_MATCH=first).status_code == 200
    assert told.count() == before + 1


def test_an_offer_removed_is_said_no_more(waiver, people):
    waiver.offer.refresh_from_db()
    waiver.offer.remove(actor=people.actor("decider"), reason="Doublon.")
    assert results("waivers.json") == []


def test_ten_waivers_cost_the_queries_of_one(waiver, people):
    with CaptureQueriesContext(
        connection,
    ) as one:
        text("waivers.json"), text("catalogue.json")
    for _ in range(3):
        listed_with_waiver(builders.make_people())
    with CaptureQueriesContext(connection) as many:
        assert len(results("waivers.json")) == 4
        text("catalogue.json")
    assert len(many) <= len(one) + 2, timezone.now()
