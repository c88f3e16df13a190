"""The ceremony: nothing before the deadline, two people, exactly the journalled set, the last deposits."""

from __future__ import annotations

import pytest
from django.db import connection

from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.files.models import StoredFile
from procurement.consultations import closing, keys, opening, vault
from procurement.consultations.opening import give_secret
from procurement.consultations.record import opening_record, opening_record_pdf
from procurement.consultations.rehearsing import rehearse
from procurement.models import OpenedResponse, SealedDeposit, ShareGift
from tests.builders import actor_for
from tests.procurement.consultation_builders import make_deposit, make_supplier, pass_deadline


@pytest.fixture
def consultation(room):
    return room.published()


@pytest.fixture
def suppliers(db):
    return [make_supplier(name=f"Nuage Exemple {letter}") for letter in "ABC"]


def given(room, consultation, *places):
    for place in places:
        actor = room.holders[place - 1]
        done = give_secret(consultation, actor=actor, secret=room.secret(actor))
    return done


def test_nothing_opens_before_the_deadline(room, consultation):
    with pytest.raises(MoveRefused) as refused:
        given(room, consultation, 1)
    assert refused.value.code == "not_over" and not ShareGift.objects.exists()


@pytest.mark.parametrize("places", [(1, 2), (1, 3), (3, 2)])
def test_two_of_the_three_open_the_last_deposits_alone(room, consultation, suppliers, places):
    for _, manager in suppliers[:2]:
        make_deposit(consultation, manager, proposal="Première version.")
        make_deposit(consultation, manager, proposal="Dernière version.", files=1)
    room.closed(consultation)
    assert given(room, consultation, places[0]).opened is False
    assert not OpenedResponse.objects.exists() and consultation.state == "closed"
    assert given(room, consultation, places[1]).opened is True
    opened = list(OpenedResponse.objects.for_pages())
    assert [one.content["proposal"] for one in opened] == ["Dernière version."] * 2
    assert all(one.files.count() == 1 for one in opened)
    assert consultation.state == "opened" and not ShareGift.objects.exists()


def test_one_person_alone_never_opens_however_often(room, consultation, suppliers):
    make_deposit(consultation, suppliers[0][1])
    room.closed(consultation)
    for _ in range(3):
        assert given(room, consultation, 1).opened is False
    assert ShareGift.objects.count() == 2


def test_a_wrong_secret_or_somebody_else_opens_nothing(room, consultation, suppliers):
    make_deposit(consultation, suppliers[0][1])
    room.closed(consultation)
    given(room, consultation, 1)
    with pytest.raises(RuleBroken) as refused:
        give_secret(consultation, actor=room.holders[1], secret=room.secret(room.holders[0]))
    assert refused.value.code == "wrong_secret"
    with pytest.raises(MoveRefused):
        give_secret(consultation, actor=room.purchasing, secret=room.secret(room.holders[1]))
    assert not OpenedResponse.objects.exists()


def test_an_empty_set_takes_two_people_too(room, consultation):
    room.closed(consultation)
    assert given(room, consultation, 1).opened is False
    assert given(room, consultation, 2).opened is True
    assert opening_record(consultation).deposits == ()


def refused_set(room, consultation):
    given(room, consultation, 1)
    done = given(room, consultation, 2)
    consultation.refresh_from_db()
    assert done.opened is False and consultation.state == "closed" and not OpenedResponse.objects.exists()
    assert AuditEvent.objects.filter(what="opening_refused", object_id=consultation.pk).count() == 1
    return done.refusal


def test_a_tampered_ciphertext_refuses_the_opening(room, consultation, suppliers, settings):
    made = make_deposit(consultation, suppliers[0][1])
    room.closed(consultation)
    path = vault._sealed_path(made.uuid)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert "a été modifié" in refused_set(room, consultation)


def test_a_missing_file_refuses_the_opening(room, consultation, suppliers):
    made = make_deposit(consultation, suppliers[0][1])
    room.closed(consultation)
    vault._sealed_path(made.uuid).unlink()
    assert "manque" in refused_set(room, consultation)


def forged(sql, *values):
    """By somebody who may put triggers aside: more than the application's role may do."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_a_deposit_taken_out_of_the_register_refuses_the_opening(room, consultation, suppliers):
    made = [make_deposit(consultation, manager) for _, manager in suppliers[:2]]
    room.closed(consultation)
    forged("DELETE FROM procurement_sealeddeposit WHERE id = %s", made[0].pk)
    assert "registre" in refused_set(room, consultation)


def test_a_deposit_added_after_the_closing_refuses_the_opening(room, consultation, suppliers):
    made = make_deposit(consultation, suppliers[0][1])
    room.closed(consultation)
    SealedDeposit.objects.create(
        consultation=consultation, lot=made.lot, supplier=made.supplier, sequence=9, key=made.key,
        received_at=made.received_at, ciphertext_sha256="0" * 64, size=1, receipt={}, signature="x",
    )  # fmt: skip
    assert "registre" in refused_set(room, consultation)


@pytest.mark.parametrize("what", ["supplier", "sequence"])
def test_a_box_under_another_name_stays_shut(room, consultation, suppliers, what):
    """Even before the closing fixes the set: who swaps two lines of the register opens nothing."""
    made = make_deposit(consultation, suppliers[0][1])
    value = suppliers[1][0].pk if what == "supplier" else 7
    column = "supplier_id" if what == "supplier" else "sequence"
    forged(f"UPDATE procurement_sealeddeposit SET {column} = %s WHERE id = %s", value, made.pk)
    room.closed(consultation)
    assert "altered, misplaced" in refused_set(room, consultation)


def test_a_box_under_another_lot_stays_shut(room, suppliers):
    lots = [{"title": "Un", "price_items": ITEMS}, {"title": "Deux", "price_items": ITEMS}]
    consultation = room.published(lots=lots)
    made = make_deposit(consultation, suppliers[0][1])
    other = consultation.lots.get(number=2)
    forged("UPDATE procurement_sealeddeposit SET lot_id = %s WHERE id = %s", other.pk, made.pk)
    room.closed(consultation)
    assert "altered, misplaced" in refused_set(room, consultation)


ITEMS = [{"label": "Poste", "unit": "mois", "quantity": 1, "is_usage": False}]


def replaced(room, consultation):
    newcomer = actor_for(Role.DNUM, organisation=room.organisation)
    keys.replace_holder(
        consultation, actor=room.purchasing, position=2, person=newcomer.user, reason="Départ."
    )
    room.take(consultation, newcomer)
    for actor in (room.holders[0], newcomer, room.holders[2]):
        rehearse(consultation, actor=actor, secret=room.secret(actor))
    return newcomer


def test_a_replaced_holder_opens_nothing_sealed_after(room, consultation, suppliers):
    replaced(room, consultation)
    make_deposit(consultation, suppliers[0][1])
    room.closed(consultation)
    with pytest.raises(MoveRefused) as refused:
        given(room, consultation, 2)
    assert refused.value.code == "holds_no_share"


def test_two_keys_take_people_who_hold_both(room, consultation, suppliers):
    make_deposit(consultation, suppliers[0][1])
    newcomer = replaced(room, consultation)
    make_deposit(consultation, suppliers[1][1])
    room.closed(consultation)
    first = give_secret(consultation, actor=newcomer, secret=room.secret(newcomer))
    assert not first.opened
    assert not given(room, consultation, 1).opened, "the first key lacks a second person"
    assert given(room, consultation, 3).opened
    assert OpenedResponse.objects.count() == 2


def test_the_closing_waits_for_the_clock_and_says_nothing_of_the_set(room, consultation, suppliers):
    with pytest.raises(MoveRefused):
        closing.close(consultation)
    make_deposit(consultation, suppliers[0][1])
    room.closed(consultation)
    detail = AuditEvent.objects.get(what="close", object_id=consultation.pk).side.detail
    assert detail == {"commitment": consultation.commitment}


def test_the_clock_closes_those_that_are_due(room, consultation):
    other = room.published()
    pass_deadline(consultation)
    assert closing.close_due() == 1 and closing.close_due() == 0
    consultation.refresh_from_db()
    other.refresh_from_db()
    assert (consultation.state, other.state) == ("closed", "published")


def test_the_journal_names_deposits_once_opened_and_not_before(room, consultation, suppliers):
    make_deposit(consultation, suppliers[0][1])
    make_deposit(consultation, suppliers[0][1])
    of_deposits = AuditEvent.objects.filter(object_type="procurement.sealeddeposit")
    room.closed(consultation)
    given(room, consultation, 1)
    assert not of_deposits.exists()
    given(room, consultation, 2)
    assert [event.side.detail["opened"] for event in of_deposits.order_by("pk")] == [False, True]
    opened = AuditEvent.objects.get(what="open", object_id=consultation.pk).side.detail
    assert opened["present"] == sorted(str(actor.user) for actor in room.holders[:2])


def test_files_are_held_for_their_scan_at_the_opening(room, consultation, suppliers, settings):
    settings.FILE_SCANNER = "tests.procurement.consultations.test_opening.clean"
    make_deposit(consultation, suppliers[0][1], files=1)
    assert not StoredFile.objects.exists()
    room.open(room.closed(consultation))
    assert StoredFile.objects.get().scan_state == "waiting"


def clean(content):
    from marketplace.files.models import ScanState
    from marketplace.files.scan import Verdict

    return Verdict(ScanState.CLEAN)


def test_the_record_says_who_and_what(room, consultation, suppliers):
    for _, manager in suppliers:
        make_deposit(consultation, manager)
    make_deposit(consultation, suppliers[0][1])
    room.open(room.closed(consultation))
    record = opening_record(consultation)
    assert (len(record.deposits), len(record.opened)) == (4, 3)
    assert set(record.present) == {str(actor.user) for actor in room.holders[:2]}
    pdf = opening_record_pdf(consultation)
    assert pdf.startswith(b"%PDF-") and pdf == opening_record_pdf(consultation)


def test_a_sealed_consultation_that_is_left_stays_shut(room, consultation, suppliers):
    from procurement.consultations import writing

    make_deposit(consultation, suppliers[0][1])
    room.closed(consultation)
    writing.declare_sans_suite(consultation, actor=room.purchasing, reason="Besoin abandonné.")
    with pytest.raises(MoveRefused):
        given(room, consultation, 1)
    assert opening.present(consultation) == []
