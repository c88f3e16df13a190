"""« Mon bureau »: a stranger signs in first; then what waits, oldest limit first, from every app."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.accounts.enums import OrganisationState
from marketplace.ui import desk
from tests.builders import client_for, make_member, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[desk.DeskRow]:
    listed: list[desk.DeskRow] = []
    monkeypatch.setattr(desk, "_ROWS", {"essai": lambda actor: listed})
    monkeypatch.setattr(desk, "_SHORTCUTS", {})
    return listed


def test_a_stranger_is_led_to_sign_in(client: Client) -> None:
    response = client.get("/bureau/")
    assert response.status_code == 302
    assert "next=/bureau/" in response["Location"]


def test_nothing_waits(rows: list[desk.DeskRow]) -> None:
    html = client_for(make_member("requester")).get("/bureau/").content.decode()
    assert "À faire (0)" in html
    assert "Rien ne vous attend." in html


def test_rows_of_all_apps_oldest_limit_first_and_first_button(rows: list[desk.DeskRow]) -> None:
    today = timezone.localdate()
    rows += [
        desk.DeskRow("CMD-2", "/commandes/CMD-2/", "Donner un avis", due_on=today + dt.timedelta(days=5)),
        desk.DeskRow(
            "CMD-1",
            "/commandes/CMD-1/",
            "Approuver",
            due_on=today - dt.timedelta(days=2),
            button="Examiner CMD-1",
        ),
        desk.DeskRow("PRJ-9", "/projets/PRJ-9/", "Réponse reçue", zone=desk.CHANGED, by="Nuage Exemple"),
    ]
    html = client_for(make_member("approver")).get("/bureau/").content.decode()
    assert "À faire (2)" in html
    assert html.index("CMD-1") < html.index("CMD-2")
    assert '<a class="fr-btn" href="/commandes/CMD-1/">Examiner CMD-1</a>' in html
    assert "en retard de 2\u00a0jours" in html
    assert "dans 5\u00a0jours" in html
    assert "Ce qui a changé" in html
    assert "Nuage Exemple" in html


def test_a_role_that_ended_is_said(rows: list[desk.DeskRow]) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    member = make_member("approver", starts_on=yesterday - dt.timedelta(days=30), expires_on=yesterday)
    html = client_for(member).get("/bureau/").content.decode()
    assert "Votre rôle «&nbsp;Valideur&nbsp;» a pris fin." in html


def test_an_organisation_not_verified_is_said(rows: list[desk.DeskRow]) -> None:
    member = make_member("requester", organisation=make_organisation(state=OrganisationState.PENDING))
    assert "Organisation à vérifier" in client_for(member).get("/bureau/").content.decode()


def test_first_shortcut_is_the_button_when_nothing_waits(
    rows: list[desk.DeskRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        desk, "_SHORTCUTS", {"essai": lambda actor: [desk.Shortcut("Créer un projet", "/projets/nouveau/")]}
    )
    html = client_for(make_member("requester")).get("/bureau/").content.decode()
    assert '<a class="fr-btn" href="/projets/nouveau/">Créer un projet</a>' in html


def test_real_sources_answer_for_every_role() -> None:
    for role in (
        "requester",
        "approver",
        "finance",
        "supplier_manager",
        "qualification_officer",
        "curator",
        "auditor",
    ):
        response = client_for(make_member(role)).get("/bureau/")
        assert response.status_code == 200, role
