"""A dynamic purchasing system: open all its life, answered within its days, consulted whole."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.models import Notification
from marketplace.working_days import add_ouvrable_days, public_holidays
from procurement.consultations import drafts, publishing, writing
from procurement.dynamic import admitting
from procurement.dynamic.opening import open_system, write_categories
from procurement.dynamic.rules import answer_by, answer_rule_on
from procurement.models import Admission, Award, SystemCategory
from tests.builders import client_for
from tests.procurement.consultation_builders import make_deposit, make_supplier
from tests.procurement.evaluation.test_story import browser, sent, text_of
from tests.procurement.evaluation_builders import decided, response_of
from tests.rest.builders import client_for_token

CLOUD, OTHER, THIRD = "Nuage Exemple A", "Nuage Exemple B", "Nuage Exemple C"


def refused(code, act):
    with pytest.raises((MoveRefused, RuleBroken, NotAllowed)) as told:
        act()
    assert told.value.code == code, told.value.code
    return told.value


def paper(name="dume.txt"):
    return SimpleUploadedFile(name, f"Pièce {name} d’essai.".encode())


@pytest.fixture
def firms(db):
    return {name: make_supplier(name=name) for name in (CLOUD, OTHER, THIRD)}


def make_system(room, **values):
    today = timezone.localdate()
    terms = {
        "title": "Hébergement courant", "reference": "SAD-ESSAI", "description": "Des serveurs.",
        "criteria": "Une référence de moins de trois ans.", "starts_on": today - dt.timedelta(days=10),
        "ends_on": today + dt.timedelta(days=700), "notice_sent_on": today - dt.timedelta(days=40),
    }  # fmt: skip
    return open_system(actor=room.purchasing, **{**terms, **values})


def ask(system, manager, **values):
    given = {"candidacy": "dume", "not_excluded": True, "file": paper(), **values}
    return admitting.ask(system, actor=manager, **given)


def admitted(room, system, manager):
    return admitting.admit(ask(system, manager), actor=room.purchasing)


def key(system):
    return f"vehicle:{system.vehicle.number}"


def test_the_limit_is_counted_in_jours_ouvrables():
    assert answer_rule_on(dt.date(2026, 11, 26)).source.endswith("R. 2162-45")
    assert answer_by(dt.date(2026, 11, 26)) == dt.date(2026, 12, 8)
    assert answer_by(dt.date(2026, 11, 26), extended=True) == dt.date(2026, 12, 14)
    assert answer_by(dt.date(2026, 12, 23)) == dt.date(2027, 1, 6)
    with pytest.raises(ValueError, match="no rule"):
        answer_by(dt.date(2010, 1, 1))


@given(st.dates(dt.date(2000, 1, 1), dt.date(2080, 1, 1)), st.integers(1, 60))
def test_jours_ouvrables_are_neither_sundays_nor_feasts(start, days):
    end = add_ouvrable_days(start, days)
    between = [start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1)]
    counted = [day for day in between if day.weekday() != 6 and day not in public_holidays(day.year)]
    assert len(counted) == days and counted[-1] == end


@pytest.mark.django_db
def test_any_supplier_applies_while_it_lasts_and_once(room, firms):
    system, (_, manager) = make_system(room), firms[CLOUD]
    made = ask(system, manager)
    assert (made.state, made.papers.get().title) == ("asked", "DUME")
    assert made.answer_by == answer_by(timezone.localdate())
    assert Notification.objects.filter(user=room.purchasing.user, subject__contains="à évaluer").exists()
    refused("admission_exists", lambda: ask(system, manager))
    told = refused("exclusion_unattested", lambda: ask(system, firms[OTHER][1], not_excluded=False))
    assert "not_excluded" in told.fields
    today = timezone.localdate()
    over = make_system(room, starts_on=today - dt.timedelta(days=9), ends_on=today - dt.timedelta(days=1))
    refused("system_not_open", lambda: ask(over, manager))
    refused("not_allowed", lambda: ask(system, room.purchasing))


@pytest.mark.django_db
def test_the_answer_its_extension_and_its_reasons(room, firms):
    system = make_system(room)
    made = ask(system, firms[CLOUD][1])
    refused("reason_missing", lambda: admitting.refuse(made, actor=room.purchasing, reason=" "))
    admitting.extend(made, actor=room.purchasing, reason="Références à vérifier.")
    assert made.answer_by == answer_by(timezone.localdate(), extended=True)
    refused("extended_already", lambda: admitting.extend(made, actor=room.purchasing, reason="Encore."))
    assert made.is_late(made.answer_by + dt.timedelta(days=1)) and not made.is_late(made.answer_by)
    admitting.refuse(made, actor=room.purchasing, reason="Aucune référence.")
    refused(
        "admission_answered",
        lambda: admitting.add_paper(made, actor=firms[CLOUD][1], title="x", file=paper()),
    )
    again = admitted(room, system, firms[CLOUD][1])
    admitting.end(again, actor=room.purchasing, reason="Certificat expiré.")
    assert [one.state for one in Admission.objects.order_by("pk")] == ["refused", "ended"]


@pytest.mark.django_db
def test_a_specific_consultation_invites_all_those_admitted_up_to_its_publication(room, firms):
    system = make_system(room)
    admitted(room, system, firms[CLOUD][1])
    made = room.proved(route=key(system))
    assert (made.kind, made.access) == ("specific", "invited")
    assert [one.supplier.name for one in made.invitations.all()] == [CLOUD]
    refused("not_the_holder", lambda: writing.edit(made, actor=room.requester, invited=[firms[THIRD][0]]))
    admitted(room, system, firms[OTHER][1])
    publishing.publish(made, actor=room.purchasing, attested=True)
    assert sorted(one.supplier.name for one in made.invitations.all()) == [CLOUD, OTHER]
    lot = made.lots.get()
    told = refused("not_eligible", lambda: drafts.begin(made, actor=firms[THIRD][1], lot=lot))
    assert "invitation" in told.message
    lost = Admission.objects.get(supplier=firms[OTHER][0])
    admitting.end(lost, actor=room.purchasing, reason="Certificat expiré.")
    told = refused("not_eligible", lambda: drafts.begin(made, actor=firms[OTHER][1], lot=lot))
    assert "candidatez-y d’abord" in told.message


@pytest.mark.django_db
def test_its_winner_was_admitted_by_the_database_and_no_delay_is_due(room, firms):
    system = make_system(room)
    for name in (CLOUD, OTHER):
        admitted(room, system, firms[name][1])
    found = room.published(route=key(system))
    for name, price in ((CLOUD, "500.00"), (OTHER, "600.00")):
        make_deposit(found, firms[name][1], price=price)
    made = decided(room, {}, consultation=room.open(room.closed(found)))
    from procurement.awards import deciding

    deciding.send_letters(made, actor=room.purchasing)
    assert made.standstill_days == 0
    deciding.drop(made, actor=room.purchasing, reason="Essai.")
    Admission.objects.filter(supplier=firms[OTHER][0]).update(
        state="withdrawn", decided_at=None, decided_by=None
    )
    response = response_of(made.consultation.evaluation, OTHER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(
            number="ATT-1", consultation=made.consultation, lot=made.lot, response=response, standings=[],
            proposed_by=room.purchasing.user, reason="x",
        )  # fmt: skip


@pytest.mark.django_db
def test_without_anybody_admitted_nothing_is_published(room):
    made = room.proved(route=key(make_system(room)))
    told = refused("not_publishable", lambda: publishing.publish(made, actor=room.purchasing, attested=True))
    assert "invited" in told.fields


@pytest.mark.django_db
def test_nobody_is_invited_before_the_end_of_the_first_reception(room, firms):
    sent_on = timezone.localdate() - dt.timedelta(days=30)
    system = make_system(room, notice_sent_on=sent_on)
    assert system.invites_from == timezone.localdate() + dt.timedelta(days=1)
    assert make_system(room, notice_sent_on=None).invites_from == (
        timezone.localdate() + dt.timedelta(days=21)
    ), "not told: from the first day of the system"
    admitted(room, system, firms[CLOUD][1])
    made = room.proved(route=key(system), response_days=5, question_days=3, answer_days=2)
    told = refused("not_publishable", lambda: publishing.publish(made, actor=room.purchasing, attested=True))
    assert set(told.fields) == {"route", "response_days"}
    assert "R. 2162-43" in told.message and "R. 2162-50" in told.message
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    refused("sent_to_come", lambda: make_system(room, notice_sent_on=tomorrow))


CATEGORIES = [
    {"title": "Calcul", "criteria": "Un centre de données."},
    {"title": "Stockage", "criteria": "Une référence d’un pétaoctet."},
]


@pytest.mark.django_db
def test_a_category_admits_and_is_consulted_apart(room, firms):
    system = make_system(room, categories=CATEGORIES)
    compute, storage = system.categories.all()
    told = refused("category_unknown", lambda: ask(system, firms[CLOUD][1]))
    assert "category" in told.fields and "1. Calcul, 2. Stockage" in told.message
    for name, category in ((CLOUD, compute), (CLOUD, storage), (OTHER, storage)):
        admitting.admit(ask(system, firms[name][1], category=category), actor=room.purchasing)
    refused("admission_exists", lambda: ask(system, firms[CLOUD][1], category=storage))
    refused("category_unknown", lambda: ask(make_system(room), firms[CLOUD][1], category=storage))
    frozen = {"actor": room.purchasing, "categories": CATEGORIES[:1]}
    refused("categories_frozen", lambda: write_categories(system, **frozen))
    with pytest.raises(IntegrityError), transaction.atomic():
        SystemCategory.objects.filter(pk=storage.pk).update(criteria="Rien.")
    made = room.proved(route=key(system))
    told = refused("not_publishable", lambda: publishing.publish(made, actor=room.purchasing, attested=True))
    assert "category" in told.fields
    fresh = type(made).objects.get(pk=made.pk)
    other = make_system(room, categories=CATEGORIES).categories.first()
    act = {"actor": room.requester, "category": other}
    refused("category_unknown", lambda: writing.edit(fresh, **act))
    writing.edit(fresh, actor=room.requester, category=compute)
    assert [one.supplier.name for one in fresh.invitations.all()] == [CLOUD]
    made = publishing.publish(fresh, actor=room.purchasing, attested=True)
    told = refused("not_eligible", lambda: drafts.begin(made, actor=firms[OTHER][1], lot=made.lots.get()))
    with pytest.raises(IntegrityError), transaction.atomic():
        type(made).objects.filter(pk=made.pk).update(category=storage)
    deposited = make_deposit(made, firms[CLOUD][1], price="500.00")
    award = decided(room, {}, consultation=room.open(room.closed(made)))
    assert award.response.deposit_id == deposited.pk
    assert "Calcul" in text_of(browser(firms[CLOUD][1]).get(made.get_absolute_url()))


@pytest.mark.django_db
def test_categories_by_the_pages_and_the_api(room, firms):
    system = make_system(room)
    buyer, manager = browser(room.purchasing), browser(firms[CLOUD][1])
    url = system.get_absolute_url()
    assert manager.get(f"{url}categories/").status_code == 403
    body = {"title_1": "Calcul", "criteria_1": ""}
    wrong = text_of(buyer.post(f"{url}categories/", body), 400)
    assert "Critères de sélection" in wrong and "Calcul" in wrong
    sent(buyer.post(f"{url}categories/", {**body, "criteria_1": "Un centre de données."}))
    page = text_of(client_for(None).get(url))
    assert "1. Calcul" in page and "Un centre de données." in page and "R. 2162-37" in page
    api = client_for_token(room.purchasing.membership)
    here = f"/api/v1/dynamic-systems/{system.uuid}/"
    done = api.post(f"{here}write-categories/", {"categories": CATEGORIES}, format="json")
    assert done.status_code == 200, done.content
    wanted = done.json()["categories"][1]["id"]
    asked = {"candidacy": "dume", "not_excluded": "on", "file": paper()}
    wrong = text_of(manager.post(f"{url}candidater/", asked), 400)
    assert "Catégorie" in wrong
    supplier = client_for_token(firms[CLOUD][1].membership)
    given = {"system": str(system.uuid), "candidacy": "dume", "not_excluded": True, "file": paper()}
    assert supplier.post("/api/v1/admissions/", given, format="multipart").status_code == 400
    given |= {"category": wanted, "file": paper()}
    made = supplier.post("/api/v1/admissions/", given, format="multipart")
    assert made.status_code == 201, made.content
    assert made.json()["category"] == wanted and api.get(here).json()["invites_from"]
    assert api.post(f"{here}write-categories/", {"categories": []}, format="json").status_code == 409


@pytest.mark.django_db
def test_by_the_pages_of_both_sides(room, firms):
    buyer, manager, other = browser(room.purchasing), browser(firms[CLOUD][1]), browser(firms[OTHER][1])
    assert browser(room.requester).get("/systemes-d-acquisition/ouvrir/").status_code == 403
    today = timezone.localdate()
    body = {
        "title": "Hébergement courant", "reference": "SAD-1", "description": "Des serveurs.", "criteria": "",
        "starts_on": today.isoformat(), "ends_on": (today + dt.timedelta(days=400)).isoformat(),
        "notice_sent_on": today.isoformat(),
    }  # fmt: skip
    wrong = text_of(buyer.post("/systemes-d-acquisition/ouvrir/", body), 400)
    assert "Des serveurs." in wrong
    url = sent(buyer.post("/systemes-d-acquisition/ouvrir/", {**body, "criteria": "Une référence."}))
    assert "Hébergement courant" in text_of(client_for(None).get("/systemes-d-acquisition/"))
    assert "R. 2162-45" in text_of(client_for(None).get(url)) and "Candidater" in text_of(manager.get(url))
    number = url.strip("/").rsplit("/", 1)[1]
    assert "Voir le système" in text_of(buyer.get(f"/supports-d-achat/{number}/"))
    asked = {"candidacy": "dc1", "statement": "Dix ans d’hébergement."}
    wrong = text_of(manager.post(f"{url}candidater/", {**asked, "file": paper()}), 400)
    assert "aucun cas d’exclusion" in wrong and "Dix ans d’hébergement." in wrong
    here = sent(manager.post(f"{url}candidater/", {**asked, "not_excluded": "on", "file": paper()}))
    assert other.get(here).status_code == 404
    sent(manager.post(f"{here}pieces/", {"title": "Référence", "file": paper("reference.txt")}))
    assert "Répondre" in text_of(buyer.get("/bureau/")) and CLOUD in text_of(buyer.get(url))
    assert manager.post(f"{here}admettre/", {}).status_code == 403
    sent(buyer.post(f"{here}prolonger/", {"reason": "Référence à vérifier."}))
    assert buyer.get(f"{here}prolonger/").status_code == 409 and f"{here}prolonger/" not in text_of(
        buyer.get(here)
    )
    sent(buyer.post(f"{here}admettre/", {}))
    assert "Admise" in text_of(manager.get(here)) and "Candidater" not in text_of(manager.get(url))
    sent(manager.post(f"{here}retirer/", {"reason": ""}))
    assert buyer.post(f"{here}admettre/", {}).status_code == 409


@pytest.mark.django_db
def test_by_the_api(room, firms):
    buyer, manager, other = (
        client_for_token(one.membership) for one in (room.purchasing, firms[CLOUD][1], firms[OTHER][1])
    )
    today = timezone.localdate()
    body = {
        "title": "Hébergement courant", "reference": "SAD-1", "description": "Des serveurs.",
        "criteria": "Une référence.", "starts_on": today.isoformat(),
        "ends_on": (today + dt.timedelta(days=400)).isoformat(),
    }  # fmt: skip
    assert manager.post("/api/v1/dynamic-systems/", body, format="json").status_code == 403
    made = buyer.post("/api/v1/dynamic-systems/", body, format="json")
    assert made.status_code == 201, made.content
    assert (
        client_for_token(None).get("/api/v1/dynamic-systems/").json()["results"][0]["title"] == body["title"]
    )
    asked = {"system": made.json()["id"], "candidacy": "dume", "not_excluded": True}
    told = manager.post("/api/v1/admissions/", {**asked, "file": paper()}, format="multipart")
    assert told.status_code == 201, told.content
    here = f"/api/v1/admissions/{told.json()['id']}/"
    assert len(told.json()["papers"][0]["sha256"]) == 64 and other.get(here).status_code == 404
    joined = manager.post(
        f"{here}papers/", {"title": "Référence", "file": paper("r.txt")}, format="multipart"
    )
    assert joined.status_code == 201, joined.content
    assert buyer.post(f"{here}extend/", {"reason": "À vérifier."}, format="json").status_code == 200
    assert manager.post(f"{here}admit/", {}, format="json").status_code == 403
    assert buyer.post(f"{here}admit/", {}, format="json").json()["state"] == "admitted"
    assert buyer.post(f"{here}refuse/", {"reason": "x"}, format="json").json()["code"] == "wrong_state"
    ended = buyer.post(f"{here}end/", {"reason": "Critère perdu."}, format="json")
    assert ended.json()["reason"] == "Critère perdu."
