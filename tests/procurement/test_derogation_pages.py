"""/projets/…/derogation/ and /projets/…/besoin/: strangers first, then the road by its pages."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from catalog.models import MissingNeed
from catalog.needs import actions as needs
from marketplace.files.models import FileAccess
from procurement.models import Derogation, Project
from tests.builders import actor_for, client_for, make_member
from tests.procurement.builders import Administration, assessed_project
from tests.procurement.derogation_builders import (
    days_ago,
    engaged_project,
    found,
    make_derogation,
    make_saas,
    pdf,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministry() -> Administration:
    return Administration()


@pytest.fixture
def project(ministry: Administration) -> Project:
    return engaged_project(ministry)


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).replace("\u00a0", " ").split())


def browser(actor: Any) -> Client:
    return client_for(actor.membership)


def typed(**more: Any) -> dict[str, Any]:
    return {"dated_on": days_ago(1).isoformat(), "reference": "ESSAI-1", "document": pdf(), **more}


def test_strangers_and_others(ministry: Administration, project: Project) -> None:
    made = make_derogation(ministry, project=project)
    pages = [f"/projets/{project.number}/{part}" for part in ("derogation/", "derogation/signer/", "besoin/")]
    paper = f"/projets/{project.number}/derogation/actes/{made.acts.get().uuid}/document/"
    for url in (*pages, paper):
        assert client_for(None).get(url).status_code == 302
        for role in ("requester", "supplier_manager", "curator"):
            assert client_for(make_member(role)).get(url).status_code == 404, (role, url)
    colleague = browser(ministry.person("approver"))
    assert [colleague.get(url).status_code for url in (*pages, paper)] == [200, 403, 403, 200]
    assert FileAccess.objects.count() == 1


def test_the_rule_is_said_with_its_source_and_its_doubt(ministry: Administration, project: Project) -> None:
    said = text_of(browser(ministry.requester).get(f"/projets/{project.number}/derogation/"))
    for words in (
        "12 mois",
        "Circulaire n° 6404/SG du 31 mai 2023, règle R9",
        "Point incertain",
        "18 mois",
        "Elle ne rend aucune offre conforme",
        "Demander une dérogation R9",
    ):
        assert words in said, words
    new = assessed_project(ministry, project_kind="new")
    said = text_of(browser(ministry.requester).get(f"/projets/{new.number}/derogation/"))
    assert "réservée aux projets déjà engagés" in said and "Demander une dérogation" not in said


def test_s11_offers_both_ways_out_only_where_they_lead(ministry: Administration, project: Project) -> None:
    client, address = browser(ministry.requester), f"/projets/{project.number}/offres/"
    said = text_of(client.get(address))
    assert "Signaler ce besoin" in said and "Demander une dérogation R9" in said
    new = assessed_project(ministry, project_kind="new")
    said = text_of(client.get(f"/projets/{new.number}/offres/"))
    assert "Signaler ce besoin" in said and "Demander une dérogation R9" not in said
    reader = text_of(browser(ministry.person("approver")).get(address))
    assert "Signaler ce besoin" not in reader and "Demander une dérogation R9" not in reader
    make_saas(trust={"secnumcloud": "in_force"})
    said = text_of(client.get(address))
    assert "1 offre conforme" in said
    assert "Signaler ce besoin" not in said and "Demander une dérogation R9" not in said


def test_the_road(ministry: Administration, project: Project) -> None:
    base = f"/projets/{project.number}/derogation/"
    author, keeper = browser(ministry.requester), browser(ministry.authority)
    asked = author.post(f"{base}demander/", typed(reason="Rien ne convient."))
    assert (asked.status_code, asked["Location"]) == (302, base)
    for words, more in (("signer", {}), ("valider", {})):
        assert keeper.get(f"{base}{words}/").status_code == 200
        assert keeper.post(f"{base}{words}/", typed(**more)).status_code == 302
    assert keeper.post(f"{base}activer/", {"starts_on": days_ago(0).isoformat()}).status_code == 302
    said = text_of(author.get(base))
    assert "En vigueur" in said and "aucune offre acceptable n’est constatée" in said
    offer = make_saas(trust={"secnumcloud": "in_force"})
    assert "1 offre à examiner" in text_of(keeper.get(base)) and offer.name in text_of(keeper.get(base))
    finding = typed(reason="Compensable.", offer=offer.number, available_on=days_ago(1).isoformat())
    assert keeper.post(f"{base}constater/", finding).status_code == 302
    made = Derogation.objects.get()
    assert made.ends_on is not None and made.months == 12
    assert keeper.post(f"{base}constater/", finding).status_code == 409
    for url in (f"/projets/{project.number}/", f"/projets/{project.number}/offres/"):
        said = text_of(author.get(url))
        assert f"Dérogation R9 {made.number}" in said and "Elle ne rend aucune offre conforme" in said


def test_refused_forms_keep_what_was_typed(ministry: Administration, project: Project) -> None:
    base = f"/projets/{project.number}/derogation/"
    wrong = browser(ministry.requester).post(f"{base}demander/", {"reason": "Un long motif"})
    assert wrong.status_code == 400 and "Un long motif" in text_of(wrong)
    not_pdf = typed(reason="Un long motif", document=pdf("note.txt"))
    not_pdf["document"].file.seek(0)
    not_pdf["document"].file.write(b"bonjour tout le monde")
    not_pdf["document"].file.seek(0)
    wrong = browser(ministry.requester).post(f"{base}demander/", not_pdf)
    assert wrong.status_code == 400 and "d’un type accepté" in text_of(wrong)
    make_derogation(ministry, project=project)
    late = browser(ministry.authority).post(
        f"{base}signer/", typed(dated_on=days_ago(-3).isoformat(), reference="REF-9")
    )
    assert late.status_code == 400 and "à venir" in text_of(late) and "REF-9" in text_of(late)
    stale = browser(ministry.authority).post(f"{base}signer/", typed(version="99"))
    assert stale.status_code == 412
    assert Derogation.objects.get().acts.count() == 1


def test_a_refusal_closes_and_another_may_follow(ministry: Administration, project: Project) -> None:
    made = make_derogation(ministry, project=project)
    base, keeper = made.get_absolute_url(), browser(ministry.authority)
    answer = keeper.post(f"{base}refuser/", {**typed(reason="Une offre arrive."), "document": ""})
    assert answer.status_code == 302
    said = text_of(browser(ministry.requester).get(base))
    assert "Refusée" in said and "Une offre arrive." in said and "Demander une dérogation R9" in said
    assert keeper.post(f"{base}signer/", typed()).status_code == 409


def test_the_desk_of_who_keeps_the_file(ministry: Administration, project: Project) -> None:
    made = make_derogation(ministry, project=project)
    assert made.number in text_of(browser(ministry.authority).get("/bureau/"))
    assert made.number not in text_of(browser(ministry.person("approver")).get("/bureau/"))


def test_a_bounded_one_is_told_before_its_end(ministry: Administration, project: Project) -> None:
    made = make_derogation(ministry, project=project, upto="active")
    found(made, ministry, available_on=days_ago(340))
    said = text_of(browser(ministry.requester).get(made.get_absolute_url()))
    assert "Expire bientôt" in said


def test_a_need_is_reported_from_the_project_without_naming_it(
    ministry: Administration, project: Project
) -> None:
    client, address = browser(ministry.requester), f"/projets/{project.number}/besoin/"
    page = client.get(address)
    assert project.title in text_of(page) and "SecNumCloud" in text_of(page)
    assert "secnumcloud=in_force" in html.unescape(page.content.decode())
    answer = client.post(address, {"title": project.title, "description": "Obligations à respecter."})
    need = MissingNeed.objects.get()
    assert answer["Location"] == need.get_absolute_url()
    other = text_of(client_for(make_member("requester")).get(need.get_absolute_url()))
    assert project.number not in other
    assert need.number in text_of(client.get(f"/projets/{project.number}/"))
    assert project.missing_needs.count() == 1


def test_joining_from_the_project_links_it_too(ministry: Administration, project: Project) -> None:
    need = needs.report(actor=actor_for("requester"), title=project.title)
    client, address = browser(ministry.requester), f"/projets/{project.number}/besoin/"
    assert "1 besoin proche" in text_of(client.get(address))
    for _ in range(2):
        assert client.post(address, {"rejoindre": need.number}).status_code == 302
    assert need.joins.count() == 2 and project.missing_needs.count() == 1
    kept = needs.report(actor=actor_for("requester"), title="Autre chose")
    needs.merge(need, actor=actor_for("curator"), into=kept)
    assert kept.number in text_of(client.get(f"/projets/{project.number}/"))
