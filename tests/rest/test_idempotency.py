"""Sent twice, done once: also by two connections at the same moment."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from marketplace.accounts.models import Organisation
from marketplace.celery import app
from marketplace.rest.models import IdempotencyKey
from marketplace.rest.tasks import forget_idempotency_keys
from tests.builders import make_member
from tests.rest import sample
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.urls("tests.rest.sample")
URL = "/api/v1/organisations/"
GOOD = {"name": "Une seule", "kind": "state", "identifier": "1"}


def made() -> int:
    return Organisation.objects.filter(name="Une seule").count()


@pytest.mark.django_db
def test_the_second_answer_is_the_first() -> None:
    client = client_for_token(make_member("support"))
    first = client.post(URL, GOOD, HTTP_IDEMPOTENCY_KEY="k1")
    again = client.post(URL, GOOD, HTTP_IDEMPOTENCY_KEY="k1")
    assert (first.status_code, again.status_code, made()) == (201, 201, 1)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"] == f"{URL}{first.json()['id']}/"
    assert again["Idempotent-Replayed"] == "true"


@pytest.mark.django_db
def test_another_body_under_the_same_key_is_409() -> None:
    client = client_for_token(make_member("support"))
    client.post(URL, GOOD, HTTP_IDEMPOTENCY_KEY="k1")
    answer = client.post(URL, {**GOOD, "kind": "gip"}, HTTP_IDEMPOTENCY_KEY="k1")
    assert problem_of(answer, 409)["code"] == "idempotency_key_reused"


@pytest.mark.django_db
def test_keys_of_two_people_do_not_meet() -> None:
    for _ in range(2):
        client = client_for_token(make_member("support"))
        assert client.post(URL, GOOD, HTTP_IDEMPOTENCY_KEY="k1").status_code == 201
    assert made() == 2


@pytest.mark.django_db
def test_a_refusal_is_not_kept_and_without_the_header_nothing_is() -> None:
    client = client_for_token(make_member("support"))
    assert faults(client.post(URL, {}, HTTP_IDEMPOTENCY_KEY="k1")) == {"name", "kind", "identifier"}
    assert client.post(URL, GOOD, HTTP_IDEMPOTENCY_KEY="k1").status_code == 201
    client.post(URL, GOOD)
    assert (made(), IdempotencyKey.objects.count()) == (2, 1)
    assert faults(client.post(URL, GOOD, HTTP_IDEMPOTENCY_KEY="k" * 201)) == {"Idempotency-Key"}


@pytest.mark.django_db
def test_keys_are_kept_a_day_then_forgotten() -> None:
    client = client_for_token(make_member("support"))
    for key in ("old", "young"):
        client.post(URL, GOOD, HTTP_IDEMPOTENCY_KEY=key)
    now = timezone.now()
    for key, hours in (("old", 25), ("young", 23)):
        IdempotencyKey.objects.filter(key=key).update(created_at=now - dt.timedelta(hours=hours))
    forget_idempotency_keys()
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["young"]
    client.post(URL, GOOD, HTTP_IDEMPOTENCY_KEY="old")
    assert made() == 3
    assert forget_idempotency_keys.name in {entry["task"] for entry in app.conf.beat_schedule.values()}


@pytest.mark.django_db(transaction=True)
def test_two_connections_at_once_create_one(monkeypatch: pytest.MonkeyPatch) -> None:
    member = make_member("support")
    inside, go_on = threading.Event(), threading.Event()
    create = sample.OrganisationViewSet.create_object

    def slow(self: Any, **kwargs: Any) -> Any:
        inside.set()
        assert go_on.wait(10)
        return create(self, **kwargs)

    monkeypatch.setattr(sample.OrganisationViewSet, "create_object", slow)
    client, rival = client_for_token(member), client_for_token(member)
    answers: list[int] = []

    def first() -> None:
        try:
            answers.append(client.post(URL, GOOD, HTTP_IDEMPOTENCY_KEY="k1").status_code)
        finally:
            close_old_connections()
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    assert (
        problem_of(rival.post(URL, GOOD, HTTP_IDEMPOTENCY_KEY="k1"), 409)["code"] == "idempotency_in_progress"
    )
    go_on.set()
    thread.join(10)
    assert answers == [201]
    assert rival.post(URL, GOOD, HTTP_IDEMPOTENCY_KEY="k1").status_code == 201
    assert made() == 1
