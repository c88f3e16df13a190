"""categories/: read by everybody, written by curators, the same rules as the pages."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Category
from tests.builders import make_member
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
CATEGORIES = "/api/v1/categories/"


def curator() -> Any:
    return client_for_token(make_member("curator"))


def test_who_may_not() -> None:
    category = Category.objects.create(code="travail", label="Travail")
    url = f"{CATEGORIES}{category.uuid}/"
    for client, status in ((client_for_token(None), 401), (client_for_token(make_member("requester")), 403)):
        problem_of(client.post(CATEGORIES, {"label": "Essai"}), status)
        problem_of(client.patch(url, {"label": "Essai"}), status)
        problem_of(client.post(f"{url}retire/"), status)


def test_a_category_whole() -> None:
    client = curator()
    top = client.post(CATEGORIES, {"label": "Travail"}).json()
    answer = client.post(CATEGORIES, {"label": "Courriel", "parent": top["code"]})
    assert answer.status_code == 201
    made = Category.objects.get(code="courriel")
    expected = {
        "id": str(made.uuid),
        "code": "courriel",
        "label": "Courriel",
        "parent": "travail",
        "path": ["Travail", "Courriel"],
        "level": 2,
        "position": 1,
        "state": "open",
        "state_since": answer.json()["state_since"],
        "version": 1,
        "replaced_by": None,
    }
    assert answer.json() == expected
    visitor = client_for_token(None)
    assert visitor.get(f"{CATEGORIES}{made.uuid}/").json() == expected
    assert [row["code"] for row in visitor.get(f"{CATEGORIES}?state=open").json()["results"]] == [
        "courriel",
        "travail",
    ]


def test_editing_asks_for_the_version_read_and_says_what_is_wrong() -> None:
    client = curator()
    top = Category.objects.create(code="travail", label="Travail")
    url = f"{CATEGORIES}{top.uuid}/"
    problem_of(client.patch(url, {"label": "Essai"}), 428)
    problem_of(client.patch(url, {"label": "Essai"}, headers={"If-Match": '"9"'}), 412)
    assert client.patch(url, {"label": "Bureau"}, headers={"If-Match": '"1"'}).json()["label"] == "Bureau"
    wrong = client.patch(url, {"parent": "travail"}, headers={"If-Match": '"2"'})
    assert faults(wrong) == {"parent"}
    assert faults(client.post(CATEGORIES, {"label": "", "parent": "inconnue", "oups": 1})) == {
        "label",
        "parent",
        "oups",
    }


def test_retiring_hands_the_offers_over_once() -> None:
    client = curator()
    old = Category.objects.create(code="ancienne", label="Ancienne")
    Category.objects.create(code="nouvelle", label="Nouvelle")
    offer = make_offer(answers={"category": "ancienne"})
    url = f"{CATEGORIES}{old.uuid}/retire/"
    assert faults(client.post(url)) == {"into"}
    answer = client.post(url, {"into": "nouvelle", "reason": "Doublon."}).json()
    assert (answer["state"], answer["replaced_by"]) == ("retired", "nouvelle")
    offer.refresh_from_db()
    assert offer.category is not None
    assert offer.category.code == "nouvelle"
    problem_of(client.post(url, {"into": "nouvelle"}), 409)
    problem_of(client.patch(f"{CATEGORIES}{old.uuid}/", {"label": "x"}, headers={"If-Match": '"2"'}), 409)
