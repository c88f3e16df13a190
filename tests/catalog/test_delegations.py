"""A section delegated by link: no account, one section, for some days, revoked at will, all journalled."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from catalog.delegations import actions as delegations
from catalog.models import Offer, SectionDelegation
from marketplace.accounts.actors import Actor
from marketplace.audit.models import AuditEvent
from marketplace.errors import Gone, RuleBroken
from marketplace.notifications.models import Notification, OutgoingEmail
from tests.builders import client_for, make_member, make_organisation
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
WHO = "expert@prestataire.example"


@pytest.fixture
def editor():
    return make_member("supplier_editor", organisation=make_organisation(kind="supplier"))


@pytest.fixture
def offer(editor) -> Offer:
    return make_offer(organisation=editor.organisation, state="draft")


def given(offer, editor, *, name="exit", days=14):
    return delegations.delegate(offer, actor=Actor.of(editor), name=name, email=WHO, days=days)


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_only_the_offers_supplier_delegates(offer):
    page, api = f"{offer.get_absolute_url()}deleguer/", "/api/v1/section-delegations/"
    rival = make_member("supplier_manager", organisation=make_organisation(kind="supplier"))
    for member in (rival, make_member("requester"), make_member("curator")):
        told = {"section": "exit", "email": WHO, "days": 5}
        assert client_for(member).post(page, told).status_code in (403, 404)
        body = {"offer": str(offer.uuid), **told}
        answer = client_for_token(member).post(api, body, format="json")
        assert answer.status_code in (403, 404)
    assert not SectionDelegation.objects.exists()


def test_sent_by_the_page_and_opened_without_an_account(offer, editor):
    client = client_for(editor)
    page = f"{offer.get_absolute_url()}deleguer/"
    told = {"section": "exit", "email": WHO, "days": 5}
    shown = client.post(page, told)
    assert shown.status_code == 200
    link = shown.context["link"]
    mail = OutgoingEmail.objects.get(to=WHO)
    assert link in mail.body and offer.name in mail.subject
    assert link not in client.get(page).content.decode()
    stranger = Client()
    opened = stranger.get(path_of(link))
    text = opened.content.decode()
    assert opened.status_code == 200 and opened["Referrer-Policy"] == "no-referrer"
    assert 'name="exit_notice_months"' in text
    # Nothing else of the offer: not its other sections, not its pages.
    assert 'name="storage_regions"' not in text and offer.get_absolute_url() not in text
    assert stranger.get(f"{offer.get_absolute_url()}modifier/").status_code in (302, 403, 404)
    assert AuditEvent.objects.filter(what="open").count() == 1


def test_what_is_answered_waits_in_the_version_being_prepared(offer, editor):
    _made, link = given(offer, editor)
    stranger, path = Client(), path_of(link)
    base = re.search(r'name="base" value="([^"]+)"', stranger.get(path).content.decode())[1]
    refused = stranger.post(path, {"base": base, "exit_notice_months": "beaucoup"})
    assert refused.status_code == 400 and "beaucoup" in refused.content.decode()
    sent = {"base": base, "exit_notice_months": "1", "exit_retrieval_days": "45", "name": "Autre nom"}
    assert stranger.post(path, sent).status_code == 302
    draft = Offer.objects.get(pk=offer.pk).draft_version
    assert (draft.answers["exit_notice_months"], draft.answers["exit_retrieval_days"]) == ("1", 45)
    assert draft.answers["name"] == offer.name
    (told,) = Notification.objects.filter(user=editor.user)
    assert WHO in told.body
    answered = AuditEvent.objects.get(what="answer")
    assert answered.side.detail["email"] == WHO
    # What was typed before that change is not overwritten in silence.
    late = stranger.post(path, {"base": base, "exit_notice_months": "2"})
    assert late.status_code == 412 and "Relisez" in late.content.decode()


def test_revoked_expired_or_made_up_it_opens_nothing(offer, editor):
    made, link = given(offer, editor)
    client = client_for(editor)
    page = f"{offer.get_absolute_url()}deleguer/"
    assert client.post(page, {"revoke": str(made.uuid)}).status_code == 302
    gone = Client().get(path_of(link))
    assert gone.status_code == 410 and "révoqué" in gone.content.decode()
    with pytest.raises(Gone):
        delegations.answer(made, answers={"exit_notice_months": "1"})
    assert client.post(page, {"revoke": str(made.uuid)}).status_code == 409
    _second, link = given(offer, editor, days=3)
    with time_machine.travel(timezone.now() + dt.timedelta(days=3, minutes=1), tick=False):
        gone = Client().get(path_of(link))
        assert gone.status_code == 410 and "expiré" in gone.content.decode()
    assert Client().get("/delegations/" + "x" * 43 + "/").status_code == 404


@pytest.mark.parametrize(
    ("values", "field"), [({"name": "inventee"}, "section"), ({"days": 0}, "days"), ({"days": 61}, "days")]
)
def test_what_cannot_be_delegated(offer, editor, values, field):
    with pytest.raises(RuleBroken) as refused:
        given(offer, editor, **values)
    assert list(refused.value.fields) == [field]


def test_the_token_is_not_in_the_database(offer, editor):
    made, link = given(offer, editor)
    token = path_of(link).strip("/").rpartition("/")[2]
    assert len(token) >= 43 and token not in str(SectionDelegation.objects.values().get())
    assert made.token_sha256 != token


def test_by_api(offer, editor):
    api, url = client_for_token(editor), "/api/v1/section-delegations/"
    body = {"offer": str(offer.uuid), "section": "exit", "email": WHO}
    made = api.post(url, body, format="json")
    assert made.status_code == 201, made.content
    assert Client().get(path_of(made.json()["link"])).status_code == 200
    rows = api.get(url).json()["results"]
    assert [(row["section"], row["link"], row["is_over"]) for row in rows] == [("exit", None, False)]
    over = api.post(f"{url}{rows[0]['id']}/revoke/", {}, format="json")
    assert over.json()["is_over"] is True
    problem_of(api.post(f"{url}{rows[0]['id']}/revoke/", {}, format="json"), 409)
    problem_of(api.post(url, body | {"days": 99}, format="json"), 400)
