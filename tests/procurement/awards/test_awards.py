"""From the ranking to the contract: what the rules and the database refuse, and the whole way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from procurement.awards import deciding, notifying
from procurement.awards.letters import letter_data, letter_pdf
from procurement.consultations import writing
from procurement.evaluation import agreeing, asking
from procurement.models import (
    Award,
    Consultation,
    Evaluation,
    PublicationRelease,
    RejectionLetter,
)
from procurement.publication.consultation import consultation_facts
from tests.procurement.consultation_builders import make_supplier
from tests.procurement.evaluation_builders import (
    certified,
    concluded,
    decided,
    found_award,
    propose,
    proposed,
    response_of,
    sql,
    whole,
)

PRICES = {"Nuage Exemple A": "1000.00", "Nuage Exemple B": "1250.00"}
pytestmark = pytest.mark.django_db


def refused(code, act):
    with pytest.raises((MoveRefused, RuleBroken, NotAllowed)) as told:
        act()
    assert told.value.code == code, told.value.code
    return told.value


def days(number):
    return timezone.localdate() + dt.timedelta(days=number)


def manager_of(award):
    return make_supplier(award.supplier.organisation)[1]


def loser_of(award):
    return award.letters.get().response.deposit.supplier


def signed(room, **content):
    made = decided(room, PRICES, **content)
    deciding.send_letters(made, actor=room.purchasing)
    return found_award(deciding.sign(made, actor=room.purchasing))


def notified(room):
    made = signed(room)
    given = {"starts_on": timezone.localdate(), "ends_on": days(365)}
    return found_award(notifying.notify_holder(made, actor=room.purchasing, **given))


def test_the_best_ranked_is_awarded_and_the_next_once_it_was_dropped(room):
    evaluation = concluded(room, PRICES)
    told = refused("better_ranked", lambda: propose(room, evaluation, rank=1))
    assert "Nuage Exemple A" in told.message
    first = propose(room, evaluation)
    assert (first.supplier.name, first.amount_eur_ht) == ("Nuage Exemple A", Decimal("100000.00"))
    refused("award_exists", lambda: propose(room, evaluation))
    refused(
        "award_exists",
        lambda: agreeing.resume(Evaluation.objects.get(), actor=room.purchasing, reason="Erreur."),
    )
    deciding.drop(first, actor=room.purchasing, reason="Certificats non remis.")
    assert propose(room, evaluation, rank=1).supplier.name == "Nuage Exemple B"


def test_certificates_come_before_the_decision(room):
    made = proposed(room, PRICES)
    told = refused("certificates_missing", lambda: deciding.decide(made, actor=room.purchasing, checked=True))
    assert "certificat fiscal, certificat social" in told.message
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.update(state="decided", decided_at=timezone.now(), decided_by=room.purchasing.user)
    made = certified(room, made)
    refused("certificates_unchecked", lambda: deciding.decide(made, actor=room.purchasing, checked=False))
    deciding.decide(made, actor=room.purchasing, checked=True)
    refused("award_decided", lambda: certified(room, made))


def test_the_winner_answered_in_time_and_was_not_set_aside(room):
    evaluation = concluded(room, PRICES)
    response = response_of(evaluation, "Nuage Exemple B")
    values = {
        "consultation": evaluation.consultation, "lot": response.deposit.lot, "response": response,
        "standings": [], "proposed_by": room.purchasing.user, "reason": "x",
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("SET LOCAL session_replication_role = replica")
        sql("UPDATE procurement_sealeddeposit SET received_at = now() + interval '1 day'")
        sql("SET LOCAL session_replication_role = origin")
        Award.objects.create(number="ATT-1", **values)
    agreeing.resume(evaluation, actor=room.purchasing, reason="Erreur.")
    asking.set_aside(
        evaluation, actor=room.purchasing, response=response, ground="irregular", reason="Sans DUME."
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(number="ATT-2", **values)
    agreeing.conclude(evaluation, actor=room.purchasing)
    lot = response.deposit.lot
    refused(
        "not_ranked",
        lambda: deciding.propose(
            whole(evaluation), actor=room.purchasing, lot=lot, response=response, reason="x"
        ),
    )


def test_a_subsequent_contract_goes_to_a_holder(room):
    evaluation = concluded(room, PRICES)
    response = response_of(evaluation, "Nuage Exemple A")
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("SET LOCAL session_replication_role = replica")
        sql("UPDATE procurement_consultation SET kind = 'subsequent'")
        sql("SET LOCAL session_replication_role = origin")
        Award.objects.create(
            number="ATT-1", consultation=evaluation.consultation, lot=response.deposit.lot,
            response=response, standings=[], proposed_by=room.purchasing.user, reason="x",
        )  # fmt: skip


def test_letters_follow_the_decision_and_say_marks_and_reasons(room):
    made = certified(room, proposed(room, PRICES))
    other = response_of(made.consultation.evaluation, "Nuage Exemple B")
    with pytest.raises(IntegrityError), transaction.atomic():
        RejectionLetter.objects.create(award=made, response=other, content={})
    deciding.decide(made, actor=room.purchasing, checked=True)
    deciding.send_letters(found_award(made), actor=room.purchasing)
    letter = RejectionLetter.objects.for_pages().get()
    told = letter_data(letter)
    assert told["facts"][2]["value"] == "Nuage Exemple B" and told["facts"][7]["value"] == "Nuage Exemple A"
    assert [line["reason"] for line in told["scores"]][1:] == ["Vaut 12."] * 2
    assert "20 × (" in told["scores"][0]["reason"] and told["scores"][0]["mark"] == "16"
    assert letter_pdf(letter).startswith(b"%PDF-")
    seen = RejectionLetter.objects.visible_to
    assert seen(make_supplier(loser_of(made).organisation)[1]).count() == 1
    assert not seen(manager_of(made)).exists() and seen(room.requester).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        RejectionLetter.objects.update(content={})


def test_nothing_is_signed_before_the_delay_ends(room):
    made = decided(room, PRICES)
    deciding.send_letters(made, actor=room.purchasing, voluntary=True)
    assert (made.standstill_days, made.signable_on) == (11, days(12))
    told = refused("standstill", lambda: deciding.sign(made, actor=room.purchasing))
    assert "à partir du" in told.message
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.update(state="signed", signed_on=days(11))
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.update(signable_on=days(0))


def test_what_is_signed_stops_no_more(room):
    made = signed(room)
    refused("wrong_state", lambda: deciding.drop(made, actor=room.purchasing, reason="Trop tard."))
    stop = lambda: writing.declare_sans_suite(  # noqa: E731 -- one call
        Consultation.objects.get(), actor=room.purchasing, reason="Trop tard."
    )
    refused("award_signed", stop)


def test_notified_it_is_ordered_under_and_its_publication_is_drafted(room):
    made = notified(room)
    vehicle, consultation = made.vehicle, Consultation.objects.get()
    assert (made.state, consultation.state) == ("notified", "awarded")
    assert (vehicle.kind, vehicle.holder, vehicle.maximum_eur) == (
        "own_contract",
        made.supplier,
        Decimal("100000.00"),
    )
    assert vehicle.buyers.get() == room.organisation
    told = vehicle.publication.answers
    assert (told["procedure"], told["offers_received"]) == ("Procédure adaptée", 2)
    assert told["environmental"] == ["Critère environnemental"]
    assert told["notified_on"] == timezone.localdate().isoformat()
    facts = consultation_facts(consultation, award=made)
    assert (facts.tenderers, facts.decided_on) == (2, timezone.localdate())
    assert facts.closes_at == consultation.closes_at and "Prix: 50 %" in facts.criteria
    refused("consultation_not_opened", lambda: deciding.drop(made, actor=room.purchasing, reason="x"))


def test_its_publication_says_what_was_asked_then_what_was_awarded(room):
    from procurement.publication import actions as publications

    publication = notified(room).vehicle.publication
    values = {
        "reference": "2026-001", "nature": "Marché", "cpv": "72415000", "techniques": ("Sans objet",),
        "execution_modes": ("Sans objet",), "innovative": False, "ccag": "Pas de CCAG", "advance": False,
        "grouping": "Pas de groupement", "subcontracting": False, "place_code": "75056",
        "place_kind": "Code commune", "price_form": "Unitaire", "price_types": ("Définitif ferme",),
        "holder_is_person": False, "social": ("Pas de considération sociale",),
    }  # fmt: skip
    if "holders" not in publication.answers:
        from procurement.publication.facts import Holder

        values["holders"] = (Holder("SIRET", "73282932000074"),)
    publications.save_answers(publication, actor=room.purchasing, values=values)
    publications.review(publication, actor=room.purchasing, attested=True)
    publications.publish(publication, actor=room.purchasing)
    tender, award = [one.ocds for one in PublicationRelease.objects.order_by("rank")]
    assert (tender["tag"], award["tag"]) == (["tender"], ["award", "contract"])
    assert "numberOfTenderers" not in tender["tender"] and award["tender"]["numberOfTenderers"] == 2
    assert tender["date"] < award["date"] and "awards" not in tender and award["awards"][0]["date"]
