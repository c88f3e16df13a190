"""What the supplier and the officer say about a requirement, told to the other side."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InternalError, transaction

from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed
from marketplace.notifications.models import Notification, OutgoingEmail
from qualification import discussion, interests
from qualification.models import DossierMessage
from tests.builders import actor_for, client_for, make_member, make_organisation
from tests.qualification import builders
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> builders.People:
    return builders.make_people()


@pytest.fixture
def dossier(people):
    made = builders.make_dossier(people, upto="instruction")
    return interests.take_declared(made, actor=people.actor("officer"))


def page(dossier, code="exit"):
    return f"/dossiers/{dossier.number}/echanges/{code}/"


def test_strangers_read_nothing_and_readers_do_not_write(people, dossier):
    rival = make_member("supplier_manager", organisation=make_organisation(kind="supplier"))
    for member in (rival, make_member("requester")):
        assert client_for(member).get(page(dossier)).status_code == 404
        assert client_for(member).post(page(dossier), {"text": "x"}).status_code == 404
    for member in (people.decider, make_member("auditor")):
        assert client_for(member).get(page(dossier)).status_code == 200
        assert client_for(member).post(page(dossier), {"text": "x"}).status_code == 403
    other = actor_for(Role.QUALIFICATION_OFFICER, organisation=people.operator)
    with pytest.raises(NotAllowed):
        discussion.write(dossier, actor=other, requirement="exit", text="x")
    assert client_for(people.editor).get(page(dossier, "inventee")).status_code == 404
    assert not DossierMessage.objects.exists()


def test_each_side_writes_and_the_other_is_told(people, dossier):
    before = Notification.objects.count()
    asked = client_for(people.officer).post(page(dossier), {"text": "Le préavis court-il dès la demande ?"})
    assert asked.status_code == 302
    told = Notification.objects.order_by("pk")[before:]
    assert {one.user_id for one in told} == {people.editor.user_id, people.manager.user_id}
    assert {one.url for one in told} == {page(dossier)}
    assert OutgoingEmail.objects.filter(notification__in=list(told)).count() == 2
    before = Notification.objects.count()
    url = f"/api/v1/dossiers/{dossier.uuid}/messages/"
    said = {"requirement": "exit", "text": "Oui, dès sa réception."}
    answered = client_for_token(people.editor).post(url, said, format="json")
    assert (answered.status_code, answered.json()["from_supplier"]) == (201, True)
    (told,) = Notification.objects.order_by("pk")[before:]
    assert told.user == people.officer.user
    rows = client_for_token(people.officer).get(f"{url}?requirement=exit").json()
    assert [row["from_supplier"] for row in rows] == [False, True]
    assert client_for_token(people.officer).get(f"{url}?requirement=prices").json() == []
    shown = client_for(people.manager).get(dossier.get_absolute_url()).content.decode()
    assert "2\u00a0messages" in shown and page(dossier) in shown
    assert AuditEvent.objects.filter(what="discuss", object_id=dossier.pk).count() == 2


def test_an_empty_message_keeps_the_page(people, dossier):
    refused = client_for(people.editor).post(page(dossier), {"text": "  "})
    assert refused.status_code == 400 and 'href="#id_text"' in refused.content.decode()
    url = f"/api/v1/dossiers/{dossier.uuid}/messages/"
    bad = client_for_token(people.editor).post(url, {"requirement": "x", "text": "y"}, format="json")
    assert problem_of(bad, 400)["errors"][0]["field"] == "requirement"


def test_nobody_talks_about_a_draft_or_a_decided_dossier(people):
    for state in ("draft", "decided"):
        made = builders.make_dossier(people, upto=state)
        with pytest.raises(MoveRefused):
            discussion.write(made, actor=people.actor("manager"), requirement="exit", text="x")
        text = client_for(people.manager).get(page(made)).content.decode()
        assert "Envoyer le message" not in text


def test_what_was_said_stays(people, dossier):
    said = discussion.write(dossier, actor=people.actor("editor"), requirement="exit", text="Dit.")
    for act in (lambda: said.delete(), lambda: DossierMessage.objects.update(text="Autre")):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            act()
