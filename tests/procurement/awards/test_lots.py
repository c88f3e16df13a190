"""Lots of one consultation: one is awarded, another ends alone; the 11 days of a formalised procedure."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.models import Notification
from procurement.awards import deciding, ending, notifying
from procurement.consultations import depositing, drafts, writing
from procurement.consultations.record import record_data
from procurement.evaluation import agreeing, asking
from procurement.models import Award, Consultation, LotOutcome, OpenedResponse
from tests.builders import client_for
from tests.procurement.consultation_builders import ITEM, make_deposit, make_draft, make_supplier
from tests.procurement.evaluation.test_story import browser, sent, text_of
from tests.procurement.evaluation_builders import (
    agree_all,
    begun,
    certified,
    concluded,
    decided,
    found_award,
    mark_all,
    propose,
    response_of,
    shared,
)
from tests.rest.builders import client_for_token

PRICES = {"Nuage Exemple A": "1000.00", "Nuage Exemple B": "1250.00"}
TWO_LOTS = [
    {"title": "Hébergement", "description": "", "price_items": [ITEM]},
    {"title": "Sauvegarde", "description": "", "price_items": [ITEM]},
]
pytestmark = pytest.mark.django_db


def refused(code, act):
    with pytest.raises((MoveRefused, RuleBroken, NotAllowed)) as told:
        act()
    assert told.value.code == code, told.value.code
    return told.value


@pytest.fixture
def third(db):
    """Who answers the second lot alone."""
    return make_supplier(name="Nuage Exemple C")[1]


def two_lots(room, third=None):
    """Opened: two responses to the first lot; to the second, that of `third`, or none."""
    made = room.published(lots=TWO_LOTS)
    for name, price in PRICES.items():
        make_deposit(made, make_supplier(name=name)[1], price=price)
    if third is not None:
        make_deposit(made, third, lot=made.lots.get(number=2))
    return room.open(room.closed(made))


def end(room, consultation, number=2, kind="sans_suite", reason="Besoin abandonné.", **more):
    lot = consultation.lots.get(number=number)
    given = {"actor": room.purchasing, **more}
    return ending.end_lot(consultation, lot=lot, kind=kind, reason=reason, **given)


def notify_first(room, made):
    deciding.send_letters(made, actor=room.purchasing)
    deciding.sign(made, actor=room.purchasing)
    today = timezone.localdate()
    dates = {"starts_on": today, "ends_on": today + dt.timedelta(days=365)}
    return notifying.notify_holder(found_award(made), actor=room.purchasing, **dates)


def test_a_lot_ends_alone_its_bidders_are_told_and_the_other_is_awarded(room, third):
    found = two_lots(room, third)
    Notification.objects.all().delete()
    outcome = end(room, found)
    assert str(outcome) == "Lot 2, sans suite"
    told = list(Notification.objects.values_list("user_id", flat=True))
    assert told == [third.user.pk], "those of the first lot are told nothing"
    made = decided(room, {}, consultation=found)
    assert [one["lot"] for one in made.consultation.evaluation.standings] == [1]
    notify_first(room, made)
    assert Consultation.objects.get().state == "awarded"


def test_marks_given_before_are_not_awaited_any_more(room, third):
    found = two_lots(room, third)
    evaluation = begun(room, {}, consultation=found)
    for actor in (room.requester, room.purchasing):
        mark_all(evaluation, actor)
    agreeing.open_consensus(evaluation, actor=room.purchasing)
    end(room, found)
    agree_all(evaluation, room.purchasing)
    agreeing.conclude(evaluation, actor=room.purchasing)
    refused("lot_ended", lambda: end(room, found))


def test_the_last_lot_to_end_ends_the_consultation(room, third):
    found = two_lots(room, third)
    end(room, found, 1, reason="Crédits retirés.")
    assert Consultation.objects.get().state == "opened"
    end(room, found)
    row = Consultation.objects.get()
    assert row.state == "sans_suite"
    assert row.closing_reason == "Lot 1, sans suite : Crédits retirés.\nLot 2, sans suite : Besoin abandonné."


def test_the_award_first_then_the_end_of_the_other_lot(room):
    found = two_lots(room)
    notify_first(room, decided(room, {}, consultation=found))
    assert Consultation.objects.get().state == "opened"
    end(room, Consultation.objects.get(), kind="infructueux", reason="Aucune réponse.")
    assert Consultation.objects.get().state == "awarded"


def test_fruitless_means_no_response_or_all_set_aside(room, third):
    found = two_lots(room, third)
    told = refused("responses_stand", lambda: end(room, found, kind="infructueux"))
    assert "Nuage Exemple C" in told.message and "kind" in told.fields
    evaluation = begun(room, {}, consultation=found)
    response = response_of(evaluation, "Nuage Exemple C")
    asking.set_aside(
        evaluation, actor=room.purchasing, response=response, ground="irregular", reason="Sans DUME."
    )
    end(room, found, kind="infructueux")


def test_who_when_and_why(room, third):
    refused("lots_cannot_end", lambda: end(room, room.draft(lots=TWO_LOTS)))
    found = two_lots(room, third)
    refused("not_allowed", lambda: end(room, found, actor=room.requester))
    refused("reason_missing", lambda: end(room, found, reason=" "))
    evaluation = concluded(room, {}, consultation=found)
    first = propose(room, evaluation)
    refused("award_exists", lambda: end(room, found, 1))
    deciding.drop(first, actor=room.purchasing, reason="Certificats non remis.")
    end(room, found, 1)
    refused("lot_ended", lambda: propose(room, evaluation, rank=1))


def test_a_lot_ends_before_the_opening_and_what_was_sealed_for_it_stays_so(room, third):
    made = room.published(lots=TWO_LOTS)
    lot = made.lots.get(number=2)
    sealed = make_deposit(made, third, lot=lot)
    other = make_supplier(name="Nuage Exemple A")[1]
    make_deposit(made, other)
    waiting = make_draft(made, other, lot=lot)
    Notification.objects.all().delete()
    told = refused("not_opened", lambda: end(room, made, kind="infructueux"))
    assert "kind" in told.fields
    end(room, made)
    assert set(Notification.objects.values_list("user_id", flat=True)) == {third.user.pk, other.user.pk}
    assert "Le lot 2 de la consultation" in Notification.objects.get(subject__startswith="Brouillon").body
    refused("draft_gone", lambda: depositing.deposit(waiting, actor=other))
    refused("lot_ended", lambda: drafts.begin(made, actor=other, lot=lot))
    page = text_of(browser(third).get(f"{made.get_absolute_url()}reponse/"))
    assert "Besoin abandonné." in page and "Remplacer ma réponse" not in page
    found = room.open(room.closed(made))
    opened = list(found.deposits.filter(opened__isnull=False).values_list("lot__number", flat=True))
    assert opened == [1], "the set that the journal fixed holds both, one lot is opened"
    with pytest.raises(IntegrityError), transaction.atomic():
        OpenedResponse.objects.create(deposit=sealed, content={})
    lines = {one["lot"]: one["result"] for one in record_data(found)["deposits"]}
    assert lines == {"1": "Ouvert", "2": "Lot terminé avant l’ouverture, jamais ouvert"}
    notify_first(room, decided(room, {}, consultation=found))
    assert Consultation.objects.get().state == "awarded"


def test_the_last_lot_to_end_before_the_opening_ends_the_consultation(room):
    made = room.published(lots=TWO_LOTS)
    end(room, made, 1)
    end(room, room.closed(Consultation.objects.get()))
    assert Consultation.objects.get().state == "sans_suite"


def test_the_database_keeps_it(room, third):
    found = two_lots(room, third)
    made = propose(room, concluded(room, {}, consultation=found))
    values = {"reason": "x", "kind": "sans_suite", "decided_by": room.purchasing.user, "consultation": found}
    with pytest.raises(IntegrityError), transaction.atomic():
        LotOutcome.objects.create(lot=made.lot, **values)
    end(room, found)
    with pytest.raises(IntegrityError), transaction.atomic():
        LotOutcome.objects.update(reason="Autre.")
    response = response_of(made.consultation.evaluation, "Nuage Exemple C")
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(
            number="ATT-1", consultation=found, lot=response.deposit.lot, response=response, standings=[],
            proposed_by=room.purchasing.user, reason="x",
        )  # fmt: skip


def test_by_the_pages(room, third):
    found = two_lots(room, third)
    url, buyer = found.get_absolute_url(), browser(room.purchasing)
    concluded(room, {}, consultation=found)
    assert "Terminer sans attribution" in text_of(buyer.get(f"{url}attribution/"))
    here = f"{url}lots/2/terminer/"
    wrong = text_of(buyer.post(here, {"kind": "infructueux", "reason": "Rien ne convient."}), 400)
    assert "Écartez-la avec son motif" in wrong and "Rien ne convient." in wrong
    sent(buyer.post(here, {"kind": "sans_suite", "reason": "Besoin abandonné."}))
    assert buyer.get(here).status_code == 409 and browser(third).get(here).status_code == 403
    assert "Besoin abandonné." in text_of(client_for(None).get(url))
    assert "ses réponses ne sont plus notées" in text_of(buyer.get(f"{url}evaluation/"))


def test_by_the_api(room, third):
    found = two_lots(room, third)
    buyer, requester = (client_for_token(one.membership) for one in (room.purchasing, room.requester))
    body = {"consultation": str(found.uuid), "lot": 2, "kind": "infructueux", "reason": "x"}
    here = "/api/v1/lot-outcomes/"
    assert client_for_token(None).post(here, body, format="json").status_code == 401
    assert requester.post(here, body, format="json").status_code == 403
    early = buyer.post(here, body, format="json")
    assert (early.status_code, early.json()["code"]) == (400, "responses_stand")
    assert buyer.post(here, {**body, "lot": 3}, format="json").status_code == 404
    made = buyer.post(here, {**body, "kind": "sans_suite"}, format="json")
    assert made.status_code == 201, made.content
    assert buyer.post(here, body, format="json").json()["code"] == "lot_ended"
    (row,) = client_for_token(None).get(here).json()["results"]
    assert (row["lot"], row["kind"]) == (2, "sans_suite")


def test_the_marks_are_drawn_once_shared_and_told_in_a_table(room):
    made = shared(room, PRICES)
    buyer = browser(room.purchasing)
    agree_all(made, room.purchasing)
    page = text_of(buyer.get(made.get_absolute_url()))
    assert "Notes par critère, lot 1" in page and "notes-1-hatched" in page
    assert "20 sur 20" in page and "16 sur 20" in page and "12 sur 20" in page


def formalised(room):
    made = room.published(route="formalised", value=200_000)
    for name, price in PRICES.items():
        make_deposit(made, make_supplier(name=name)[1], price=price)
    return room.open(room.closed(made))


def test_a_formalised_procedure_waits_eleven_days_by_rule(room):
    made = decided(room, {}, consultation=formalised(room))
    assert made.consultation.kind == "formalised"
    deciding.send_letters(made, actor=room.purchasing)
    assert made.standstill_days == 11
    told = refused("standstill", lambda: deciding.sign(made, actor=room.purchasing))
    assert "à partir du" in told.message
    assert "onze jours" in made.letters.get().content["standstill_text"]
    assert made.amount_eur_ht == Decimal("100000.00")


def test_a_formalised_procedure_is_an_open_call(room):
    made = room.draft(route="formalised", value=200_000)
    told = refused("formalised_open", lambda: writing.edit(made, actor=room.requester, access="invited"))
    assert "access" in told.fields


def test_certificates_are_asked_there_too(room):
    made = propose(room, concluded(room, {}, consultation=formalised(room)))
    refused("certificates_missing", lambda: deciding.decide(made, actor=room.purchasing, checked=True))
    deciding.decide(certified(room, made), actor=room.purchasing, checked=True)
