"""The same by the pages: every step by a form, without JavaScript; refusals beside their field."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.accounts.enums import Role
from procurement.models import Consultation, ConsultationQuestion, OpenedResponse
from tests.builders import client_for, make_member
from tests.procurement.consultation_builders import make_draft, make_supplier, pass_deadline

SECRET = re.compile(r"<code>((?:[A-Z2-7]{4}-){7}[A-Z2-7]{4})</code>")


def browser(actor):
    return client_for(actor.membership)


def text_of(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


@pytest.fixture
def written(room):
    """By the pages, until it is ready for its key."""
    project, client = room.routed_project(), browser(room.requester)
    assert "Consulter des fournisseurs" in text_of(client.get(project.get_absolute_url()))
    made = client.post(f"/projets/{project.number}/consulter/", {})
    url = made.headers["Location"]
    assert "À faire avant de publier" in text_of(client.get(url))
    form = {
        "title": "Hébergement d’essai", "description": "Un service.", "access": "open", "pay_per_use": "on",
        "response_days": "10", "question_days": "4", "answer_days": "2", "closing_time": "14:30",
        "price_formula": "lowest_ratio",
    }  # fmt: skip
    wrong = client.post(f"{url}modifier/", {**form, "answer_days": "9"})
    assert "Les réponses suivent la fin des questions" in text_of(wrong, 400)
    assert client.post(f"{url}modifier/", form).status_code == 302
    rows = {"label_1": "Prix", "kind_1": "price", "weight_1": "70", "label_2": "Énergie", "kind_2": ""}
    assert "Répondez à « Nature »" in text_of(client.post(f"{url}criteres/", rows), 400)
    rows |= {"kind_2": "environment", "weight_2": "30"}
    assert client.post(f"{url}criteres/", rows).status_code == 302
    item = {"label_1": "Machine", "unit_1": "heure", "quantity_1": "0", "is_usage_1": "on"}
    assert "plus grande que zéro" in text_of(client.post(f"{url}lots/1/prix/", item), 400)
    assert client.post(f"{url}lots/1/prix/", {**item, "quantity_1": "1000"}).status_code == 302
    document = {"title": "Cahier", "file": SimpleUploadedFile("cahier.txt", b"Cahier.")}
    assert client.post(f"{url}documents/", document).status_code == 302
    return Consultation.objects.get(project=project)


def prove(room, consultation):
    url, buyer = consultation.get_absolute_url(), browser(room.purchasing)
    people = {
        name: actor.user.pk for name, actor in zip(("first", "second", "recovery"), room.holders, strict=True)
    }
    same = text_of(buyer.post(f"{url}cle/nommer/", {**people, "second": people["first"]}), 400)
    assert "trois personnes différentes" in same
    assert buyer.post(f"{url}cle/nommer/", people).status_code == 302
    for actor in room.holders:
        shown = text_of(browser(actor).post(f"{url}cle/secret/"))
        room.secrets[actor.user.pk] = SECRET.search(shown)[1]
        assert room.secret(actor) not in text_of(browser(actor).get(f"{url}cle/")), "shown once"
    for actor in room.holders:
        client = browser(actor)
        assert "Relisez" in text_of(client.post(f"{url}cle/essai/", {"secret": "ABCD"}), 400)
        assert client.post(f"{url}cle/essai/", {"secret": room.secret(actor)}).status_code == 302


def test_from_the_draft_to_the_opened_responses(room, written):
    url = written.get_absolute_url()
    prove(room, written)
    buyer = browser(room.purchasing)
    assert "Publier la consultation" in text_of(buyer.get(url))
    assert "J’ai relu" in text_of(buyer.get(f"{url}publier/"))
    assert "attestez" in text_of(buyer.post(f"{url}publier/", {}), 400)
    assert buyer.post(f"{url}publier/", {"attested": "on"}).status_code == 302
    assert "à 14 h 30" in text_of(client_for(None).get(url))
    supplier, manager = make_supplier(name="Nuage Exemple")
    client = browser(manager)
    assert "Préparer ma réponse" in text_of(client.get(url))
    assert client.post(f"{url}questions/", {"text": "Quand ?"}).status_code == 302
    question = ConsultationQuestion.objects.get()
    assert "Nuage Exemple" not in text_of(buyer.get(url))
    assert buyer.post(f"{url}questions/{question.uuid}/", {"answer": "En mars."}).status_code == 302
    assert "En mars." in text_of(client_for(None).get(url))
    respond(client, url, written)
    assert "Dépôt 1" in text_of(client.get(f"{url}reponse/"))
    pass_deadline(written)
    assert "Donner son secret" in text_of(browser(room.holders[0]).get("/bureau/"))
    opening = f"{url}ouverture/"
    first, last = browser(room.holders[0]), browser(room.holders[2])
    assert first.post(opening, {"secret": room.secret(room.holders[0])}).status_code == 302
    assert "1 sur 2" in text_of(last.get(opening))
    assert "Nuage Exemple" not in text_of(buyer.get(opening))
    assert "Relisez" in text_of(last.post(opening, {"secret": room.secret(room.holders[0])}), 400)
    assert last.post(opening, {"secret": room.secret(room.holders[2])}).status_code == 302
    shown = text_of(buyer.get(opening))
    assert "Nuage Exemple" in shown and str(room.holders[2].user) in shown
    one = OpenedResponse.objects.get()
    assert "Notre service." in text_of(buyer.get(f"{opening}reponses/{one.uuid}/"))
    assert buyer.get(f"{opening}proces-verbal/").content.startswith(b"%PDF-")
    assert supplier.name == "Nuage Exemple"


def respond(client, url, consultation):
    assert client.post(f"{url}reponse/1/commencer/").status_code == 302
    page = text_of(client.get(f"{url}reponse/1/"))
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    item = consultation.lots.get().price_items.get()
    form = {"version": version, "candidacy": "dume", "not_excluded": "on", "proposal": "Notre service."}
    wrong = client.post(f"{url}reponse/1/", {**form, f"price_{item.uuid.hex}": "cher"})
    assert 'value="cher"' in text_of(wrong, 400) and "Notre service." in wrong.content.decode()
    price = {f"price_{item.uuid.hex}": "12,50"}
    assert client.post(f"{url}reponse/1/", {**form, **price}).status_code == 302
    stale = client.post(f"{url}reponse/1/", {**form, **price})
    assert "entre-temps" in text_of(stale, 412) and "Notre service." in stale.content.decode()
    bad = {"file": SimpleUploadedFile("a.exe", b"MZ" + bytes(50))}
    assert "type accepté" in text_of(client.post(f"{url}reponse/1/fichiers/", bad), 400)
    good = {"file": SimpleUploadedFile("dume.txt", b"DUME")}
    assert client.post(f"{url}reponse/1/fichiers/", good).status_code == 302
    assert "dume.txt" in text_of(client.get(f"{url}reponse/1/remettre/"))
    assert client.post(f"{url}reponse/1/remettre/").status_code == 302


def test_a_late_response_says_when_and_keeps_the_draft(room):
    consultation = room.published()
    _, manager = make_supplier()
    make_draft(consultation, manager)
    pass_deadline(consultation)
    client, url = browser(manager), consultation.get_absolute_url()
    assert "après la clôture de" in text_of(client.post(f"{url}reponse/1/remettre/"), 409)
    assert "La clôture est passée" in text_of(client.get(f"{url}reponse/1/"))


def test_who_only_writes_for_the_supplier_does_not_deposit(room):
    consultation = room.published()
    _, manager = make_supplier()
    make_draft(consultation, manager)
    editor = make_member(Role.SUPPLIER_EDITOR, organisation=manager.organisation)
    client, url = client_for(editor), consultation.get_absolute_url()
    assert client.get(f"{url}reponse/1/").status_code == 200
    assert client.post(f"{url}reponse/1/remettre/").status_code == 403


def test_an_altered_set_is_refused_on_the_page_and_journalled(room):
    from procurement.consultations import vault
    from tests.procurement.consultation_builders import make_deposit

    consultation = room.published()
    made = make_deposit(consultation, make_supplier()[1])
    room.closed(consultation)
    vault._sealed_path(made.uuid).unlink()
    opening = f"{consultation.get_absolute_url()}ouverture/"
    for actor in room.holders[:2]:
        answer = browser(actor).post(opening, {"secret": room.secret(actor)})
    assert "L’ouverture est refusée" in text_of(answer, 409)


def test_the_invited_are_typed_one_a_line(room):
    supplier, _ = make_supplier(name="Nuage Invité")
    consultation = room.draft(access="invited")
    client, url = browser(room.requester), f"{consultation.get_absolute_url()}invites/"
    unknown = text_of(client.post(url, {"suppliers": "Nuage Invité\nInconnu SAS"}), 400)
    assert "Inconnu SAS" in unknown and "n’est pas une fiche connue" in unknown
    assert client.post(url, {"suppliers": "nuage invité\n"}).status_code == 302
    assert [one.supplier for one in consultation.invitations.all()] == [supplier]
