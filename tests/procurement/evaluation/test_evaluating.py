"""From the opened responses to the ranking: links declared, marks apart, consensus, questions, set asides."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from procurement.consultations import writing
from procurement.evaluation import agreeing, asking, evaluating
from procurement.evaluation.abilities import evaluation_abilities
from procurement.evaluation.evaluating import MarkGiven
from procurement.evaluation.sheet import judged_criteria, lots_of, responses_of, seen_marks
from procurement.models import ClarificationRequest, Consultation, Mark, SetAside
from tests.builders import actor_for
from tests.procurement.consultation_builders import make_supplier
from tests.procurement.evaluation_builders import (
    agree_all,
    begun,
    concluded,
    free,
    mark_all,
    marks,
    opened,
    response_of,
    shared,
    sql,
    whole,
)

PRICES = {"Nuage Exemple A": "10.00", "Nuage Exemple B": "12.50"}
pytestmark = pytest.mark.django_db


def refused(code, act):
    with pytest.raises((MoveRefused, RuleBroken, NotAllowed)) as told:
        act()
    assert told.value.code == code, told.value.code
    return told.value


def test_the_formula_is_frozen_with_what_is_asked(room):
    consultation = room.published(price_formula="distance")
    assert "qui vaut le double a 0" in consultation.formula.text
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.filter(pk=consultation.pk).update(price_formula="lowest_ratio")


def test_nothing_is_evaluated_before_the_opening_nor_without_a_response(room):
    people = [room.requester.user]
    closed = room.closed()
    refused("consultation_not_opened", lambda: evaluating.begin(closed, actor=room.purchasing, people=people))
    empty = room.open(closed)
    refused("no_response", lambda: evaluating.begin(empty, actor=room.purchasing, people=people))


def test_evaluators_are_of_the_administration(room):
    found = opened(room, PRICES)
    stranger = actor_for(Role.REQUESTER).user
    told = refused(
        "evaluator_elsewhere", lambda: evaluating.begin(found, actor=room.purchasing, people=[stranger])
    )
    assert "people" in told.fields
    refused("not_allowed", lambda: evaluating.begin(found, actor=room.requester, people=[]))


def test_links_are_declared_before_marking(room):
    made = begun(room, PRICES)
    criterion = judged_criteria(made)[0]
    given = {"criterion": criterion, "marks": marks(made, "10")}
    refused("declaration_missing", lambda: evaluating.save_marks(made, actor=room.requester, **given))
    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.create(
            evaluator=made.evaluator_of(room.requester), criterion=criterion, value=10, reason="x",
            response=marks(made, "10")[0].response,
        )  # fmt: skip
    refused(
        "statement_missing",
        lambda: evaluating.declare_interest(made, actor=room.requester, has_interest=True),
    )
    evaluating.declare_interest(made, actor=room.requester, has_interest=True, statement="Ancien employeur.")
    verdicts = evaluation_abilities(room.requester, whole(made))
    assert "lien" in verdicts["mark"] and verdicts["declare_interest"] == ""
    refused("linked", lambda: evaluating.save_marks(made, actor=room.requester, **given))
    refused("linked", lambda: free(made, room.requester))


def test_a_linked_buyer_decides_nothing(room):
    made = begun(room, PRICES)
    evaluating.declare_interest(made, actor=room.purchasing, has_interest=True, statement="Parenté.")
    verdicts = evaluation_abilities(room.purchasing, whole(made))
    assert all("lien" in verdicts[name] for name in ("open_consensus", "agree", "conclude", "set_aside"))


def test_each_reads_their_own_marks_alone_until_the_consensus(room):
    made = begun(room, PRICES)
    mark_all(made, room.requester, "8")
    mark_all(made, room.purchasing, "16")
    found = whole(made)
    assert {mark.value for _, mark in seen_marks(found, room.requester)} == {Decimal(8)}
    assert {mark.value for _, mark in seen_marks(found, room.purchasing)} == {Decimal(16)}
    assert seen_marks(found, room.holders[0]) == []
    assert all(one.standing.points is None for one in responses_of(found))
    lines = AuditEvent.objects.filter(what="mark", object_id=made.pk).select_related("side")
    assert lines.count() == 4 and all("value" not in str(each.side.detail) for each in lines)
    agreeing.open_consensus(made, actor=room.purchasing)
    assert len(seen_marks(whole(made), room.requester)) == 8


def test_marks_are_judged_named_and_kept_once_given(room):
    made = begun(room, PRICES)
    free(made, room.requester)
    quality, price = judged_criteria(made)[0], made.consultation.criteria.get(kind="price")
    one = response_of(made, "Nuage Exemple A")
    save = lambda criterion, *given: evaluating.save_marks(  # noqa: E731 -- three cases of one call
        made, actor=room.requester, criterion=criterion, marks=given
    )
    refused("criterion_not_marked", lambda: save(price, MarkGiven(one, Decimal(10), "x")))
    for bad in ("-1", "20.5", "1.234", "NaN"):
        told = refused("marks_refused", partial(save, quality, MarkGiven(one, Decimal(bad), "x")))
        assert f"value_{one.uuid.hex}" in told.fields
    assert (
        f"reason_{one.uuid.hex}"
        in refused("marks_refused", lambda: save(quality, MarkGiven(one, Decimal(10)))).fields
    )
    save(quality, MarkGiven(one, Decimal("14.5"), "Bien."))
    save(quality, MarkGiven(one, None))
    assert not Mark.objects.exists()
    told = refused("marks_missing", lambda: evaluating.give(made, actor=room.requester))
    assert "Nuage Exemple A" in told.message
    for criterion in judged_criteria(made):
        save(criterion, *marks(made, "10"))
    evaluating.give(made, actor=room.requester)
    refused("marks_given", lambda: save(quality, *marks(made, "1")))
    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.update(value=1)


def test_the_consensus_opens_when_all_gave_or_with_a_reason(room):
    made = begun(room, PRICES)
    refused("nobody_gave", lambda: agreeing.open_consensus(made, actor=room.purchasing, reason="Vite."))
    mark_all(made, room.requester)
    told = refused("marks_awaited", lambda: agreeing.open_consensus(made, actor=room.purchasing))
    assert str(room.purchasing.user) in told.message
    agreeing.open_consensus(made, actor=room.purchasing, reason="Absente.")
    assert made.state == "consensus"
    refused("wrong_state", lambda: mark_all(made, room.purchasing))


def test_the_ranking_takes_agreed_marks_with_their_reasons(room):
    made = shared(room, PRICES)
    refused("agreed_missing", lambda: agreeing.conclude(made, actor=room.purchasing))
    agree_all(made, room.purchasing, "10")
    agreeing.conclude(made, actor=room.purchasing)
    rows = made.standings[0]["responses"]
    assert [(row["supplier"], row["rank"], row["points"]) for row in rows] == [
        ("Nuage Exemple A", 1, "75.00"),
        ("Nuage Exemple B", 2, "65.00"),
    ]
    assert "20 × (1" in rows[1]["scores"][0]["arithmetic"]
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("UPDATE procurement_agreedmark SET value = 20")
    agreeing.resume(made, actor=room.purchasing, reason="Erreur de saisie.")
    assert (made.state, made.standings) == ("consensus", [])


def test_an_incomplete_response_is_never_ranked_as_zero(room):
    item = {"label": "Poste", "unit": "mois", "quantity": Decimal(1), "is_usage": False}
    made = begun(room, PRICES, lots=[{"title": "Un", "price_items": [item]}])
    response = response_of(made, "Nuage Exemple B")
    with transaction.atomic():
        sql("SET LOCAL session_replication_role = replica")
        sql(
            "UPDATE procurement_openedresponse SET content = jsonb_set(content, '{prices}', '{}')"
            " WHERE id = %s",
            response.pk,
        )
        sql("SET LOCAL session_replication_role = origin")
    one = next(each for each in responses_of(whole(made)) if each.supplier == "Nuage Exemple B")
    assert one.prices.total_eur_ht is None and "pas de réponse à 1 poste de prix" in one.missing
    assert one.standing.rank is None and one.standing.why_not == "Pas de réponse à 1 poste de prix."


def ask_low(made, room, *, days=2):
    return asking.ask(
        made,
        actor=room.purchasing,
        response=response_of(made, "Nuage Exemple A"),
        kind="low_price",
        text="Justifiez vos prix.",
        answer_by=timezone.localdate() + dt.timedelta(days=days),
    )


def test_a_low_price_is_asked_about_before_it_is_refused(room):
    made = begun(room, {"Nuage Exemple A": "5.00", "Nuage Exemple B": "10.00"})
    low = next(each for each in lots_of(made)[0].responses if each.supplier == "Nuage Exemple A")
    assert low.low_price is not None and low.low_price.percent == 50
    aside = lambda ground: asking.set_aside(  # noqa: E731 -- called at three moments
        made, actor=room.purchasing, response=low.response, ground=ground, reason="Prix sous-évalué."
    )
    assert "ground" in refused("low_price_not_asked", lambda: aside("abnormally_low")).fields
    asked = ask_low(made, room)
    refused("low_price_not_asked", lambda: aside("abnormally_low"))
    with pytest.raises(IntegrityError), transaction.atomic():
        SetAside.objects.create(
            response=low.response, ground="abnormally_low", reason="x", decided_by=room.purchasing.user
        )
    manager = _manager_of(asked)
    asking.answer(asked, actor=manager, text="Nous avons amorti nos machines.")
    aside("abnormally_low")
    assert {one.supplier for one in responses_of(whole(made)) if one.set_aside} == {"Nuage Exemple A"}
    refused("set_aside_already", lambda: aside("irregular"))
    asking.lift(made, actor=room.purchasing, response=low.response, reason="Justifié.")
    assert not [one for one in responses_of(whole(made)) if one.set_aside]


def _manager_of(asked):
    return make_supplier(asked.response.deposit.supplier.organisation)[1]


def test_a_question_is_read_by_its_supplier_and_answered_once_in_time(room):
    made = begun(room, PRICES)
    refused("answer_too_soon", lambda: ask_low(made, room, days=0))
    asked = ask_low(made, room)
    manager, other = _manager_of(asked), make_supplier(name="Nuage Exemple C")[1]
    seen = ClarificationRequest.objects.visible_to
    assert seen(manager).count() == 1 and not seen(other).exists() and seen(room.requester).count() == 1
    asking.answer(asked, actor=manager, text="Oui.")
    refused("answered_already", lambda: asking.answer(asked, actor=manager, text="Non."))
    with pytest.raises(IntegrityError), transaction.atomic():
        ClarificationRequest.objects.update(answer="Autre.")
    late = ask_low(made, room)
    ClarificationRequest.objects.filter(pk=late.pk)
    late.answer_by = timezone.localdate() - dt.timedelta(days=1)
    refused("answer_late", lambda: asking.refuse_answered(late))


def test_an_ended_consultation_is_evaluated_no_more(room):
    made = begun(room, PRICES)
    writing.declare_sans_suite(made.consultation, actor=room.purchasing, reason="Besoin abandonné.")
    refused("consultation_not_opened", lambda: free(made, room.requester))


def test_the_whole_story_to_the_ranking(room):
    made = concluded(room, PRICES)
    assert made.state == "evaluated" and made.concluded_by == room.purchasing.user
    refused("wrong_state", lambda: agree_all(made, room.purchasing))
    refused("wrong_state", lambda: ask_low(made, room))
