"""What one place without account may send in a minute: pages and API, one count for every process."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client, RequestFactory, override_settings
from rest_framework.test import APIClient

from marketplace.ui import visitors
from marketplace.ui.models import VisitorSends
from marketplace.ui.tasks import forget_visitor_sends
from tests.builders import client_for, make_member, token_for

pytestmark = pytest.mark.django_db
ASSESS = "/api/v1/doctrine/assessments/"
ROUTES = "/api/v1/purchase-routes/"
ASKED = {"buyer_kind": "state", "value_eur_ht": "45000", "date": "2026-11-26"}


@pytest.fixture(autouse=True)
def three_a_minute(settings: Any) -> None:
    settings.VISITOR_SENDS_PER_MINUTE = 3


def ask(**headers: str) -> Any:
    return APIClient().post(ROUTES, ASKED, format="json", **headers)


def test_beyond_the_limit_the_api_answers_a_429_problem() -> None:
    assert [ask().status_code for _ in range(3)] == [200, 200, 200]
    response = ask()
    body = response.json()
    assert response.status_code == 429
    assert response["Content-Type"] == "application/problem+json"
    assert body["code"] == "too_many_sends"
    assert body["detail"].startswith("3\u00a0envois par minute au plus sans compte. Réessayez à")
    assert 1 <= int(response["Retry-After"]) <= 60


def test_pages_and_api_share_one_count_and_the_page_says_when(client: Client) -> None:
    for _ in range(3):
        ask()
    response = client.post("/doctrine/essayer/", {})
    html = response.content.decode()
    assert response.status_code == 429
    assert "Trop d’essais" in html
    assert "envois par minute au plus sans compte. Réessayez à" in html
    assert int(response["Retry-After"]) >= 1


def test_reading_a_signed_in_person_and_a_token_are_not_counted(client: Client) -> None:
    member = make_member("requester")
    token = token_for(member)
    for _ in range(5):
        assert client.get("/").status_code == 200
        assert ask(HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200
        assert client_for(member).post("/doctrine/essayer/", {}).status_code != 429
    assert VisitorSends.objects.count() == 0
    assert ask(HTTP_AUTHORIZATION="Bearer inconnu").status_code == 401


def test_what_stores_nothing_is_counted_no_more_than_a_page(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answers = [APIClient().post(ASSESS, {"buyer_kind": "state"}, format="json") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}


def test_another_place_and_the_next_minute_begin_again() -> None:
    for _ in range(4):
        last = ask()
    assert last.status_code == 429
    assert ask(REMOTE_ADDR="198.51.100.7").status_code == 200
    VisitorSends.objects.update(starts_at=F("starts_at") - dt.timedelta(minutes=1))
    assert ask().status_code == 200


@override_settings(VISITOR_SENDS_PER_MINUTE=0)
def test_zero_is_no_limit_and_no_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert ask().status_code == 200


def place(address: str, forwarded: str = "") -> str:
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return visitors.place_of(RequestFactory().post("/", REMOTE_ADDR=address, **extra))


def test_the_address_is_the_one_our_own_proxies_saw(settings: Any) -> None:
    invented = "192.0.2.1, 198.51.100.7"
    assert place("127.0.0.1", invented) == place("127.0.0.1")
    settings.PROXY_COUNT = 1
    assert place("127.0.0.1", invented) == place("198.51.100.7")


def test_a_whole_ipv6_network_is_one_place_and_no_address_is_kept() -> None:
    assert place("2001:db8::1") == place("2001:db8::ffff")
    assert place("2001:db8::1") != place("2001:db8:0:1::1")
    assert place("::ffff:192.0.2.1") == place("192.0.2.1")
    ask(REMOTE_ADDR="192.0.2.1")
    assert "192.0.2.1" not in str(VisitorSends.objects.values().get())


def test_counts_of_minutes_gone_by_are_forgotten() -> None:
    ask()
    forget_visitor_sends()
    assert VisitorSends.objects.count() == 1
    VisitorSends.objects.update(starts_at=F("starts_at") - dt.timedelta(minutes=10))
    forget_visitor_sends()
    assert VisitorSends.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_competing_connections_lose_no_send(settings: Any) -> None:
    settings.VISITOR_SENDS_PER_MINUTE = 1000

    def send(_: int) -> None:
        try:
            visitors.count(RequestFactory().post("/", REMOTE_ADDR="192.0.2.9"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(40)))
    assert sum(VisitorSends.objects.values_list("sends", flat=True)) == 40
