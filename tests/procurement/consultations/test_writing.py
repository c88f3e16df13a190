"""From a confirmed route to the publication: what is missing is said, what is published stays."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from marketplace.accounts.models import Membership
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.models import Notification
from marketplace.working_days import working_days_between
from procurement.consultations import publishing, talk, writing
from procurement.consultations.publishing import environmental_duty
from procurement.consultations.schedule import PARIS
from procurement.models import AwardCriterion, Consultation, ConsultationQuestion
from procurement.routes import PurchaseFacts
from procurement.routes import actions as routes
from tests.procurement.consultation_builders import CRITERIA, LOTS, make_supplier, pass_deadline
from tests.procurement.order_builders import make_vehicle


def test_a_consultation_asks_for_a_confirmed_route(room):
    with pytest.raises(RuleBroken) as refused:
        writing.create(room.project(), actor=room.requester)
    assert refused.value.code == "route_not_confirmed"


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("dispense", 20_000, "quotes"),
        ("adapted", 70_000, "adapted"),
        ("formalised", 500_000, "formalised"),
    ],
)
def test_the_route_decides_the_kind(room, key, value, kind):
    assert writing.create(room.routed_project(key, value), actor=room.requester).kind == kind


def test_a_framework_agreement_consults_its_holder_and_nobody_else(room):
    holder, _ = make_supplier()
    vehicle = make_vehicle(room.organisation, kind="framework", holder=holder)
    facts = PurchaseFacts(
        buyer_kind="", value_eur_ht=Decimal(1000), homogeneous_eur_ht=Decimal(0), is_innovative=False
    )
    project = room.project()
    choice = routes.choose(
        project, actor=room.requester, key=f"vehicle:{vehicle.number}:1", facts=facts, on=timezone.localdate()
    )
    routes.confirm(choice, actor=room.purchasing)
    made = writing.create(project, actor=room.requester)
    assert (made.kind, made.access) == ("subsequent", "invited")
    assert [one.supplier for one in made.invitations.all()] == [holder]
    for change in ({"access": "open"}, {"invited": [make_supplier()[0]]}):
        with pytest.raises(RuleBroken):
            writing.edit(made, actor=room.requester, **change)


def weights(*values):
    kinds = ["environment", *["price"] * (len(values) - 1)]
    return [
        {"kind": kind, "label": f"Critère {n}", "weight": weight}
        for n, (kind, weight) in enumerate(zip(kinds, values, strict=True))
    ]


@pytest.mark.parametrize(
    ("criteria", "says"),
    [
        (weights(40, 55), "Total 95 : ajoutez 5 points."),
        (weights(50, 51), "Total 101 : retirez 1 point."),
        ([], "Total 0 : ajoutez 100 points."),
        (CRITERIA[:2] + [{"kind": "social", "label": "Insertion", "weight": 15}], "environnement"),
    ],
)
def test_weights_that_do_not_make_100_are_told(room, criteria, says):
    made = room.proved(criteria=criteria)
    with pytest.raises(RuleBroken) as refused:
        publishing.publish(made, actor=room.purchasing)
    assert any(says in sentence for sentence in refused.value.fields["criteria"])


def test_the_environmental_criterion_is_due_from_its_day_with_its_source():
    assert environmental_duty(dt.date(2026, 8, 21)) is None
    duty = environmental_duty(dt.date(2026, 8, 22))
    assert duty is not None and duty.source == "loi Climat et résilience"


def test_the_database_too_counts_the_weights(room):
    made = room.proved(criteria=weights(40, 55))
    later = timezone.now() + dt.timedelta(days=10)
    with pytest.raises(DatabaseError, match="100"), transaction.atomic():
        Consultation.objects.filter(pk=made.pk).update(
            published_at=timezone.now(), questions_until=later, closes_at=later
        )


@pytest.mark.parametrize("what", ["description", "lots", "route", "gone"])
def test_each_lack_is_named(room, what):
    if what == "description":
        made = room.proved(description=" ")
    elif what == "lots":
        made = room.proved(lots=[{"title": "Vide", "price_items": []}])
    else:
        made = room.proved()
    if what == "route":
        made.route_choice.replace(actor=room.requester)
    if what == "gone":
        Membership.objects.filter(user=room.holders[0].user).update(ended_at=timezone.now())
    with pytest.raises(RuleBroken) as refused:
        publishing.publish(made, actor=room.purchasing)
    assert {"gone": "holders"}.get(what, what) in refused.value.fields


def test_the_calendar_counts_working_days_from_the_publication(room):
    made = room.published(response_days=12, question_days=5, answer_days=3)
    published = made.published_at.astimezone(PARIS).date()
    closing = made.closes_at.astimezone(PARIS)
    assert working_days_between(published, closing.date()) == 12
    assert (closing.hour, closing.minute) == (12, 0)
    assert working_days_between(made.questions_until.astimezone(PARIS).date(), closing.date()) == 5


def test_what_is_published_stays_in_the_database_too(room):
    made = room.published()
    with pytest.raises(MoveRefused):
        writing.edit(made, actor=room.requester, title="Autre objet")
    lot = made.lots.get()
    for act in (
        lambda: Consultation.objects.filter(pk=made.pk).update(title="Autre objet"),
        lambda: made.criteria.update(weight=1),
        lambda: AwardCriterion.objects.create(
            consultation=made, position=9, kind="price", label="x", weight=1
        ),
        lambda: lot.price_items.all().delete(),
        lambda: made.lots.update(title="Autre lot"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_lots_keep_their_price_schedule_when_only_their_words_change(room):
    made = room.draft(lots=[*LOTS, {"title": "Accompagnement", "price_items": []}])
    first = made.lots.get(number=1).price_items.get()
    writing.edit(made, actor=room.requester, lots=[{"title": "Hébergement sobre"}])
    assert made.lots.get().title == "Hébergement sobre" and made.lots.get().price_items.get() == first


def test_a_draft_keeps_one_lot(room):
    with pytest.raises(RuleBroken):
        writing.edit(room.draft(), actor=room.requester, lots=[])


def test_those_invited_are_told_and_a_notice_reaches_all_who_follow(room):
    invited, manager = make_supplier()
    made = room.published(access="invited", invited=[invited])
    told = Notification.objects.filter(user=manager.user)
    assert told.filter(subject__startswith="Vous êtes invité").count() == 1
    publishing.announce(made, actor=room.requester, text="Le délai de reprise passe à 4 heures.")
    assert told.filter(subject__startswith="Modification").count() == 1
    assert made.notices.get().kind == "change"


def test_a_question_is_answered_to_all_without_its_author(room):
    made = room.published()
    supplier, manager = make_supplier(name="Curieux Exemple")
    asked = talk.ask(made, actor=manager, text="Combien de postes ?")
    buyer = Notification.objects.get(user=room.purchasing.user, subject__startswith="Question reçue")
    assert "Curieux" not in buyer.body + buyer.subject
    outsider = make_supplier()[1]
    seen = ConsultationQuestion.objects.visible_to(outsider)
    assert not seen.exists()
    talk.answer(asked, actor=room.requester, text="Cent postes.")
    assert seen.get().answer == "Cent postes."
    assert Notification.objects.filter(
        user=manager.user, subject__startswith="Réponse à une question"
    ).exists()
    with pytest.raises(MoveRefused):
        talk.answer(asked, actor=room.requester, text="Deux cents.")
    assert supplier.name == "Curieux Exemple"


def test_no_question_once_their_time_is_over(room):
    made = room.published()
    now = timezone.now()
    Consultation.objects.filter(pk=made.pk).update(
        published_at=now - dt.timedelta(days=9),
        questions_until=now - dt.timedelta(hours=1),
        closes_at=now + dt.timedelta(days=2),
    )
    made.refresh_from_db()
    manager = make_supplier()[1]
    with pytest.raises(MoveRefused) as refused:
        talk.ask(made, actor=manager, text="Trop tard ?")
    assert refused.value.code == "questions_over"


def test_no_notice_after_the_deadline(room):
    made = pass_deadline(room.published())
    with pytest.raises(MoveRefused):
        publishing.announce(made, actor=room.requester, text="Trop tard.")


@pytest.mark.parametrize("move", ["declare_sans_suite", "declare_infructueux"])
def test_an_end_has_its_reason(room, move):
    made = room.published()
    if move == "declare_infructueux":
        room.open(room.closed(made))
    getattr(writing, move)(made, actor=room.purchasing, reason="Aucune réponse.")
    assert made.closing_reason == "Aucune réponse." and made.phase == move.removeprefix("declare_")
    with pytest.raises(DatabaseError), transaction.atomic():
        Consultation.objects.filter(pk=made.pk).update(closing_reason="")
