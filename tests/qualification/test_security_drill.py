"""The drill of a security contact: announced, sent at an hour nobody knows, answered by a link."""

from __future__ import annotations

import datetime as dt
import re
import threading
from dataclasses import replace

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from marketplace.audit.models import AuditEvent
from marketplace.errors import Gone, MoveRefused, NotAllowed, NotVisible, RuleBroken
from marketplace.leases import LeaseState
from marketplace.notifications.models import Notification, OutgoingEmail
from marketplace.notifications.tasks import send_email
from marketplace.working_days import is_working_day
from qualification.checks import CHECKS, Judgement
from qualification.drills import actions
from qualification.drills.contact import contact_of, mail_address
from qualification.drills.hours import FROM_HOUR, MINUTES, PARIS, UNTIL_HOUR, draw_hour, span_text
from qualification.drills.models import SecurityDrill
from qualification.facts_offer import DrillFacts
from qualification.gather import GATHER
from tests.builders import client_for, make_member, make_organisation
from tests.qualification import builders
from tests.qualification.drill_builders import (
    ADDRESS,
    announce,
    contact,
    give_contact,
    mailed,
    send,
    token_in,
    window,
)
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 22)


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def offer(people):
    return give_contact(builders.make_offer(people.supplier))


@pytest.fixture
def listed(people):
    return builders.make_dossier(people, upto="decided", **contact()).offer


def link(token: str) -> str:
    return f"/exercices/reponse/{token}/"


# -- who


def test_a_stranger_a_rival_and_other_officers_announce_nothing(offer, people):
    rival = make_member("supplier_manager", organisation=make_organisation(kind="supplier"))
    body = {name: day.isoformat() for name, day in window().items()}
    page = f"/controles/{offer.number}/exercices/nouveau/"
    assert Client().post(page, body).status_code == 302
    for member in (rival, people.editor, people.decider, make_member("requester")):
        assert client_for(member).post(page, body).status_code in (403, 404)
        answer = client_for_token(member).post(
            "/api/v1/security-drills/", {"offer": str(offer.uuid), **body}, format="json"
        )
        assert answer.status_code in (403, 404)
    assert not SecurityDrill.objects.exists() and not OutgoingEmail.objects.filter(to=ADDRESS).exists()


def test_an_officer_tied_to_the_supplier_announces_nothing(offer, people):
    make_member("supplier_editor", organisation=people.supplier, user=people.officer.user)
    with pytest.raises(NotAllowed):
        announce(offer, people.actor("officer"))


def test_the_supplier_does_not_cancel_the_operators_drill(offer, people):
    drill = announce(offer, people.actor("officer"))
    with pytest.raises(NotAllowed):
        actions.cancel(drill, actor=people.actor("manager"), reason="Pas maintenant.")
    actions.cancel(drill, actor=people.actor("officer"), reason="Date mal choisie.")
    assert SecurityDrill.objects.get().state == "cancelled"


# -- announced


def test_it_is_announced_to_the_supplier_and_to_the_contact_and_the_hour_is_told_to_nobody(offer, people):
    client = client_for(people.manager)
    body = {name: day.isoformat() for name, day in window().items()}
    made = client.post(f"/controles/{offer.number}/exercices/nouveau/", body)
    drill = SecurityDrill.objects.get()
    assert made.url == drill.get_absolute_url()
    assert (drill.address, drill.address_source, drill.limit_hours) == (ADDRESS, "answers", 48)
    assert drill.by_supplier
    told = OutgoingEmail.objects.get(to=ADDRESS)
    assert drill.number in told.subject and "Rien n’est à faire" in told.body
    assert "/exercices/reponse/" not in told.body
    assert {row.user_id for row in Notification.objects.all()} == {
        people.manager.user_id,
        people.editor.user_id,
    }
    hour = timezone.localtime(drill.sends_at)
    for text in (client.get(made.url).content.decode(), told.body):
        assert f"{hour:%H:%M}" not in text and f"{hour.hour} h {hour.minute:02d}" not in text
    row = client_for_token(people.manager).get(f"/api/v1/security-drills/{drill.uuid}/").json()
    assert "sends_at" not in row and row["sent_at"] is None


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(1, 5, "window_from"), (5, 4, "window_until"), (5, 40, "window_until")],
)
def test_a_window_that_cannot_be(offer, people, first, last, field):
    today = timezone.localdate()
    with pytest.raises(RuleBroken) as refused:
        actions.announce(
            offer,
            actor=people.actor("manager"),
            window_from=today + dt.timedelta(days=first),
            window_until=today + dt.timedelta(days=last),
        )
    assert list(refused.value.fields) == [field]


def test_a_window_without_a_working_day_is_refused_and_the_typed_days_are_kept(offer, people):
    saturday = timezone.localdate() + dt.timedelta(days=(5 - timezone.localdate().weekday()) % 7 + 7)
    sunday = saturday + dt.timedelta(days=1)
    shown = client_for(people.manager).post(
        f"/controles/{offer.number}/exercices/nouveau/",
        {"window_from": saturday.isoformat(), "window_until": sunday.isoformat()},
    )
    text = shown.content.decode()
    assert shown.status_code == 400 and "jour ouvré" in text and saturday.isoformat() in text


def test_one_drill_at_a_time(offer, people):
    announce(offer, people.actor("manager"))
    with pytest.raises(MoveRefused):
        announce(offer, people.actor("officer"))


def test_without_a_contact_or_a_supplier_there_is_nothing_to_try(people):
    bare = builders.make_offer(people.supplier)
    with pytest.raises(RuleBroken) as refused:
        actions.announce(bare, actor=people.actor("manager"), **window())
    assert refused.value.code == "no_contact"
    bare.supplier.organisation = None
    bare.supplier.save(update_fields=["organisation"])
    with pytest.raises(RuleBroken) as refused:
        actions.announce(bare, actor=people.actor("officer"), **window())
    assert refused.value.code == "offer_without_supplier"


def test_the_address_of_the_security_txt_serves_when_the_answers_give_none(people, monkeypatch):
    read = ["https://nuage.example/faille", "mailto:psirt%2Btxt@nuage.example?subject=x"]
    known = CHECKS["security_txt"]
    seen = Judgement("pass", "Lu.", {"contact": read})
    monkeypatch.setitem(CHECKS, "security_txt", replace(known, judge=lambda *_: seen, observe=None))
    dossier = builders.make_dossier(people, upto="instruction", edition=builders.CURRENT)
    found = contact_of(dossier.offer, dossier.offer_version)
    assert found is not None and (found.address, found.source) == ("psirt+txt@nuage.example", "security_txt")
    with time_machine.travel(timezone.now() + known.max_age + dt.timedelta(hours=1)):
        assert contact_of(dossier.offer, dossier.offer_version) is None, "read too long ago"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mailto:a@b.example", "a@b.example"),
        ("MAILTO: a@b.example", "a@b.example"),
        ("mailto:a@b.example%0Abcc:c@d.example", ""),
        ("https://b.example", ""),
        ("a@b.example", ""),
        ("mailto:", ""),
    ],
)
def test_mailto(value, expected):
    assert mail_address(value) == expected


# -- the hour


@given(st.dates(dt.date(2026, 1, 1), dt.date(2035, 12, 31)), st.integers(0, 30), st.integers(0, 10**9))
def test_the_hour_drawn_is_in_the_window_in_office_hours_of_a_working_day(first, span, number):
    last = first + dt.timedelta(days=span)
    asked = []

    def below(most):
        asked.append(most)
        return number % most

    try:
        hour = draw_hour(first, last, below=below).astimezone(PARIS)
    except ValueError:
        assert not any(is_working_day(first + dt.timedelta(days=shift)) for shift in range(span + 1))
        return
    assert first <= hour.date() <= last and is_working_day(hour.date())
    assert FROM_HOUR <= hour.hour < UNTIL_HOUR
    assert asked[0] % MINUTES == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "moins d’une minute"), (59, "moins d’une minute"), (60, "1 min"), (3599, "59 min"),
        (3600, "1 h"), (11_100, "3 h 05 min"), (172_800, "2 jours"), (183_600, "2 jours 3 h"),
    ],
)  # fmt: skip
def test_a_span_in_words(seconds, text):
    assert span_text(seconds) == text


# -- sent, answered


def test_at_its_hour_one_mail_leaves_with_a_link_that_the_database_does_not_hold(offer, people):
    drill = announce(offer, people.actor("officer"))
    assert actions.run_drills() == 0
    OutgoingEmail.objects.all().delete()
    token = send(drill)
    assert actions.run_drills() == 0
    (row,) = OutgoingEmail.objects.filter(to=ADDRESS)
    assert row.subject.startswith("EXERCICE") and token_in(row) == token and len(token) >= 43
    assert token not in str(SecurityDrill.objects.values().get())
    assert SecurityDrill.objects.get().state == "sent"


def test_the_link_stays_out_of_the_mails_row_once_sent(offer, people, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    drill = announce(offer, people.actor("officer"))
    SecurityDrill.objects.update(sends_at=timezone.now() - dt.timedelta(minutes=1))
    actions.run_drills()
    drill.refresh_from_db()
    assert drill.answer_by is None
    send_email(drill.email_id)
    drill.refresh_from_db()
    assert drill.email.body == "" and "/exercices/reponse/" in mail.outbox[-1].body
    assert drill.answer_by is not None


def test_reading_the_link_confirms_nothing_pressing_the_button_does(offer, people):
    drill = announce(offer, people.actor("manager"))
    token = send(drill)
    stranger = Client(enforce_csrf_checks=True)
    shown = stranger.get(link(token))
    assert shown.status_code == 200 and shown["Referrer-Policy"] == "no-referrer"
    assert SecurityDrill.objects.get().state == "sent"
    assert stranger.post(link(token)).status_code == 403, "without its token of the form"
    secret = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.content.decode())[1]
    done = stranger.post(link(token), {"csrfmiddlewaretoken": secret})
    assert (done.status_code, done.url) == (302, link(token))
    row = SecurityDrill.objects.get()
    assert row.state == "answered" and 100 <= row.response_seconds <= 600
    text = stranger.get(link(token)).content.decode()
    assert "Réception confirmée" in text and '<button type="submit" class="fr-btn">J’ai reçu' not in text
    first = row.answered_at
    assert stranger.post(link(token), {"csrfmiddlewaretoken": secret}).status_code == 302
    assert SecurityDrill.objects.get().answered_at == first
    assert AuditEvent.objects.filter(what="acknowledge").count() == 1
    assert Notification.objects.filter(subject__contains="dans le délai").count() == 2


def test_the_visitor_limit_holds_here_too(offer, people, settings):
    settings.VISITOR_SENDS_PER_MINUTE = 2
    token = send(announce(offer, people.actor("manager")))
    tried = [Client().post(link("x" * 43)).status_code for _ in range(3)]
    assert tried[-1] == 429
    assert Client().post(link(token)).status_code == 429 and SecurityDrill.objects.get().state == "sent"


def test_silence_ends_by_the_clock_and_a_late_answer_is_kept_as_late(offer, people):
    drill = announce(offer, people.actor("manager"))
    token = send(drill)
    mailed(drill, ago=dt.timedelta(hours=48) - dt.timedelta(minutes=1))
    assert actions.run_drills() == 0
    mailed(drill, ago=dt.timedelta(hours=48, minutes=1))
    assert actions.run_drills() == 1
    assert SecurityDrill.objects.get().state == "unanswered"
    assert "hors délai" in Client().get(link(token)).content.decode()
    actions.acknowledge(token)
    row = SecurityDrill.objects.get()
    assert row.state == "answered_late" and row.response_seconds > 48 * 3600
    with pytest.raises(MoveRefused):
        actions.acknowledge(token)


def test_an_answer_after_the_limit_is_late_even_before_the_clock_has_looked(offer, people):
    drill = announce(offer, people.actor("manager"))
    token = send(drill)
    mailed(drill, ago=dt.timedelta(hours=49))
    actions.acknowledge(token)
    assert SecurityDrill.objects.get().state == "answered_late"
    moves = AuditEvent.objects.filter(what__in=("expire", "acknowledge_late")).order_by("pk")
    assert [event.what for event in moves] == ["expire", "acknowledge_late"]


def test_a_mail_that_waits_or_dies_is_not_held_against_the_contact(offer, people):
    drill = announce(offer, people.actor("manager"))
    token = send(drill)
    OutgoingEmail.objects.filter(pk=drill.email_id).update(lease_state=LeaseState.DUE, done_at=None)
    SecurityDrill.objects.update(sent_at=timezone.now() - dt.timedelta(days=5))
    assert actions.run_drills() == 0
    OutgoingEmail.objects.filter(pk=drill.email_id).update(
        lease_state=LeaseState.DEAD, done_at=timezone.now() - dt.timedelta(days=4)
    )
    assert actions.run_drills() == 1
    assert SecurityDrill.objects.get().state == "not_sent"
    assert Client().get(link(token)).status_code == 410
    assert GATHER["security_drill"](offer.shown_for_edit, ON) == DrillFacts()


def test_the_link_ends_and_a_made_up_one_opens_nothing(offer, people):
    token = send(announce(offer, people.actor("manager")))
    SecurityDrill.objects.update(sent_at=timezone.now() - dt.timedelta(days=31))
    with pytest.raises(Gone):
        actions.acknowledge(token)
    with pytest.raises(NotVisible):
        actions.opened("x" * 43)
    assert Client().get(link("x" * 43)).status_code == 404


def test_an_offer_that_changed_hands_is_not_tried(offer, people):
    drill = announce(offer, people.actor("manager"))
    SecurityDrill.objects.update(
        sends_at=timezone.now() - dt.timedelta(minutes=1), organisation=make_organisation(kind="supplier")
    )
    OutgoingEmail.objects.all().delete()
    assert actions.run_drills() == 1
    drill.refresh_from_db()
    assert drill.state == "cancelled" and not OutgoingEmail.objects.filter(to=ADDRESS).exists()


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_and_the_clock_at_once_write_one_answer():
    people = builders.make_people()
    drill = announce(builders.make_offer(people.supplier), people.actor("manager"))
    token = send(drill)
    barrier, ended = threading.Barrier(4), []

    def run(act):
        try:
            barrier.wait()
            act()
            ended.append("done")
        except MoveRefused:
            ended.append("refused")
        finally:
            connection.close()

    acts = [lambda: actions.acknowledge(token)] * 3 + [actions.run_drills]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["done", "done", "refused", "refused"]
    assert SecurityDrill.objects.get().state == "answered"
    assert AuditEvent.objects.filter(what="acknowledge").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_send_one_message():
    people = builders.make_people()
    drill = announce(builders.make_offer(people.supplier), people.actor("manager"))
    OutgoingEmail.objects.all().delete()
    SecurityDrill.objects.filter(pk=drill.pk).update(sends_at=timezone.now() - dt.timedelta(minutes=1))
    barrier = threading.Barrier(3)

    def run():
        barrier.wait()
        actions.run_drills()
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert OutgoingEmail.objects.filter(to=ADDRESS).count() == 1
