"""saved-searches/: strangers first, then the whole JSON."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import SavedSearch
from catalog.saved_searches.news import watch
from tests.builders import make_member
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
SEARCHES = "/api/v1/saved-searches/"
BODY = {"name": "Coffres", "query": "q=coffre&model=saas", "is_shared": True}


def made(member: Any, **values: Any) -> str:
    answer = client_for_token(member).post(SEARCHES, {**BODY, **values})
    assert answer.status_code == 201, answer.content
    return str(answer["Location"])


def test_who_may_not() -> None:
    author = make_member("requester")
    url = made(author, is_shared=False)
    for address in (SEARCHES, url, f"{url}news/"):
        problem_of(client_for_token(None).get(address), 401)
    for other in (make_member("approver", organisation=author.organisation), make_member("curator")):
        client = client_for_token(other)
        assert client.get(SEARCHES).json()["results"] == []
        for answer in (client.get(url), client.patch(url, {"name": "x"}), client.delete(url)):
            problem_of(answer, 404)
        problem_of(client.post(f"{url}follow/"), 404)
    problem_of(client_for_token(make_member("auditor")).post(SEARCHES, BODY), 403)


def test_a_search_whole() -> None:
    author = make_member("requester")
    make_offer(answers={"name": "Coffre"})
    client, url = client_for_token(author), made(author, query="?q=coffre&couleur=bleu&page=2")
    search = SavedSearch.objects.get()
    shown = client.get(url).json()
    assert bool(shown.pop("created_at"))
    assert shown == {
        "id": str(search.uuid),
        "name": "Coffres",
        "query": "q=coffre&couleur=bleu",
        "is_shared": True,
        "is_mine": True,
        "is_followed": True,
        "is_too_broad": False,
        "found": None,
        "checked_on": None,
        "page": f"/mes-recherches/{search.uuid}/",
        "ignored": ["couleur"],
    }
    watch(search.pk)
    assert client.get(url).json()["found"] == 1
    assert client.get(f"{url}news/").json()["results"] == []


def test_writing() -> None:
    author = make_member("requester")
    client, url = client_for_token(author), made(author)
    assert client.patch(url, {"name": "Coffres-forts"}).json()["name"] == "Coffres-forts"
    assert client.patch(url, {"is_shared": False}).json()["is_shared"] is False
    assert faults(client.patch(url, {"query": "q=autre"})) == {"query"}
    assert faults(client.post(SEARCHES, {"name": ""})) == {"name"}
    assert faults(client.post(SEARCHES, {"name": "Coffres-forts"})) == {"name"}
    assert faults(client.post(SEARCHES, {"name": "x", "query": "q=" + "é" * 1000})) == {"query"}
    assert client.post(f"{url}unfollow/").json()["is_followed"] is False
    assert client.post(f"{url}follow/").json()["is_followed"] is True
    assert client.delete(url).status_code == 204
    problem_of(client.get(url), 404)


def test_colleagues_follow_and_do_not_write() -> None:
    author = make_member("requester")
    url = made(author)
    client = client_for_token(make_member("approver", organisation=author.organisation))
    assert client.get(url).json()["is_mine"] is False
    assert client.post(f"{url}follow/").json()["is_followed"] is True
    for answer in (client.patch(url, {"name": "x"}), client.delete(url)):
        problem_of(answer, 403)
