"""Declared marks and layers of a document: brought back where they can be, else said why not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.actions.authoring import supplier_of
from catalog.models import Offer, TrustMark
from catalog.stack import add_edge
from catalog.trust import add_mark, record_status
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from tests.builders import client_for, make_member
from tests.catalog.builders import ACTOR, make_mark, make_offer
from tests.rest.builders import client_for_token, faults

pytestmark = pytest.mark.django_db
API = "/api/v1/offers/import/"
EMPTY = {"format": "offre", "format_version": 1}


@pytest.fixture
def member() -> Membership:
    return make_member("supplier_editor")


@pytest.fixture
def api(member: Membership) -> APIClient:
    return client_for_token(member)


@pytest.fixture
def offer(member: Membership) -> Offer:
    return make_offer(supplier=supplier_of(member.organisation))


def document_of(api: APIClient, offer: Offer) -> dict[str, Any]:
    return api.get(f"/api/v1/offers/{offer.uuid}/document/").json()


def into(api: APIClient, offer: Offer, **parts: Any) -> Any:
    url = f"/api/v1/offers/{offer.uuid}/"
    return api.post(f"{url}import/", {**EMPTY, **parts}, headers={"If-Match": api.get(url)["ETag"]})


def why(answer: Any) -> dict[str, str]:
    assert answer.status_code == 201, answer.content
    return {one["path"]: one["why"] for one in answer.json()["left_out"]}


MARK = {"scheme": "hds", "scope": "Hébergement", "status": "in_force"}


def test_every_field_of_marks_and_layers_makes_the_round_trip(
    api: APIClient, offer: Offer, member: Membership
) -> None:
    base, actor = make_offer(), Actor.of(member)
    add_mark(
        offer, actor=actor, scheme="hds", level="2", scope="Activités 1 à 4", regions=["FR-Paris"],
        status="in_force", valid_from="2026-01-01", valid_until="2029-01-01", decision_number="12",
        issuer="Certificateur", origin="declared",
    )  # fmt: skip
    add_mark(
        offer, actor=actor, scheme="secnumcloud", status="in_progress", milestone="J1", origin="declared"
    )
    add_edge(offer, actor=actor, base=base, layer="infrastructure", region="FR-Paris", inherits=True)
    add_edge(offer, actor=actor, base_name="Centre de données", layer="data_centre", region="FR")
    document = document_of(api, offer)
    made = api.post(API, document)
    assert (made.status_code, made.json()["left_out"]) == (201, [])
    copy = Offer.objects.get(uuid=made.json()["id"])
    again = document_of(api, copy)
    for part in ("declared_marks", "stack"):
        assert len(document[part]) == 2 and again[part] == document[part]
    assert copy.trust_marks.get(scheme="hds").facts.get().recorded_by == member.user


def test_the_same_document_twice_writes_nothing_more(api: APIClient, offer: Offer) -> None:
    parts = {"declared_marks": [MARK], "stack": [{"base_name": "Socle", "layer": "platform"}]}
    assert why(into(api, offer, **parts)) == {} == why(into(api, offer, **parts))
    assert offer.trust_marks.get().facts.count() == 1
    assert offer.stack_edges.count() == 1


def test_a_declaration_is_corrected_as_on_its_page(api: APIClient, offer: Offer) -> None:
    assert why(into(api, offer, declared_marks=[MARK])) == {}
    assert why(into(api, offer, declared_marks=[MARK | {"valid_until": "2031-01-01"}])) == {}
    mark = offer.trust_marks.get()
    assert (str(mark.valid_until), mark.facts.count()) == ("2031-01-01", 2)
    back = why(into(api, offer, declared_marks=[MARK | {"status": "announced"}]))
    assert "ne peut pas suivre" in back["declared_marks.0"]


def test_a_mark_that_cannot_be_declared_is_said_and_the_rest_is_brought_back(
    api: APIClient, offer: Offer, member: Membership
) -> None:
    make_mark(offer, scheme="iso27001", scope="Essai", origin="register")
    own = add_mark(
        offer, actor=Actor.of(member), scheme="hds", scope="Acte", status="in_force", origin="declared"
    )
    act = {"issuer": "COFRAC", "act_reference": "ACTE-1", "act_date": own.created_at.date()}
    record_status(own, status="suspended", actor=ACTOR, **act)
    given = [
        MARK,
        {"scheme": "iso27001", "scope": "Essai", "status": "in_force", "level": "2022"},
        {"scheme": "hds", "scope": "Acte", "status": "in_force"},
        MARK | {"scope": "Autre", "status": "suspended"},
        MARK | {"scope": "Dates", "valid_from": "2030-01-01", "valid_until": "2029-01-01"},
    ]
    answer = into(api, offer, declared_marks=given)
    check_said(
        answer,
        {
            "declared_marks.1": "L’opérateur a constaté",
            "declared_marks.2": "ne se modifie plus",
            "declared_marks.3": "ne se déclare pas",
            "declared_marks.4": "précède le début",
        },
    )
    assert answer.json()["left_out"][2]["what"].endswith(", Autre")
    assert offer.trust_marks.filter(scope="Hébergement").exists()
    assert not TrustMark.objects.filter(scope__in=("Autre", "Dates")).exists()


def check_said(answer: Any, words: dict[str, str]) -> None:
    said = why(answer)
    assert set(said) == set(words)
    for path, some in words.items():
        assert some in said[path], (path, said[path])


def test_a_layer_that_cannot_be_declared_is_said_and_the_rest_is_brought_back(
    api: APIClient, offer: Offer
) -> None:
    above, draft = make_offer(), make_offer(state="draft")
    add_edge(above, actor=ACTOR, base=offer, layer="platform")
    add_edge(offer, actor=ACTOR, base_name="Socle", layer="platform")
    layer = {"layer": "infrastructure"}
    given = [
        layer | {"base_name": "Centre de données"},
        layer | {"base": "00000000-0000-4000-8000-000000000000", "base_name": "Ailleurs"},
        layer | {"base": str(draft.uuid)},
        layer | {"base": str(above.uuid), "base_name": above.name},
        layer | {"base": str(offer.uuid)},
        layer | {"base_name": "Loin", "region": "Nulle part"},
        {"base_name": "Socle", "layer": "platform", "inherits": True},
    ]
    answer = into(api, offer, stack=given)
    check_said(
        answer,
        {
            "stack.1": "n’est plus, à ce catalogue",
            "stack.2": "n’est plus, à ce catalogue",
            "stack.3": "tourner en rond",
            "stack.4": "tourner en rond",
            "stack.5": "",
            "stack.6": "déjà déclarée autrement",
        },
    )
    assert answer.json()["left_out"][0]["what"] == "Ailleurs, infrastructure"
    assert offer.stack_edges.filter(base_name="Centre de données").exists()


def test_shapes_are_refused_by_their_path_and_nothing_is_applied(api: APIClient, offer: Offer) -> None:
    wrong = into(
        api,
        offer,
        answers={"description": "Changée."},
        declared_marks=[MARK | {"status": "brillant", "origin": "register"}, 3],
        stack=[{"layer": "nuage", "base_name": "x"}, {"layer": "platform"}],
    )
    assert faults(wrong) == {
        "declared_marks.0.status",
        "declared_marks.0.origin",
        "declared_marks.1",
        "stack.0.layer",
        "stack.1.base",
    }
    assert faults(into(api, offer, stack=[{"layer": "platform", "base_name": "x"}] * 101)) == {"stack"}
    assert offer.draft_version is None and not offer.stack_edges.exists()


def test_the_page_says_before_and_after(member: Membership, offer: Offer) -> None:
    browser, url = client_for(member), f"{offer.get_absolute_url()}modifier/importer/"
    gone = {"layer": "platform", "base": "00000000-0000-4000-8000-000000000000", "base_name": "Ailleurs"}
    given = json.dumps({**EMPTY, "declared_marks": [MARK], "stack": [gone]})
    page = browser.post(url, {"text": given, "step": "examine"}).content.decode()
    assert "Ce que l’import ne reprend pas" in page and "Ailleurs, plateforme" in page
    assert not offer.trust_marks.exists()
    after = browser.post(url, {"text": given, "step": "apply"}, follow=True).content.decode()
    assert "Import appliqué." in after and "Ailleurs, plateforme" in after
    assert offer.trust_marks.get().scope == "Hébergement"
