"""Saving while one types: the same rules and the same lock as the button, an answer of one line."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from catalog.actions.authoring import save_answers
from catalog.delegations import actions as delegations
from catalog.models import Offer
from marketplace.accounts.actors import Actor
from marketplace.audit.models import AuditEvent
from qualification.models import Applicability
from tests.builders import client_for, make_member, make_organisation
from tests.catalog.builders import make_offer
from tests.qualification import programme_builders as programmes

pytestmark = pytest.mark.django_db
AUTO = {"HTTP_X_AUTOSAVE": "1", "HTTP_ACCEPT": "application/json"}


@pytest.fixture
def editor():
    return make_member("supplier_editor", organisation=make_organisation(kind="supplier"))


@pytest.fixture
def offer(editor) -> Offer:
    return make_offer(organisation=editor.organisation, state="draft")


def page_of(offer: Offer, name: str = "exit") -> str:
    return f"{offer.get_absolute_url()}modifier/{name}/"


def lock_in(client, page: str, name: str = "base") -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', client.get(page).content.decode())
    assert found is not None
    return found[1]


def answers(offer: Offer) -> dict:
    draft = Offer.objects.get(pk=offer.pk).shown_for_edit
    assert draft is not None
    return draft.answers


def test_a_stranger_and_a_rival_save_nothing(offer):
    rival = make_member("supplier_editor", organisation=make_organisation(kind="supplier"))
    before = answers(offer)
    for client in (Client(), client_for(rival)):
        refused = client.post(page_of(offer), {"exit_notice_months": "1"}, **AUTO)
        assert refused.status_code == 404 and answers(offer) == before


def test_saved_with_a_new_lock_and_saved_again_with_it(offer, editor):
    client, page = client_for(editor), page_of(offer)
    base = lock_in(client, page)
    first = client.post(page, {"base": base, "exit_notice_months": "1"}, **AUTO)
    assert first.status_code == 200, first.content
    told = first.json()
    assert re.fullmatch(r"Enregistré à \d{1,2}\xa0h\xa0\d\d", told["message"])
    assert answers(offer)["exit_notice_months"] == "1" and told["lock"] != base
    second = client.post(page, {"base": told["lock"], "exit_notice_months": "2"}, **AUTO)
    assert second.status_code == 200 and answers(offer)["exit_notice_months"] == "2"
    # The page opened now has that very lock, and no message waits for it.
    assert lock_in(client, page) == second.json()["lock"]
    assert "Enregistré à" not in client.get(page).content.decode()


def test_two_editors_never_overwrite_one_another(offer, editor):
    other = make_member("supplier_editor", organisation=editor.organisation)
    mine, page = client_for(editor), page_of(offer)
    base = lock_in(mine, page)
    assert client_for(other).post(
        page, {"base": base, "exit_notice_months": "3"}, **AUTO
    ).status_code == 200  # fmt: skip
    late = mine.post(page, {"base": base, "exit_notice_months": "1"}, **AUTO)
    assert late.status_code == 412 and "Votre texte reste à l’écran" in late.json()["message"]
    assert answers(offer)["exit_notice_months"] == "3"
    # With the button: both are shown, nothing typed is lost.
    shown = mine.post(page, {"base": base, "exit_notice_months": "1"})
    assert shown.status_code == 412 and 'value="1"' in shown.content.decode()


def test_another_section_is_no_conflict_nor_our_own_save_whose_answer_was_lost(offer, editor):
    client, page = client_for(editor), page_of(offer)
    base = lock_in(client, page)
    save_answers(offer, actor=Actor.of(editor), answers={"description": "Autre section."})
    body = {"base": base, "exit_notice_months": "1"}
    assert client.post(page, body, **AUTO).status_code == 200
    again = client.post(page, body, **AUTO)
    assert again.status_code == 200 and again.json()["lock"] == lock_in(client, page)


def test_a_save_of_another_section_between_reading_and_lock_is_no_conflict(offer, editor, monkeypatch):
    from catalog.views import authoring

    known, calls = authoring.save_answers, []

    def slow(row, **given):
        if not calls:
            other = Offer.objects.get(pk=row.pk)
            known(other, actor=Actor.of(editor), answers={"description": "Entre-temps."})
        calls.append(1)
        return known(row, **given)

    monkeypatch.setattr(authoring, "save_answers", slow)
    client, page = client_for(editor), page_of(offer)
    body = {"base": lock_in(client, page), "exit_notice_months": "1"}
    assert client.post(page, body, **AUTO).status_code == 200 and len(calls) == 2
    assert (answers(offer)["exit_notice_months"], answers(offer)["description"]) == ("1", "Entre-temps.")


def test_what_cannot_be_written_names_the_field_and_writes_nothing(offer, editor):
    client, page = client_for(editor), page_of(offer)
    before = answers(offer)
    body = {"base": lock_in(client, page), "exit_notice_months": "beaucoup", "exit_retrieval_days": "30"}
    refused = client.post(page, body, **AUTO)
    assert refused.status_code == 400
    assert refused.json()["message"].startswith("Pas encore enregistré. « ")
    assert answers(offer) == before


def test_without_the_header_nothing_changes(offer, editor):
    client, page = client_for(editor), page_of(offer)
    done = client.post(page, {"base": lock_in(client, page), "exit_notice_months": "1"})
    assert done.status_code == 302 and page not in done.url


def test_a_delegated_section_saves_too_and_is_not_an_opening_each_time(offer, editor):
    _made, link = delegations.delegate(
        offer, actor=Actor.of(editor), name="exit", email="expert@prestataire.example"
    )
    stranger, path = Client(), "/" + link.split("/", 3)[3]
    base = lock_in(stranger, path)
    saved = stranger.post(path, {"base": base, "exit_notice_months": "1"}, **AUTO)
    assert saved.status_code == 200 and answers(offer)["exit_notice_months"] == "1"
    assert stranger.post(path, {"base": base, "exit_notice_months": "2"}, **AUTO).status_code == 412
    assert AuditEvent.objects.filter(what="open").count() == 1


def test_a_line_of_applicability_has_its_lock(offer, editor):
    client, other = (
        client_for(editor),
        client_for(make_member("supplier_editor", organisation=editor.organisation)),
    )
    page = f"/mes-offres/{offer.number}/couverture/gaiax-24.11-L3/applicabilite/P1.1.3/"
    base = lock_in(client, page)
    body = {"base": base, "applicable": "non", "justification": "Aucun agent."}
    saved = client.post(page, body, **AUTO)
    assert saved.status_code == 200, saved.content
    assert Applicability.objects.get().justification == "Aucun agent."
    late = {"base": base, "applicable": "oui", "justification": "Mon texte."}
    assert other.post(page, late, **AUTO).status_code == 412
    shown = other.post(page, late)
    text = shown.content.decode()
    assert shown.status_code == 412 and "Mon texte." in text and "Quelqu’un a enregistré cette ligne" in text
    assert Applicability.objects.get().justification == "Aucun agent."
    again = re.search(r'name="base" value="([^"]*)"', text)[1]
    assert again == saved.json()["lock"]
    assert other.post(page, {**late, "base": again}).status_code == 302
    assert Applicability.objects.get().justification == "Mon texte."
    missing = client.post(page, {"base": "", "applicable": "non"}, **AUTO)
    assert missing.status_code == 400


def test_a_draft_application_saves_by_its_version(editor):
    manager = make_member("supplier_manager", organisation=editor.organisation)
    made = programmes.make_application(Actor.of(manager), Actor.of(make_member("programme_manager")))
    client, page = client_for(manager), f"{made.get_absolute_url()}modifier/"
    version = lock_in(client, page, "version")
    saved = client.post(page, {"version": version, "work_plan": "J0 en mars."}, **AUTO)
    assert saved.status_code == 200 and saved.json()["lock"] == str(int(version) + 1)
    made.refresh_from_db()
    assert made.work_plan == "J0 en mars."
    late = client.post(page, {"version": version, "work_plan": "Autre."}, **AUTO)
    assert late.status_code == 412
    made.refresh_from_db()
    assert made.work_plan == "J0 en mars."
