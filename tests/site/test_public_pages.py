"""Public pages: they answer to anybody, say one title, and only lead where something is."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import Resolver404, resolve

from tests.builders import client_for, make_member

pytestmark = pytest.mark.django_db

PUBLIC = [
    "/",
    "/aide/",
    "/doctrine/",
    "/accessibilite/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/cookies/",
    "/plan-du-site/",
    "/signaler-un-probleme/",
]


@pytest.mark.parametrize("path", PUBLIC)
def test_answers_to_a_stranger_with_one_title(path: str, client: Client) -> None:
    response = client.get(path)
    html = response.content.decode()
    assert response.status_code == 200
    assert html.count("<h1") == 1
    assert html.count('role="status"') == 1
    assert "Place de marché cloud du secteur public</title>" in html


# The offers, projects and supplier's lists belong to other apps, asked here by their fixed addresses.
@pytest.mark.parametrize("path", PUBLIC)
def test_every_link_of_a_public_page_leads_somewhere(path: str, client: Client) -> None:
    html = client.get(path).content.decode()
    links = {link.split("?")[0].split("#")[0] for link in re.findall(r'href="(/[^"]*)"', html)}
    dead = set()
    for link in links - {"/static"}:
        if link.startswith("/static/"):
            continue
        try:
            resolve(link)
        except Resolver404:
            dead.add(link)
    assert not dead


def test_doctrine_shows_each_text_with_its_date(client: Client) -> None:
    html = client.get("/doctrine/").content.decode()
    assert "6404/SG du 31 mai 2023" in html
    assert 'datetime="2023-05-31"' in html
    assert "R9. Protéger les données confiées à un cloud commercial" in html


def test_a_problem_is_sent_to_support_with_its_page_and_reference(client: Client) -> None:
    said = {"text": "Le bouton ne répond pas", "page": "/offres/?q=a", "email": "nom@ministere.example"}
    response = client.post("/signaler-un-probleme/", said)
    assert response.status_code == 302
    (message,) = mail.outbox
    assert message.reply_to == ["nom@ministere.example"]
    assert "Page : /offres/?q=a" in message.body
    assert response["X-Request-ID"] in message.body
    assert "Signalement envoyé" in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "x", "email": "pas-une-adresse"}, "email"),
        ({"text": "x", "email": "a@b.example\nBcc: c@d.example"}, "email"),
        ({"text": "x", "page": "y" * 301}, "page"),
    ],
)
def test_a_problem_badly_told_is_refused_on_its_field(
    answers: dict[str, str], field: str, client: Client
) -> None:
    response = client.post("/signaler-un-probleme/", answers)
    assert response.status_code == 400
    assert f'id="id_{field}_error"' in response.content.decode()
    assert mail.outbox == []


def test_the_page_reported_is_kept_in_the_form(client: Client) -> None:
    html = client.get("/signaler-un-probleme/", {"page": '/offres/"><b>'}).content.decode()
    assert 'value="/offres/&quot;&gt;&lt;b&gt;"' in html


def test_header_shows_whom_one_acts_for() -> None:
    member = make_member("requester")
    html = client_for(member).get("/aide/").content.decode()
    assert f'{member.organisation.name}<span class="fr-sr-only"> — changer d’organisation' in html
    assert "Notifications" in html
    assert "Se connecter" not in html


def test_search_of_the_header_is_not_doubled(client: Client) -> None:
    assert 'id="recherche-entete"' not in client.get("/").content.decode()
    assert 'id="recherche-entete"' in client.get("/aide/").content.decode()


def test_sign_in_is_offered_to_a_stranger(client: Client) -> None:
    assert "Se connecter" in client.get("/aide/").content.decode()
