"""Real connections at once: deposits share the lock, only the closing takes it alone."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from marketplace.errors import DomainError
from procurement.consultations import closing, depositing, drafts, publishing
from procurement.consultations.clock import SETTLING, database_now, lock_shared
from procurement.consultations.opening import give_secret
from procurement.models import Consultation, OpenedResponse, ResponseDraft, SealedDeposit
from tests.procurement.consultation_builders import Room, make_draft, make_supplier, set_deadline
from tests.procurement.test_orders_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
SUPPLIERS = 4


def again(draft):
    return ResponseDraft.objects.select_related("consultation", "lot", "supplier").get(pk=draft.pk)


def prepared(count=SUPPLIERS):
    room = Room()
    consultation = room.published()
    managers = [make_supplier()[1] for _ in range(count)]
    return room, consultation, [(make_draft(consultation, one), one) for one in managers]


def test_deposits_at_once_do_not_wait_for_one_another():
    """Each holds the shared lock until all hold it: were it exclusive, the barrier would break."""
    _, consultation, written = prepared()
    together = threading.Barrier(len(written), timeout=20)

    def deposit(draft, manager):
        with transaction.atomic():
            lock_shared(consultation.pk)
            together.wait()
            return depositing.deposit(again(draft), actor=manager).sequence

    outcomes = at_once(*(lambda one=one: deposit(*one) for one in written))
    assert outcomes == [1] * SUPPLIERS and SealedDeposit.objects.count() == SUPPLIERS


def test_the_closing_waits_for_a_deposit_whose_last_byte_came_in_time():
    """Received before the deadline, still being sealed when the closing begins: it is in the set."""
    room, consultation, ((draft, manager),) = prepared(1)
    set_deadline(consultation, database_now() + dt.timedelta(hours=1))
    holding, late = threading.Event(), threading.Event()

    def deposit():
        with transaction.atomic():
            made = depositing.deposit(again(draft), actor=manager)
            holding.set()
            assert late.wait(timeout=20)
        return made.sequence

    def close():
        assert holding.wait(timeout=20)
        past = database_now() + dt.timedelta(hours=2)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(closing, "database_now", lambda: past)
            threading.Timer(0.3, late.set).start()
            closed = closing.close(Consultation.objects.get(pk=consultation.pk))
        return len(closing.entries_of(closed))

    assert at_once(deposit, close) == [1, 1], "the closing saw the deposit"
    for actor in room.holders[:2]:
        give_secret(Consultation.objects.get(pk=consultation.pk), actor=actor, secret=room.secret(actor))
    assert OpenedResponse.objects.count() == 1


def test_a_deposit_that_comes_while_it_is_closed_is_refused_and_the_set_stays():
    _, consultation, ((draft, manager),) = prepared(1)
    set_deadline(consultation, database_now() - SETTLING - dt.timedelta(seconds=1))
    closing_now, refused = threading.Event(), []

    def close():
        with transaction.atomic():
            closed = closing.close(Consultation.objects.get(pk=consultation.pk))
            closing_now.set()
            threading.Event().wait(0.3)
        return closed.state

    def deposit():
        assert closing_now.wait(timeout=20)
        try:
            depositing.deposit(again(draft), actor=manager)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connection.close()
        return "done"

    assert at_once(close, deposit) == ["closed", "done"]
    assert refused == ["deposit_late"] and not SealedDeposit.objects.exists()


@pytest.mark.parametrize(("ahead", "accepted"), [(0.6, True), (-0.2, False)])
def test_the_deadline_to_the_second_by_the_real_clock(ahead, accepted):
    _, consultation, ((draft, manager),) = prepared(1)
    set_deadline(consultation, database_now() + dt.timedelta(seconds=ahead))
    outcome = at_once(lambda: depositing.deposit(again(draft), actor=manager).sequence)
    assert outcome == ([1] if accepted else ["deposit_late"])


def test_one_draft_deposited_twice_at_once_makes_one_deposit():
    _, _, ((draft, manager),) = prepared(1)
    rows = [again(draft), again(draft)]
    outcomes = at_once(*(lambda row=row: depositing.deposit(row, actor=manager).sequence for row in rows))
    assert sorted(map(str, outcomes)) == ["1", "draft_gone"]
    assert SealedDeposit.objects.count() == 1


def test_saving_and_depositing_at_once_never_lose_the_text():
    _, _, ((draft, manager),) = prepared(1)
    rows = [again(draft), again(draft)]
    outcomes = at_once(
        lambda: depositing.deposit(rows[0], actor=manager).sequence,
        lambda: drafts.save(rows[1], actor=manager, proposal="Autre texte.").version,
    )
    assert outcomes[0] == 1 and outcomes[1] in ("draft_gone", rows[0].version + 1)


def test_two_closings_at_once_fix_one_set():
    _, consultation, _ = prepared(1)
    set_deadline(consultation, database_now() - SETTLING - dt.timedelta(seconds=1))
    rows = [Consultation.objects.get(pk=consultation.pk) for _ in range(2)]
    outcomes = at_once(*(lambda row=row: closing.close(row).state for row in rows))
    assert sorted(outcomes) == ["closed", "wrong_state"]


def test_two_people_at_once_open_once():
    room, consultation, ((draft, manager),) = prepared(1)
    depositing.deposit(draft, actor=manager)
    room.closed(consultation)

    def give(actor):
        row = Consultation.objects.get(pk=consultation.pk)
        return give_secret(row, actor=actor, secret=room.secret(actor)).opened

    assert sorted(at_once(*(lambda actor=actor: give(actor) for actor in room.holders[:2]))) == [False, True]
    assert OpenedResponse.objects.count() == 1


def test_an_extension_and_a_deposit_at_once_both_pass():
    room, consultation, ((draft, manager),) = prepared(1)
    later = consultation.closes_at + dt.timedelta(days=1)
    row = Consultation.objects.get(pk=consultation.pk)
    outcomes = at_once(
        lambda: depositing.deposit(again(draft), actor=manager).sequence,
        lambda: publishing.extend(row, actor=room.purchasing, closes_at=later, reason="Panne.").kind,
    )
    assert outcomes == [1, "extension"]
