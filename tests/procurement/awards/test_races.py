"""Real connections at once: one award a lot, or its own end, never two."""

from __future__ import annotations

import pytest

from procurement.awards import deciding, ending
from procurement.models import Award, Consultation, LotOutcome
from tests.procurement.consultation_builders import Room
from tests.procurement.evaluation_builders import concluded, found_award, propose, response_of, whole
from tests.procurement.test_orders_races import at_once

PRICES = {"Nuage Exemple A": "1000.00", "Nuage Exemple B": "1250.00"}
pytestmark = pytest.mark.django_db(transaction=True)


def proposing(room, evaluation):
    """An act that reads its own rows, as a request does."""
    row = evaluation.standings[0]["responses"][0]
    response = response_of(evaluation, row["supplier"])

    def act():
        given = {"lot": response.deposit.lot, "response": response, "reason": "La mieux classée."}
        return deciding.propose(whole(evaluation), actor=room.purchasing, **given).state

    return act


def test_two_awards_of_one_lot_at_once_exactly_one_passes():
    room = Room()
    evaluation = concluded(room, PRICES)
    outcomes = at_once(proposing(room, evaluation), proposing(room, evaluation))
    assert sorted(outcomes) == ["award_exists", "proposed"] and Award.objects.count() == 1


def test_the_next_one_at_once_after_the_first_was_dropped():
    room = Room()
    evaluation = concluded(room, PRICES)
    deciding.drop(propose(room, evaluation), actor=room.purchasing, reason="Certificats non remis.")
    outcomes = at_once(
        lambda: propose(room, evaluation, rank=1).state, lambda: propose(room, evaluation, rank=1).state
    )
    assert sorted(outcomes) == ["award_exists", "proposed"]
    assert Award.objects.living().count() == 1


def test_an_award_and_the_end_of_its_lot_at_once_one_passes():
    room = Room()
    evaluation = concluded(room, PRICES)
    found = Consultation.objects.get()

    def end():
        lot = found.lots.get(number=1)
        return ending.end_lot(found, actor=room.purchasing, lot=lot, kind="sans_suite", reason="x").kind

    outcomes = sorted(map(str, at_once(proposing(room, evaluation), end)))
    assert outcomes in (["lot_ended", "sans_suite"], ["award_exists", "proposed"]) or outcomes == [
        "consultation_not_opened",
        "sans_suite",
    ]
    assert Award.objects.count() + LotOutcome.objects.count() == 1


def test_two_decisions_at_once_one_passes():
    from tests.procurement.evaluation_builders import certified, proposed

    room = Room()
    made = certified(room, proposed(room, PRICES))
    rows = [found_award(made), found_award(made)]
    outcomes = at_once(
        *(lambda row=row: deciding.decide(row, actor=room.purchasing, checked=True).state for row in rows)
    )
    assert sorted(outcomes) == ["decided", "wrong_state"]
