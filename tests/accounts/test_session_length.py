"""The end of a session: without activity, whatever is done, put off on demand; nothing typed is lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from marketplace.accounts.models import Membership
from tests.builders import client_for, make_member

pytestmark = pytest.mark.django_db
KEEP = "/compte/session/prolonger/"
START = dt.datetime(2026, 11, 26, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def lengths(settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES, settings.SESSION_MAX_HOURS = 30, 2


@pytest.fixture
def member() -> Membership:
    return make_member("requester")


def signed_in(member: Membership) -> Client:
    with time_machine.travel(START, tick=False):
        return client_for(member)


def open_at(client: Client, minutes: int, url: str = "/bureau/") -> int:
    with time_machine.travel(START + dt.timedelta(minutes=minutes), tick=False):
        return int(client.get(url).status_code)


def test_a_stranger_has_nothing_to_put_off(client: Client) -> None:
    response = client.post(KEEP)
    assert response.status_code == 302
    assert "/connexion/" in response["Location"]
    assert client.get(KEEP).status_code == 405
    assert "fin-de-session" not in client.get("/").content.decode()


def test_without_activity_it_ends_and_activity_puts_it_off(member: Membership) -> None:
    client = signed_in(member)
    assert [open_at(client, minutes) for minutes in (0, 20, 45)] == [200, 200, 200]
    assert open_at(client, 76) == 302


def test_no_activity_extends_the_longest_length(member: Membership) -> None:
    client = signed_in(member)
    assert {open_at(client, minutes) for minutes in range(0, 120, 20)} == {200}
    assert open_at(client, 121) == 302


def test_keeping_gives_the_whole_idle_length_until_the_longest_one(member: Membership) -> None:
    client = signed_in(member)
    open_at(client, 0)
    with time_machine.travel(START + dt.timedelta(minutes=26), tick=False):
        assert client.post(KEEP).json() == {"left": 1800, "extendable": True}
    for minutes in (50, 75, 100):
        open_at(client, minutes)
    with time_machine.travel(START + dt.timedelta(minutes=115), tick=False):
        assert client.post(KEEP).json() == {"left": 300, "extendable": False}


def test_the_page_says_how_long_is_left(member: Membership) -> None:
    client = signed_in(member)
    open_at(client, 0)
    with time_machine.travel(START + dt.timedelta(seconds=30), tick=False):
        html = client.get("/bureau/").content.decode()
    assert 'data-left="1770" data-extendable="1"' in html
    assert "Rester connecté" in html


def test_many_requests_write_the_session_once_a_minute(member: Membership) -> None:
    client = signed_in(member)
    with time_machine.travel(START, tick=False):
        client.get("/aide/")
        used = client.session["used_at"]
    with time_machine.travel(START + dt.timedelta(seconds=59), tick=False):
        client.get("/aide/")
        assert client.session["used_at"] == used
    with time_machine.travel(START + dt.timedelta(seconds=61), tick=False):
        client.get("/aide/")
        assert client.session["used_at"] == used + 61


def test_a_form_sent_too_late_is_kept_and_given_back(member: Membership) -> None:
    client = signed_in(member)
    with time_machine.travel(START, tick=False):
        html = client.get("/projets/nouveau/").content.decode()
    typed_by = html.partition('name="_typed_by" value="')[2].partition('"')[0]
    with time_machine.travel(START + dt.timedelta(minutes=40), tick=False):
        late = client.post("/projets/nouveau/", {"title": "Messagerie longue", "_typed_by": typed_by})
        assert late.status_code == 302
        assert "/connexion/" in late["Location"]
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        html = client.get("/projets/nouveau/").content.decode()
    assert "Messagerie longue" in html
    assert "Votre texte a été gardé" in html


def test_a_long_form_states_the_length_without_script(member: Membership) -> None:
    client = client_for(member)
    assert "après 30&nbsp;minutes sans activité" in client.get("/projets/nouveau/").content.decode()
    assert "sans activité" not in Client().get("/signaler-un-probleme/").content.decode()
