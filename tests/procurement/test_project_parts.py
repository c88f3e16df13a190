"""Requirements, documents and copy of a project: strangers first, then pages and API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Category
from marketplace.errors import RuleBroken
from procurement.actions.projects import copy_project, edit_project
from procurement.models import Project
from tests.builders import client_for, make_member
from tests.procurement.builders import SENSITIVE, Administration, advised, make_project
from tests.procurement.derogation_builders import pdf
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
REQUIREMENTS: dict[str, Any] = {
    "users": "2 500 agents",
    "categories": ["nuages"],
    "criticality": "high",
    "least_zones": 2,
    "interoperability": "OIDC",
    "exit_plan": "Export en 30 jours",
    "exit_provision_eur_ht": "12000.00",
    "portability": "Aucune adhérence",
    "equivalents": "Deux logiciels libres regardés",
}


@pytest.fixture
def ministry() -> Administration:
    Category.objects.create(code="nuages", label="Nuages")
    return Administration()


@pytest.fixture
def project(ministry: Administration) -> Project:
    return make_project(ministry)


def test_strangers_and_others(ministry: Administration, project: Project) -> None:
    pages = [f"/projets/{project.number}/{part}/" for part in ("exigences", "copier", "documents/joindre")]
    for url in pages:
        assert client_for(None).get(url).status_code == 302
        assert client_for(make_member("requester")).get(url).status_code == 404
    colleague, other = ministry.person("approver"), ministry.person("requester")
    assert [client_for(colleague.membership).get(url).status_code for url in pages] == [403] * 3
    assert [client_for(other.membership).get(url).status_code for url in pages] == [403, 200, 403]
    url = f"/api/v1/projects/{project.uuid}/copy/"
    problem_of(client_for_token(make_member("requester")).post(url), 404)
    problem_of(client_for_token(colleague.membership).post(url), 403)


def test_requirements_by_the_page(ministry: Administration, project: Project) -> None:
    browser, url = client_for(ministry.requester.membership), f"/projets/{project.number}/exigences/"
    bad = browser.post(url, {**REQUIREMENTS, "version": "1", "least_zones": "0", "categories": ["rien"]})
    assert bad.status_code == 400 and "2 500 agents" in bad.content.decode()
    assert browser.post(url, {**REQUIREMENTS, "version": "1"}).status_code == 302
    project.refresh_from_db()
    assert {name: getattr(project, name) for name in REQUIREMENTS} == {
        **REQUIREMENTS,
        "exit_provision_eur_ht": Decimal("12000.00"),
    }
    shown = browser.get(f"/projets/{project.number}/").content.decode()
    assert "Nuages" in shown and "Export en 30 jours" in shown
    assert browser.post(url, {**REQUIREMENTS, "version": "1", "users": "Autre"}).status_code == 412


def test_requirements_by_the_api(ministry: Administration, project: Project) -> None:
    client: Any = client_for_token(ministry.requester.membership)
    url = f"/api/v1/projects/{project.uuid}/"
    answer = client.patch(url, REQUIREMENTS, format="json", headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.content
    assert {name: answer.json()[name] for name in REQUIREMENTS} == REQUIREMENTS
    for bad in ({"least_zones": 21}, {"exit_provision_eur_ht": "-1"}, {"categories": ["rien"]}):
        refused = client.patch(url, bad, format="json", headers={"If-Match": '"2"'})
        assert list(faults(refused)) == list(bad)


def test_an_unknown_category_is_named(ministry: Administration, project: Project) -> None:
    with pytest.raises(RuleBroken) as refused:
        edit_project(project, actor=ministry.requester, categories=["nuages", "rien"])
    assert set(refused.value.fields) == {"categories"} and "« rien »" in refused.value.message


def test_a_copy_keeps_the_need_and_the_answers_not_what_was_decided(ministry: Administration) -> None:
    first = advised(ministry, users="Agents").project
    other = ministry.person("requester")
    made = copy_project(first, actor=other)
    assert (made.state, made.title, made.users) == ("draft", f"Copie de {first.title}", "Agents")
    assert list(made.authors.all()) == [other.user] and made.number != first.number
    analysis = made.current_assessment()
    assert analysis is not None and analysis.state == "draft" and analysis.answers == SENSITIVE
    assert not analysis.opinions.exists()


def test_documents_by_page_and_api(ministry: Administration, project: Project) -> None:
    browser: Any = client_for(ministry.requester.membership)
    url = f"/projets/{project.number}/documents/joindre/"
    assert browser.post(url, {"title": "Note"}).status_code == 400
    assert browser.post(url, {"title": "Note de cadrage", "document": pdf()}).status_code == 302
    kept = project.documents.get()
    assert "Note de cadrage" in browser.get(f"/projets/{project.number}/").content.decode()
    client: Any = client_for_token(ministry.requester.membership)
    api = f"/api/v1/projects/{project.uuid}/documents/"
    added = client.post(api, {"title": "Plan", "document": pdf()}, format="multipart")
    assert added.status_code == 201, added.content
    assert [one["title"] for one in client.get(api).json()] == ["Note de cadrage", "Plan"]
    for reader, address in (
        (browser, f"/projets/{project.number}/documents/{kept.uuid}/"),
        (client, f"{api}{kept.uuid}/"),
    ):
        assert reader.get(address).content[:4] == b"%PDF"
    stranger = client_for_token(make_member("requester"))
    problem_of(stranger.get(f"{api}{kept.uuid}/"), 404)


def test_a_copy_by_page_and_api(ministry: Administration, project: Project) -> None:
    browser = client_for(ministry.requester.membership)
    assert browser.post(f"/projets/{project.number}/copier/").status_code == 302
    client: Any = client_for_token(ministry.requester.membership)
    made = client.post(f"/api/v1/projects/{project.uuid}/copy/")
    assert made.status_code == 201 and made.json()["state"] == "draft"
    assert Project.objects.count() == 3
