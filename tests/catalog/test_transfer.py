"""An offer taken out as JSON, brought back, copied: a report first, all of it or nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.actions.authoring import supplier_of
from catalog.models import Offer
from catalog.questions import engine
from catalog.stack import add_edge
from catalog.trust import add_mark
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.events.models import DomainEvent
from tests.builders import client_for, make_member
from tests.catalog.builders import make_offer
from tests.catalog.questioning import with_more
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
NEW = "/offres/importer/"
API = "/api/v1/offers/import/"


@pytest.fixture
def member() -> Membership:
    return make_member("supplier_manager")


@pytest.fixture
def browser(member: Membership) -> Client:
    return client_for(member)


@pytest.fixture
def offer(member: Membership) -> Offer:
    """Listed, with a price, a declared mark and a layer."""
    made = make_offer(supplier=supplier_of(member.organisation), price="10")
    actor = Actor.of(member)
    add_mark(made, actor=actor, scheme="iso27001", status="in_force", origin="declared", scope="Essai")
    add_edge(made, actor=actor, base_name="Socle", layer="platform")
    return made


def exported(browser: Client, offer: Offer) -> dict[str, Any]:
    answer = browser.get(offer.get_absolute_url() + "offre.json")
    assert "attachment" in answer["Content-Disposition"]
    return json.loads(answer.content)


def text(response: Any) -> str:
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def test_everything_its_supplier_wrote_goes_out(browser: Client, member: Membership, offer: Offer) -> None:
    document = exported(browser, offer)
    assert (document["format"], document["format_version"]) == ("offre", 1)
    assert document["answers"]["exit_formats"] == "CSV, ODF"
    (plan,) = document["plans"]
    assert (plan["name"], plan["lines"][0]["amount_eur_ht"]) == ("Standard", "10.000000")
    assert document["declared_marks"][0]["scheme"] == "iso27001"
    assert document["stack"] == [
        {"layer": "platform", "base": None, "base_name": "Socle", "region": "", "inherits": False}
    ]
    mine = client_for_token(member).get(f"/api/v1/offers/{offer.uuid}/document/").json()
    assert {**mine, "exported_at": ""} == {**document, "exported_at": ""}
    problem_of(client_for_token(make_member("curator")).get(f"/api/v1/offers/{offer.uuid}/document/"), 403)


def test_out_and_in_again_is_the_same_offer(browser: Client, offer: Offer) -> None:
    document = exported(browser, offer)
    told = DomainEvent.objects.latest("pk").pk
    examined = browser.post(NEW, {"text": json.dumps(document), "step": "examine"})
    assert examined.status_code == 200
    assert "1 qualification déclarée, sans certificat" in text(examined)
    assert "1 couche déclarée" in text(examined) and "1 formule remplace" in text(examined)
    assert Offer.objects.count() == 1 and not DomainEvent.objects.filter(pk__gt=told).exists(), "not imported"
    assert browser.post(NEW, {"text": json.dumps(document), "step": "apply"}).status_code == 302
    made = Offer.objects.latest("pk")
    assert (made.state, made.trust_marks.get().origin) == ("draft", "declared")
    again = exported(browser, made)
    for part in ("answers", "plans", "declared_marks", "stack"):
        assert again[part] == document[part], part


def test_a_file_is_read_into_the_page(browser: Client, offer: Offer) -> None:
    document = exported(browser, offer) | {"answers": {"name": "Reprise", "description": "Du fichier."}}
    upload = SimpleUploadedFile("offre.json", json.dumps(document).encode())
    page = text(browser.post(offer.get_absolute_url() + "modifier/importer/", {"file": upload}))
    assert "2 réponses changent" in page and "Du fichier." in page
    assert "&quot;description&quot;: &quot;Du fichier.&quot;" in page


def test_one_refused_value_and_nothing_is_applied(browser: Client, offer: Offer) -> None:
    document = exported(browser, offer)
    document["answers"] |= {"description": "Changée.", "couleur": "bleu", "exit_transition_days": -4}
    document["plans"][0]["lines"][0]["amount_eur_ht"] = "-1"
    url = offer.get_absolute_url() + "modifier/importer/"
    for step in ("examine", "apply"):
        page = browser.post(url, {"text": json.dumps(document, ensure_ascii=False), "step": step})
        assert page.status_code == 400
        said = text(page)
        assert "couleur" in said and "Formule 1, ligne de prix 1, amount_eur_ht" in said
        assert "3 valeurs refusées" in said
        assert "Changée." in said, "what was given stays in the page"
    assert Offer.objects.get().shown_for_edit.answers["description"] != "Changée."
    del document["answers"]["couleur"]
    document["plans"][0]["lines"][0]["amount_eur_ht"] = "12"
    page = browser.post(url, {"text": json.dumps(document), "step": "apply"})
    assert page.status_code == 400 and "Rien n’est importé" in text(page)
    assert Offer.objects.get().draft_version is None


DEEP = "[" * 3000 + "]" * 3000
HOSTILE = [
    ("", "Joignez un fichier"),
    ("pas du json", "JSON mal formé"),
    ("[]", "n’est pas un objet"),
    ('{"format":"offre","format":"autre"}', "donné deux fois"),
    ('{"format":"offre","format_version":1,"answers":' + DEEP + "}", "trop imbriqué"),
    ('{"format":"offre","format_version":1,"answers":{"name":"a\\u0000b"}}', "caractère interdit"),
    ('{"format":"offre","format_version":1,"answers":{"name":"\\ud800"}}', "caractère interdit"),
    ('{"format":"offre","format_version":2,"answers":{"name":"a"}}', "Ce service lit la version 1"),
    ('{"format":"autre","format_version":1}', "format"),
    ('{"format":"offre","format_version":1}', "ni réponse ni formule"),
    ('{"format":"offre","format_version":1,"answers":{"exit_transition_days":NaN}}', "pas du JSON"),
    (
        '{"format":"offre","format_version":1,"answers":{"exit_transition_days":' + "9" * 6000 + "}}",
        "trop long",
    ),
    ('{"format":"offre","format_version":1,"answers":{"name":"a","__class__":"x"}}', "__class__"),
    ('{"format":"offre","format_version":1,"answers":[1]}', "objet"),
    ('{"format":"offre","format_version":1,"answers":{"name":"a"},"plans":{"a":1}}', "liste"),
    ('{"format":"offre","format_version":1,"answers":{"description":"sans nom"}}', "Donnez un nom"),
    ("é" * 600_000, "trop lourd"),
]


@pytest.mark.parametrize(("given", "said"), HOSTILE)
def test_hostile_documents_are_refused_and_named(browser: Client, given: str, said: str) -> None:
    answer = browser.post(NEW, {"text": given, "step": "apply"})
    assert answer.status_code == 400
    assert said in text(answer)
    assert not Offer.objects.exists()


def test_files_too_heavy_or_not_text(browser: Client) -> None:
    for content, said in ((b"x" * 1_000_001, "dépasse 1 Mo"), (b"\xff\xfe\x00{", "UTF-8")):
        answer = browser.post(NEW, {"file": SimpleUploadedFile("a.json", content)})
        assert answer.status_code == 400 and said in text(answer)


def test_the_same_by_api(member: Membership, offer: Offer) -> None:
    mine = client_for_token(member)
    document = mine.get(f"/api/v1/offers/{offer.uuid}/document/").json()
    problem_of(client_for_token(None).post(API, document), 401)
    problem_of(client_for_token(make_member("curator")).post(API, document), 403)
    dry = mine.post(f"{API}?dry_run=1", document)
    assert (dry.status_code, dry.json()["plans_given"]) == (200, 1)
    assert {name: dry.json()[name] for name in ("marks_given", "layers_given", "left_out")} == {
        "marks_given": 1, "layers_given": 1, "left_out": []}  # fmt: skip
    assert Offer.objects.count() == 1
    made = mine.post(API, document)
    assert made.status_code == 201, made.content
    assert made.json()["draft"]["answers"] == document["answers"]
    assert made.json()["left_out"] == []
    wrong = document | {"answers": {"name": "a", "couleur": "bleu"}}
    assert faults(mine.post(API, wrong)) == {"couleur"}
    assert faults(mine.post(API, {**document, "autre": 1})) == {"autre"}
    into = f"/api/v1/offers/{offer.uuid}/import/"
    problem_of(client_for_token(make_member("supplier_manager")).post(into, document), 403)
    problem_of(mine.post(into, document), 428)
    changed = document | {"answers": {"description": "Par l’API."}}
    problem_of(mine.post(into, changed, headers={"If-Match": '"99"'}), 412)
    done = mine.post(into, changed, headers={"If-Match": f'"{offer.version}"'})
    assert (done.status_code, done.json()["draft"]["answers"]["description"]) == (201, "Par l’API.")


MORE = """
[[question]]
id = "trial_certificate"
label = "Certificat d’essai"
type = "certificate"

[[question]]
id = "trial_document"
label = "Document d’essai"
type = "document"
"""


@pytest.fixture
def more_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FOLDER", with_more(tmp_path, MORE))


@pytest.mark.usefixtures("more_questions")
def test_a_file_of_somebody_else_is_not_brought_back(browser: Client) -> None:
    other = {"trial_document": {"id": "00000000-0000-4000-8000-000000000000", "name": "x.pdf", "size": 1}}
    document = {"format": "offre", "format_version": 1, "answers": {"name": "Reprise", **other}}
    answer = browser.post(NEW, {"text": json.dumps(document), "step": "apply"})
    assert answer.status_code == 400 and "pas un fichier de votre organisation" in text(answer)


# -- copies


def test_a_copy_takes_answers_and_prices_and_says_what_it_leaves(browser: Client, offer: Offer) -> None:
    url = offer.get_absolute_url() + "copier/"
    shown = text(browser.get(url))
    assert "Socle" in shown and "ISO/IEC 27001" in shown and "1 formule" in shown
    assert f'value="Copie de {offer.name}"' in shown
    assert browser.post(url, {"name": ""}).status_code == 400
    assert browser.post(url, {"name": "Deuxième édition"}).status_code == 302
    made = Offer.objects.latest("pk")
    assert (made.name, made.state, made.supplier) == ("Deuxième édition", "draft", offer.supplier)
    draft = made.draft_version
    assert {**draft.answers, "name": ""} == {**offer.live_version.answers, "name": ""}
    assert draft.plans.get().lines.get().amount_eur_ht == 10
    assert not made.trust_marks.exists() and not made.stack_edges.exists()


@pytest.mark.usefixtures("more_questions")
def test_a_certificate_stays_with_its_service(member: Membership) -> None:
    said = {"trial_certificate": {"issuer": "Certificateur Exemple", "number": "1"}}
    offer = make_offer(supplier=supplier_of(member.organisation), answers=said)
    made = client_for_token(member).post(f"/api/v1/offers/{offer.uuid}/copy/", {"name": "Copie"})
    assert made.status_code == 201, made.content
    assert "trial_certificate" not in made.json()["draft"]["answers"]
    shown = client_for(member).get(offer.get_absolute_url() + "copier/")
    assert "Certificat d’essai" in shown.content.decode()


def test_who_copies(offer: Offer) -> None:
    url = f"/api/v1/offers/{offer.uuid}/copy/"
    problem_of(client_for_token(None).post(url, {"name": "x"}), 401)
    for role in ("supplier_manager", "curator"):
        problem_of(client_for_token(make_member(role)).post(url, {"name": "x"}), 403)
    assert Offer.objects.count() == 1


def test_progress_is_shown_by_section(browser: Client, member: Membership) -> None:
    draft = make_offer(state="draft", supplier=supplier_of(member.organisation))
    page = text(browser.get(draft.get_absolute_url() + "modifier/"))
    assert re.search(r"\d+ sections? sur \d+", page)
    assert re.search(r"\d+ réponses? sur \d+, \d+ obligatoires? reste|\d+ réponses? sur \d+<", page)
