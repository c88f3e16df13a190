"""Durations of instruction: measured on the journal, unknown for few passages, the same everywhere."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qualification import actions, interests
from qualification.durations import days, measured, words
from tests.builders import client_for
from tests.qualification import builders
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC)


def at(days: float):
    return time_machine.travel(START + dt.timedelta(days=days), tick=False)


def before() -> builders.People:
    """People whose roles began on the first day."""
    with at(0):
        return builders.make_people()


def decided(people: builders.People, *, instruction: int, corrections: int = 0) -> None:
    """Sent on the first day, checked at once, proposed after so many days, decided two days later."""
    with at(0):
        dossier = builders.make_dossier(people, upto="instruction")
    if corrections:
        with at(0):
            builders.ask_corrections(dossier, people)
        with at(corrections):
            actions.answer_corrections(dossier, actor=people.actor("manager"), reason="Fait.")
            builders.run_all(dossier)
    with at(corrections + instruction):
        if dossier.officer is None:
            interests.take_declared(dossier, actor=people.actor("officer"))
        builders.judge_all(dossier, people)
        actions.propose(dossier, actor=people.actor("officer"), outcome="listed", reasons="Bien.")
    with at(corrections + instruction + 2):
        builders.decide(dossier, people, "listed")


def steps() -> dict[str, object]:
    (listing,) = measured().schemes
    assert listing.scheme == "listing"
    return {each.step: each for each in listing.steps}


def test_few_passages_are_unknown():
    people = before()
    for length in (10, 20, 30, 40):
        decided(people, instruction=length)
    with at(60):
        found = steps()
        assert (found["proposed"].passages, found["proposed"].median) == (4, None)
        text = client_for(None).get("/durees/").content.decode()
    assert "Inconnue" in text and "En dessous de 5 passages" in text


def test_median_and_ninth_decile_of_the_passages():
    people = before()
    for length in (10, 20, 30, 40):
        decided(people, instruction=length)
    decided(people, instruction=50, corrections=7)
    with at(70):
        builders.make_dossier(people, upto="instruction")
    with at(72):
        found = steps()
        # Five long passages and the short one before the corrections, which lasted no time at all.
        assert found["instruction"].passages == 6
        assert (found["instruction"].median_days, found["instruction"].p90_days) == (25, 45)
        assert (found["proposed"].median_days, found["proposed"].p90_days) == (2, 2)
        # The supplier's seven days are not in the whole: 12, 22, 32, 42, 52.
        assert (found["whole"].passages, found["whole"].median_days) == (5, 32)
        assert found["whole"].p90_days == 48
        assert found["corrections_requested"].median is None
        assert (found["instruction"].waiting, found["instruction"].oldest) == (1, START + dt.timedelta(70))
        body = client_for_token(None).get("/api/v1/durations/").json()
        line = next(s for s in body["schemes"][0]["steps"] if s["step"] == "whole")
        assert (line["passages"], line["median_days"], line["p90_days"]) == (5, "32.0", "48.0")
        page = client_for(None).get("/durees/").content.decode()
        assert "32\u00a0jours" in page and "1\u00a0dossier, le plus ancien depuis le" in page
        sheet = b"".join(client_for(None).get("/durees/fichier.csv").streaming_content).decode()
        assert "whole" in sheet and "32" in sheet
    assert client_for(None).get("/durees/fichier.exe").status_code == 404


def test_what_ended_more_than_a_year_ago_is_left_out():
    people = before()
    for _ in range(5):
        decided(people, instruction=10)
    with at(30):
        assert steps()["whole"].median_days == 12
    with at(400):
        assert (steps()["whole"].passages, steps()["whole"].median) == (0, None)


def test_it_costs_two_queries():
    people = before()
    for _ in range(3):
        builders.make_dossier(people, upto="instruction")
    with CaptureQueriesContext(connection) as seen:
        measured()
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("lasted", "said", "figure"),
    [
        (None, "Inconnue", None),
        (dt.timedelta(seconds=4), "Moins d’une heure", Decimal("0.1")),
        (dt.timedelta(hours=3), "3\u00a0heures", Decimal("0.1")),
        (dt.timedelta(days=12, hours=12), "12,5\u00a0jours", Decimal("12.5")),
    ],
)
def test_words_and_figures(lasted, said, figure):
    assert (words(lasted), days(lasted)) == (said, figure)
