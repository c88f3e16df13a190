"""The story of a publication, by its pages and by the API: the same rule, the same sentences."""

import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.accounts.enums import Role
from procurement.models import Publication
from tests.builders import client_for, make_member
from tests.procurement.order_builders import make_purchase, make_vehicle
from tests.procurement.publication.publication_builders import make_contract, make_publication, purchasing_of
from tests.procurement.publication.publication_facts import WHOLE, decp_errors
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
API = "/api/v1/publications/"


def text_of(answer):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())))


def typed(**values):
    """As a browser sends the whole form."""
    return {
        "reference": "2026-ESSAI-01",
        "object": "Messagerie d’essai",
        "nature": "Marché",
        "cpv": "72416000",
        "framework_id": "",
        "procedure": "Procédure adaptée",
        "techniques": ["Sans objet"],
        "execution_modes": ["Sans objet"],
        "offers_received": "3",
        "holders": f"siret {WHOLE.holders[0].identifier[:3]} {WHOLE.holders[0].identifier[3:]}",
        "holder_is_person": "no",
        "grouping": "Pas de groupement",
        "subcontracting": "no",
        "notified_on": timezone.localdate().isoformat(),
        "duration_months": "12",
        "place_kind": "Code département",
        "place_code": "75",
        "amount_eur_ht": "57 500,50",
        "price_form": "Unitaire",
        "price_types": ["Définitif révisable"],
        "advance": "yes",
        "advance_rate": "30",
        "ccag": "Techniques de l'information et de la communication",
        "innovative": "no",
        "social": ["Pas de considération sociale"],
        "environmental": ["Critère environnemental"],
        **values,
    }


def answers(**values):
    """The same, in JSON."""
    said = typed()
    return {
        **{name: value for name, value in said.items() if value},
        "offers_received": 3,
        "duration_months": 12,
        "holders": [{"scheme": "SIRET", "id": WHOLE.holders[0].identifier}],
        **dict.fromkeys(("holder_is_person", "subcontracting", "innovative"), False),
        "advance": True,
        "advance_rate": "0.3",
        "amount_eur_ht": "57500.50",
        **values,
    }


@pytest.fixture
def story():
    purchase = make_purchase()
    member = purchasing_of(purchase)
    contract = make_contract(purchase)
    return member, Publication.objects.get(contract=contract)


@pytest.mark.shared
def test_the_whole_story_by_its_pages(shared, story):
    member, draft = story
    client, here = client_for(member), draft.get_absolute_url()
    assert "À compléter" in text_of(client.get(here))
    assert "Repris : accusé de réception du fournisseur" in text_of(client.get(f"{here}completer/"))
    assert client.post(f"{here}completer/", typed()).status_code == 302
    assert "Repris" in text_of(client.get(here))
    refused = client.post(f"{here}relire/", {})
    assert refused.status_code == 400 and "attestez" in text_of(refused)
    assert client.post(f"{here}relire/", {"attested": "on"}).status_code == 302
    assert client.post(f"{here}publier/", {}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "published" and decp_errors(shared, draft.decp) == []
    assert draft.decp["tauxAvance"] == 0.3 and draft.decp["montant"] == 57500.5
    change = {"notified_on": timezone.localdate().isoformat(), "amount_eur_ht": "60000", "attested": "on"}
    assert client.post(f"{here}modifier/", change).status_code == 302
    public = Client().get(f"/donnees/marches/{draft.ocid}/")
    assert public.status_code == 200 and "montant porté à" in text_of(public)


@pytest.mark.shared
def test_the_whole_story_by_the_api(shared, story):
    member, draft = story
    api, here = client_for_token(member), f"{API}{draft.uuid}/"
    assert "cpv" in api.get(here).json()["missing"] and api.get(here).json()["decp"] is None
    body = api.patch(here, answers(), format="json").json()
    assert body["missing"] == [] and body["is_draft"] and decp_errors(shared, body["decp"]) == []
    assert faults(api.post(f"{here}review/", {"attested": False}, format="json")) == {"attested"}
    assert api.post(f"{here}review/", {"attested": True}, format="json").json()["state"] == "reviewed"
    published = api.post(f"{here}publish/", {}, format="json").json()
    assert published["state"] == "published" and not published["is_draft"]
    problem_of(api.patch(here, {"cpv": "72416000"}, format="json"), 409)
    problem_of(api.post(f"{here}publish/", {}, format="json"), 409)
    change = {"notified_on": timezone.localdate().isoformat(), "duration_months": 18, "attested": True}
    modified = api.post(f"{here}modify/", change, format="json").json()
    assert modified["decp"]["modifications"][0]["modification"]["dureeMois"] == 18


def test_a_refused_form_keeps_what_was_typed(story):
    member, draft = story
    bad = typed(object="Écrire à agent@ministere.example", cpv="12", amount_eur_ht="beaucoup")
    answer = client_for(member).post(f"{draft.get_absolute_url()}completer/", bad)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "agent@ministere.example" in page and 'value="beaucoup"' in page and 'value="12"' in page
    assert "Indiquez un montant" in text_of(answer)
    answer = client_for(member).post(
        f"{draft.get_absolute_url()}completer/", typed(object=bad["object"], cpv="12")
    )
    assert "retirez l’adresse électronique" in text_of(answer) and "8 chiffres" in text_of(answer)
    draft.refresh_from_db()
    assert draft.version == 1


def test_an_incomplete_draft_is_kept(story):
    member, draft = story
    few = {"object": "Essai", "advance_rate": "", "techniques": []}
    assert client_for(member).post(f"{draft.get_absolute_url()}completer/", few).status_code == 302
    draft.refresh_from_db()
    assert draft.answers == {"object": "Essai"} and draft.notified_on is None


def test_two_people_on_one_draft(story):
    member, draft = story
    client, url = client_for(member), f"{draft.get_absolute_url()}completer/"
    assert client.post(url, typed(version=str(draft.version))).status_code == 302
    assert client.post(url, typed(version=str(draft.version), cpv="72268000")).status_code == 412


def test_what_may_be_published_is_offered(story):
    member, draft = story
    buyer = draft.buyer
    make_vehicle(buyer, title="Services de la centrale")
    framework = make_vehicle(buyer, kind="framework", title="Accord des autres")
    client = client_for(member)
    page = text_of(client.get("/publications/preparer/"))
    assert "Accord des autres" in page and "Services de la centrale" not in page
    refused = client.post("/publications/preparer/", {"source": framework.number})
    assert refused.status_code == 400 and "dites-le" in text_of(refused)
    made = client.post("/publications/preparer/", {"source": framework.number, "own": "on"})
    assert made.status_code == 302 and made["Location"].endswith("/completer/")


def test_the_api_drafts_one_source_only(story):
    member, draft = story
    api = client_for_token(member)
    assert faults(api.post(API, {}, format="json")) == {"contract"}
    problem_of(api.post(API, {"contract": str(draft.contract.uuid)}, format="json"), 409)
    central = make_vehicle(draft.buyer)
    assert (
        problem_of(api.post(API, {"vehicle": str(central.uuid)}, format="json"), 409)["code"]
        == "not_published"
    )
    foreign = make_vehicle(make_member(Role.PURCHASING).organisation, kind="own_contract")
    problem_of(api.post(API, {"vehicle": str(foreign.uuid)}, format="json"), 404)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount_eur_ht", "-1"),
        ("amount_eur_ht", "1e15"),
        ("offers_received", 0),
        ("nature", "Autre"),
        ("techniques", ["Autre"]),
        ("notified_on", "2026-02-30"),
        ("notified_on", "2999-01-01"),
        ("holders", [{"scheme": "SIRET", "id": "12"}]),
        ("cpv", "abc"),
        ("reference", "x" * 17),
        ("inconnu", "x"),
    ],
)
def test_the_api_names_the_field_it_refuses(story, field, value):
    member, draft = story
    answer = client_for_token(member).patch(f"{API}{draft.uuid}/", {field: value}, format="json")
    assert {name.split(".")[0] for name in faults(answer)} == {field}


def test_a_contract_says_where_its_publication_stands(story):
    member, draft = story
    page = text_of(client_for(member).get(f"/contrats/{draft.contract.number}/"))
    assert draft.number in page


def test_the_open_data_leads_to_the_contracts():
    assert "/donnees/marches/" in Client().get("/donnees/").content.decode()


def test_a_late_one_is_said_late():
    found = make_publication(notified_on=timezone.localdate().replace(year=timezone.localdate().year - 1))
    member = make_member(Role.PURCHASING, organisation=found.buyer)
    assert "La limite de publication est passée" in text_of(client_for(member).get(found.get_absolute_url()))
