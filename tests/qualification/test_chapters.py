"""The questions of one requirement of a dossier, delegated by a link: no account, these answers alone."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from catalog.delegations import actions as delegations
from catalog.models import Offer
from marketplace.errors import RuleBroken
from marketplace.notifications.models import Notification
from qualification import actions
from tests.builders import client_for
from tests.qualification import builders

pytestmark = pytest.mark.django_db
WHO = "avocat@cabinet.example"


@pytest.fixture
def people():
    return builders.make_people()


def options(client, offer: Offer) -> str:
    return client.get(f"{offer.get_absolute_url()}deleguer/").content.decode()


def test_a_requirement_is_offered_while_the_supplier_has_the_ball_of_a_dossier(people):
    offer = builders.make_offer(people.supplier)
    client = client_for(people.editor)
    assert "exigence-exit" not in options(client, offer)
    dossier = actions.open_dossier(offer, actor=people.actor("manager"))
    assert 'value="exigence-exit"' in options(client, offer)
    actions.submit(dossier, actor=people.actor("manager"))
    assert "exigence-exit" not in options(client, offer)


def test_who_holds_the_link_answers_the_questions_of_the_requirement_and_no_other(people):
    offer = builders.make_dossier(people).offer
    client = client_for(people.editor)
    told = {"section": "exigence-exit", "email": WHO, "days": 5}
    shown = client.post(f"{offer.get_absolute_url()}deleguer/", told)
    assert shown.status_code == 200, shown.content
    path = "/" + shown.context["link"].split("/", 3)[3]
    stranger = Client()
    text = stranger.get(path).content.decode()
    assert 'name="exit_notice_months"' in text and 'name="storage_regions"' not in text
    base = re.search(r'name="base" value="([^"]+)"', text)[1]
    sent = {"base": base, "exit_notice_months": "1", "storage_regions": "US", "name": "Autre"}
    assert stranger.post(path, sent).status_code == 302
    draft = Offer.objects.get(pk=offer.pk).shown_for_edit
    assert draft.answers["exit_notice_months"] == "1" and draft.answers["name"] == "Nuage Exemple"
    assert draft.answers["storage_regions"] == ["FR-Roubaix"]
    (note,) = Notification.objects.filter(user=people.editor.user, subject__contains="complétée")
    assert client.get(note.url).status_code == 200
    late = stranger.post(path, {"base": base, "exit_notice_months": "2"})
    assert late.status_code == 412


@pytest.mark.parametrize("name", ["exigence-", "exigence-inventee", "exigence-prices"])
def test_a_requirement_that_asks_nothing_is_not_delegated(people, name):
    offer = builders.make_dossier(people).offer
    with pytest.raises(RuleBroken) as refused:
        delegations.delegate(offer, actor=people.actor("editor"), name=name, email=WHO)
    assert list(refused.value.fields) == ["section"]
