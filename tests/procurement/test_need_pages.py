"""Pages of the need, by person: stranger first, then refusals, then the whole way."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.accounts.enums import Role
from procurement.actions.projects import add_to_shortlist, edit_project
from procurement.models import Assessment, Project
from tests.builders import client_for, make_member
from tests.procurement.builders import Administration, advised, assessed_project, awaiting, make_project
from tests.procurement.order_builders import make_offer

pytestmark = pytest.mark.django_db
TRY = "/doctrine/essayer/"
ANSWERS = {"non_eu_law": False, "data_processing_agreement": True}


@pytest.fixture
def administration():
    return Administration()


def browser(actor):
    return client_for(actor.membership)


def text_of(response):
    text = re.sub(r"<[^>]+>", " ", unescape(response.content.decode()))
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


# -- without an account


STEP_1 = {
    "buyer_kind": "state",
    "project_kind": "new",
    "hosting": "commercial_cloud",
    "service_models": ["saas"],
    "full_cost_eur_ht": "",
}
STEP_2 = {"sensitive_data": ["protected_secret"], "personal_data": "yes", "health_data": "unknown"}
STEP_3 = {"harms": ["health_life"]}


def answer(client, *steps, start=TRY):
    """Follow the dialogue; the last response is the page after the last answer."""
    url = start
    for step in steps:
        response = client.post(url, step)
        assert response.status_code == 302, text_of(response)
        url = response["Location"]
    return url, client.get(url)


def test_the_whole_dialogue_without_account_stores_nothing():
    client = Client()
    _, page = answer(client, STEP_1, STEP_2, STEP_3)
    text = text_of(page)
    assert "SecNumCloud : obligatoire." in text
    assert "Règle R9, circulaire n° 6404/SG du 31 mai 2023" in text
    assert "Faits non donnés : 2" in text
    assert "/offres/?secnumcloud=in_force&amp;secnumcloud=expiring" in page.content.decode()
    assert not Project.objects.exists()
    assert not Assessment.objects.exists()
    assert not client.session.keys()


def test_a_changed_answer_says_which_conclusion_moved_and_comes_back_to_the_result():
    client = Client()
    _, page = answer(client, STEP_1, STEP_2, STEP_3)
    change = unescape(re.search(r'href="([^"]*etape=3[^"]*)"', page.content.decode())[1])
    _, moved = answer(client, {"harms": ["none"]}, start=change)
    assert "SecNumCloud : « Obligatoire » devient « Non requis »." in text_of(moved)
    _, back = answer(client, {"harms": ["health_life"]}, start=change)
    assert "Aucune conclusion ne change." in text_of(back)


def test_answers_are_kept_when_going_back():
    client = Client()
    url, _ = answer(client, STEP_1)
    assert 'value="commercial_cloud"' in client.get(url.replace("etape=2", "etape=1")).content.decode()
    first = client.get(url.replace("etape=2", "etape=1")).content.decode()
    assert re.search(r'value="commercial_cloud"[^>]*checked', first)


def test_nothing_ticked_and_contradictions_name_the_remedy():
    url, _ = answer(Client(), STEP_1)
    empty = Client().post(url, {})
    assert empty.status_code == 400
    assert "Choisissez au moins une réponse, ou « Aucune de ces situations »." in text_of(empty)
    both = Client().post(url, {**STEP_2, "sensitive_data": ["protected_secret", "none"]})
    assert "« Aucune de ces situations » ne se coche pas avec une autre réponse." in text_of(both)


@pytest.mark.parametrize("state", ["forged", "x" * 5000, "eyJhIjp7fX0:1abc:def", "\x00"])
@pytest.mark.parametrize("step", ["1", "4", "99", "abc", ""])
def test_a_damaged_state_starts_afresh(state, step):
    page = Client().get(TRY, {"etat": state, "etape": step})
    assert page.status_code == 200


def test_all_unknown_concludes_nothing():
    steps = (
        {
            **STEP_1,
            "buyer_kind": "unknown",
            "project_kind": "unknown",
            "hosting": "unknown",
            "service_models": ["unknown"],
        },
        {"sensitive_data": ["unknown"], "personal_data": "unknown", "health_data": "unknown"},
        {"harms": ["unknown"]},
    )
    text = text_of(answer(Client(), *steps)[1])
    assert "On ne peut pas conclure" in text
    assert "Faits non donnés : 9" in text


# -- who sees what


def urls(project):
    names = (
        "project",
        "project_edit",
        "project_authors",
        "project_abandon",
        "project_assessment",
        "project_offers",
        "project_shortlist",
        "project_freeze",
        "assessment_decide",
        "assessment_send_back",
    )
    return {name: reverse(f"procurement:{name}", args=[project.number]) for name in names}


def test_a_stranger_signs_in_and_another_administration_sees_nothing(administration):
    project = make_project(administration)
    other = client_for(make_member(Role.REQUESTER))
    for url in urls(project).values():
        assert Client().get(url).status_code == 302
        assert other.get(url).status_code == 404
    assert Client().get("/projets/").status_code == 302
    assert project.number not in text_of(other.get("/projets/"))


SEEN = {
    "requester": {"project", "project_edit", "project_authors", "project_abandon", "project_assessment"},
    "rssi": {"project", "project_assessment"},
    "dpo": {"project", "project_assessment"},
    "authority": {"project", "project_assessment", "assessment_decide", "assessment_send_back"},
}
READ_BY_ALL = {"project_offers", "project_shortlist"}


@pytest.mark.parametrize("who", sorted(SEEN))
def test_pages_by_role(administration, who):
    project = advised(administration).project
    client = browser(getattr(administration, who))
    writes = {"project_freeze"} if who == "requester" else set()
    for name, url in urls(project).items():
        expected = 200 if name in SEEN[who] | READ_BY_ALL | writes else 403
        assert client.get(url).status_code == expected, name


def test_the_authority_who_wrote_does_not_see_the_button(administration):
    project = advised(administration).project
    page = browser(administration.authority).get(f"{urls(project)['project_assessment']}?etape=4")
    assert "Décider" in text_of(page)
    assert (
        urls(project)["assessment_decide"]
        not in browser(administration.requester)
        .get(f"{urls(project)['project_assessment']}?etape=4")
        .content.decode()
    )


# -- the whole way


def test_from_the_need_to_the_frozen_list(administration):
    offer = make_offer(
        answers=ANSWERS, service_models=["saas"], regions=["FR-Lyon"], trust={"secnumcloud": "in_force"}
    )
    requester = browser(administration.requester)
    made = requester.post("/projets/nouveau/", {"title": "Messagerie des agents"}, follow=True)
    project = Project.objects.get()
    assert f"Projet {project.number} créé." in text_of(made)
    analysis = urls(project)["project_assessment"]
    step_1 = {k: v for k, v in STEP_1.items() if k != "buyer_kind"}
    step_2 = {**STEP_2, "health_data": "no"}
    _, result = answer(requester, step_1, step_2, STEP_3, start=f"{analysis}?etape=1")
    assert "Obligatoire" in text_of(result)
    requester.post(reverse("procurement:assessment_ask", args=[project.number]))
    for actor, kind in ((administration.rssi, "rssi"), (administration.dpo, "dpo")):
        url = reverse("procurement:assessment_advise", args=[project.number, kind])
        assert browser(actor).post(url, {"verdict": "unfavourable", "text": "Vu."}).status_code == 302
    decided = browser(administration.authority).post(
        urls(project)["assessment_decide"], {"reason": "Risque accepté."}
    )
    assert decided.status_code == 302
    offers = requester.get(urls(project)["project_offers"])
    assert "1 offre conforme, 0 à vérifier, 0 écartée" in text_of(offers)
    keep = reverse("procurement:project_keep", args=[project.number])
    requester.post(keep, {"offre": offer.number})
    frozen = requester.post(urls(project)["project_freeze"], follow=True)
    assert offer.name in text_of(frozen)
    project.refresh_from_db()
    assert project.state == "sourcing"


def test_a_stale_edit_keeps_both_texts(administration):
    project = make_project(administration)
    requester = browser(administration.requester)
    read = project.version
    edit_project(project, actor=administration.requester, title="Texte enregistré entre-temps")
    answered = requester.post(
        urls(project)["project_edit"], {"title": "Texte tapé ici", "version": str(read)}
    )
    text = text_of(answered)
    assert answered.status_code == 412
    assert "Texte enregistré entre-temps" in text
    assert "Texte tapé ici" in answered.content.decode()
    assert administration.requester.user.full_name in text
    assert Project.objects.get(pk=project.pk).title == "Texte enregistré entre-temps"
    again = requester.post(
        urls(project)["project_edit"], {"title": "Texte tapé ici", "version": str(project.version)}
    )
    assert again.status_code == 302


def test_changing_a_stored_answer_says_what_moved(administration):
    requester = browser(administration.requester)
    project = make_project(administration, service_models=["saas"])
    url = f"{urls(project)['project_assessment']}?etape=2"
    answer(requester, STEP_2, STEP_3, start=url)
    page = requester.post(f"{urls(project)['project_assessment']}?etape=3", {"harms": ["none"]}, follow=True)
    assert "SecNumCloud : « Obligatoire » devient « Non requis »." in text_of(page)


def test_an_offer_goes_from_its_sheet_to_a_project(administration):
    offer = make_offer(answers=ANSWERS, service_models=["saas"])
    project = make_project(administration)
    requester = browser(administration.requester)
    url = f"/projets/ajouter/?offre={offer.number}"
    assert project.title in text_of(requester.get(url))
    assert requester.post(url, {"project": project.number}).status_code == 302
    assert [entry.offer for entry in project.shortlist.all()] == [offer]
    assert requester.post(url, {}).status_code == 400
    assert browser(administration.rssi).get(url).status_code == 403
    assert requester.get("/projets/ajouter/?offre=999999").status_code == 404


def test_the_desk_says_who_is_waited_for(administration):
    def rows(actor):
        return text_of(browser(actor).get("/bureau/")).partition("Ce qui a changé depuis hier")[0]

    draft = make_project(administration)
    waiting = awaiting(administration).project
    ready = advised(administration).project
    assert draft.number in rows(administration.requester)
    assert waiting.number not in rows(administration.requester)
    assert waiting.number in rows(administration.rssi)
    assert ready.number not in rows(administration.rssi)
    assert ready.number in rows(administration.authority)
    assert waiting.number not in rows(administration.authority)


def test_bad_dates_are_refused_on_the_field(administration):
    day = {"title": "x", "starts_on": "2027-03-03", "ends_on": "2027-03-01"}
    refused = browser(administration.requester).post("/projets/nouveau/", day)
    assert refused.status_code == 400
    assert "La date de fin (01/03/2027) précède le début (03/03/2027)." in text_of(refused)
    assert not Project.objects.exists()


def test_the_list_costs_the_same_for_one_and_ten(administration):
    requester = browser(administration.requester)
    counts = []
    for more in (1, 9):
        for _ in range(more):
            make_project(administration)
        with CaptureQueriesContext(connection) as queries:
            requester.get("/projets/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_the_offers_page_costs_the_same_for_one_and_ten(administration):
    project = assessed_project(administration)
    requester = browser(administration.requester)
    counts = []
    for more in (1, 9):
        for _ in range(more):
            offer = make_offer(answers=ANSWERS, service_models=["saas"], trust={"secnumcloud": "in_force"})
            add_to_shortlist(project, actor=administration.requester, offer=offer)
        with CaptureQueriesContext(connection) as queries:
            requester.get(urls(project)["project_offers"])
        counts.append(len(queries))
    assert counts[0] == counts[1]
