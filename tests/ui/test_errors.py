"""State pages: the right status, what happened in French, a way out, and nothing of our insides."""

import logging

import pytest
from django.test import Client, override_settings

from tests.builders import client_for, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.urls")]

EXPECTED = [
    ("400", 400, "La date de fin précède le début\u00a0: corrigez."),
    ("403", 403, "Rôle nécessaire\u00a0: valideur."),
    ("denied", 403, "Réservé à l’assistance."),
    ("404", 404, "Page introuvable ou non visible pour votre organisation."),
    ("http404", 404, "Page introuvable ou non visible pour votre organisation."),
    ("409", 409, "Déjà approuvé à 10\u00a0h 04."),
    ("410", 410, "à la demande du fournisseur"),
    ("412", 412, "Rechargez la page"),
    ("428", 428, "If-Match"),
    ("429", 429, "Réessayez à 10\u00a0h 15."),
]


@pytest.mark.parametrize(("code", "status", "words"), EXPECTED)
def test_refusal_is_a_page(code: str, status: int, words: str) -> None:
    response = client_for(make_member("requester")).get(f"/essai/refus/{code}/")
    html = response.content.decode()
    assert response.status_code == status
    assert words in html
    assert "<h1>" in html
    assert "secret detail" not in html


def test_a_stranger_refused_is_led_to_sign_in(client: Client) -> None:
    response = client.get("/essai/refus/403/")
    assert response.status_code == 302
    assert "next=/essai/refus/403/" in response["Location"]


def test_crash_says_a_reference_that_the_log_holds(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        response = client.get("/essai/refus/500/")
    html = response.content.decode()
    assert response.status_code == 500
    assert "Une erreur est survenue chez nous" in html
    assert response["X-Request-ID"] in html
    assert response["X-Request-ID"] in caplog.text
    assert "secret detail" not in html


def test_unknown_address_of_the_api_is_a_problem_document(client: Client) -> None:
    response = client.get("/api/v1/n-existe-pas/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_body_announced_too_large_is_refused_before_it_is_read(client: Client) -> None:
    response = client.generic("POST", "/essai/formulaire/", b"", CONTENT_LENGTH="100000000")
    assert response.status_code == 413
    assert "10\u00a0Mo au plus" in response.content.decode()


def test_body_of_absurd_length_is_refused(client: Client) -> None:
    assert client.generic("POST", "/essai/formulaire/", b"", CONTENT_LENGTH="-1").status_code == 413


@override_settings(MAINTENANCE_UNTIL="2099-03-03T08:00:00+01:00")
def test_maintenance_answers_503_with_the_hour(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 503
    assert "jusqu’à 8\u00a0h\u00a000" in response.content.decode()
    assert int(response["Retry-After"]) > 0


def test_refused_csrf_says_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/signaler-un-probleme/", {"text": "x"})
    assert response.status_code == 403
    assert "rechargez-la" in response.content.decode()


def test_request_id_of_the_proxy_is_kept_when_plain(client: Client) -> None:
    assert client.get("/aide/", headers={"X-Request-ID": "abcdef123456"})["X-Request-ID"] == "abcdef123456"
    assert client.get("/aide/", headers={"X-Request-ID": "<script>"})["X-Request-ID"] != "<script>"


def test_content_policy_has_no_exception(client: Client) -> None:
    policy = client.get("/aide/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy
