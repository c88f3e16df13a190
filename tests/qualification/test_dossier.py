"""A dossier from its draft to a decision: moves, people, places in the queue, messages."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Offer
from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken, VersionStale
from marketplace.events.models import DomainEvent
from marketplace.notifications.models import Notification
from qualification import actions, decisions, findings, interests
from qualification.abilities import dossier_abilities
from qualification.enums import DossierState
from qualification.models import CheckRun, Decision, Dossier, Finding
from qualification.states import DOSSIER_MOVES
from tests.builders import actor_for, grant
from tests.qualification import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return builders.make_people()


EXPECTED = {
    ("draft", "submit"): "submitted",
    ("submitted", "start_checks"): "checking",
    ("checking", "end_checks"): "instruction",
    ("instruction", "request_corrections"): "corrections_requested",
    ("corrections_requested", "answer_corrections"): "checking",
    ("instruction", "propose"): "proposed",
    ("proposed", "send_back"): "instruction",
    ("proposed", "decide"): "decided",
    ("decided", "appeal"): "appealed",
    ("appealed", "decide_appeal"): "decided",
}


def test_the_table_of_moves_says_exactly_this():
    table = {
        (state, move.name): move.target
        for move in DOSSIER_MOVES.values()
        for state in DossierState
        if state in move.sources
    }
    assert table == EXPECTED


@pytest.mark.parametrize("state", [s.value for s in DossierState if s != DossierState.SUBMITTED])
def test_every_other_move_is_refused(people, state):
    dossier = make_in(people, state)
    calls = {
        "submit": {"version": dossier.offer_version},
        "answer_corrections": {"version": dossier.offer_version, "reason": "x"},
        "decide": {"outcome": "listed", "reason": "x"},
        "decide_appeal": {"outcome": "listed", "reason": "x"},
        "start_checks": {},
        "end_checks": {},
    }
    refused = []
    for name in DOSSIER_MOVES:
        if (state, name) in EXPECTED:
            continue
        with pytest.raises(MoveRefused):
            getattr(dossier, name)(actor=people.actor("officer"), **calls.get(name, {"reason": "x"}))
        refused.append(name)
    assert len(refused) == len(DOSSIER_MOVES) - sum(1 for source, _ in EXPECTED if source == state)
    assert Dossier.objects.get(pk=dossier.pk).state == state


def make_in(people, state):
    if state == "corrections_requested":
        dossier = builders.make_dossier(people, upto="instruction")
        builders.ask_corrections(dossier, people)
        return dossier
    return builders.make_dossier(people, upto=state, outcome="refused" if state == "appealed" else "listed")


def test_sending_freezes_the_version_and_makes_one_run_per_check(people):
    dossier = builders.make_dossier(people)
    actions.submit(dossier, actor=people.actor("manager"))
    assert dossier.state == "checking"
    assert dossier.offer_version.is_frozen
    assert sorted(dossier.runs.values_list("check_code", flat=True)) == [
        "exit_terms", "legal_identity", "prices", "regions", "trust_marks", "website_tls",
    ]  # fmt: skip
    told = Notification.objects.filter(user=people.officer.user).values_list("subject", flat=True)
    assert list(told) == [f"Dossier {dossier.number} envoyé"]
    moves = (
        AuditEvent.objects.filter(object_number=dossier.number).order_by("pk").values_list("what", flat=True)
    )
    assert list(moves) == ["create", "submit", "start_checks"]


def test_one_open_dossier_per_offer(people):
    dossier = builders.make_dossier(people)
    with pytest.raises(RuleBroken) as refused:
        actions.open_dossier(dossier.offer, actor=people.actor("manager"))
    assert refused.value.code == "dossier_open"


def test_another_supplier_opens_nothing(people):
    offer = builders.make_offer(people.supplier)
    with pytest.raises(NotAllowed):
        actions.open_dossier(offer, actor=actor_for(Role.SUPPLIER_MANAGER))


def test_a_stale_version_is_refused(people):
    dossier = builders.make_dossier(people)
    with pytest.raises(VersionStale):
        actions.submit(dossier, actor=people.actor("manager"), expected_version=99)
    assert CheckRun.objects.count() == 0


def test_the_last_check_moves_the_dossier_to_instruction(people):
    dossier = builders.make_dossier(people, upto="instruction")
    verdicts = dict(dossier.runs.values_list("check_code", "verdict"))
    assert verdicts == {
        "legal_identity": "unknown",
        "regions": "pass",
        "trust_marks": "pass",
        "exit_terms": "pass",
        "website_tls": "unknown",
        "prices": "pass",
    }
    assert all(len(h) == 64 for h in dossier.runs.values_list("input_hash", flat=True))


def test_corrections_come_back_to_the_same_place_of_the_queue():
    with time_machine.travel("2026-11-02 10:00+01:00", tick=False):
        people = builders.make_people()
        first = builders.make_dossier(people, upto="instruction")
    with time_machine.travel("2026-11-03 10:00+01:00", tick=False):
        second = builders.make_dossier(people, upto="instruction")
    with time_machine.travel("2026-11-04 10:00+01:00", tick=False):
        builders.ask_corrections(first, people)
    with time_machine.travel("2026-11-20 10:00+01:00", tick=False):
        version = first.offer.edit_version(by=people.manager.user)
        version.answers = version.answers | {"exit_notice_months": "1"}
        version.save()
        actions.answer_corrections(first, actor=people.actor("manager"), reason="Préavis ramené à un mois.")
        assert (first.state, first.round, first.offer_version.number) == ("checking", 2, 2)
        builders.run_all(first)
        assert list(Dossier.objects.by_age()) == [first, second]
        assert first.state == "instruction"
        # 2 to 4 November count (two days), the supplier's time does not.
        assert (first.clock().used, second.clock().used) == (2, 12)
        assert first.runs.filter(check_code="exit_terms").count() == 2
    asked = first.corrections.get()
    assert (asked.version_before.number, asked.version_after.number) == (1, 2)


def test_taking_is_for_one_officer_and_said_to_the_other(people):
    dossier = builders.make_dossier(people, upto="instruction")
    other = actor_for(Role.QUALIFICATION_OFFICER, organisation=people.operator)
    interests.take_declared(dossier, actor=people.actor("officer"))
    with pytest.raises(MoveRefused) as refused:
        interests.take_declared(dossier, actor=other)
    assert refused.value.message == f"{people.officer.user.full_name} vient de prendre ce dossier."


def test_a_declared_interest_keeps_the_dossier_away(people):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    interests.declare_interest(
        dossier, actor=people.actor("officer"), has_interest=True, statement="Un parent."
    )
    assert dossier.officer is None
    with pytest.raises(NotAllowed):
        interests.take_declared(dossier, actor=people.actor("officer"))
    later = builders.make_dossier(people, upto="instruction")
    assert dossier_abilities(people.actor("officer"), later)["take"].startswith("Vous avez déclaré un lien")
    interests.declare_interest(dossier, actor=people.actor("officer"), has_interest=False)
    assert dossier_abilities(people.actor("officer"), later)["take"] == ""


def test_a_member_of_the_supplier_neither_takes_nor_decides(people):
    from marketplace.accounts.models import Membership

    dossier = builders.make_dossier(people, upto="proposed")
    Membership.objects.create(user=people.decider.user, organisation=people.supplier)
    with pytest.raises(NotAllowed):
        builders.decide(dossier, people, "listed")


def test_a_proposal_waits_for_every_finding(people):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    with pytest.raises(RuleBroken) as refused:
        actions.propose(dossier, actor=people.actor("officer"), outcome="listed", reasons="Bien.")
    assert "Le client peut partir" in refused.value.message
    assert Dossier.objects.get(pk=dossier.pk).state == "instruction"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"requirement": "inventee"}, "unknown_requirement"),
        ({"observation": " "}, "observation_missing"),
        ({"verdict": "not_conform"}, "remedy_missing"),
    ],
)
def test_a_finding_says_what_was_seen_and_how_to_repair(people, values, code):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    given = {"requirement": "exit", "verdict": "conform", "observation": "Vu."} | values
    with pytest.raises(RuleBroken) as refused:
        findings.record_finding(dossier, actor=people.actor("officer"), **given)
    assert (refused.value.code, Finding.objects.count()) == (code, 0)


def test_a_finding_changed_is_a_new_row_and_keeps_the_run_it_read(people):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    for verdict in ("conform", "conform_with_reserve"):
        findings.record_finding(
            dossier, actor=people.actor("officer"), requirement="exit", verdict=verdict, observation="Vu."
        )
    assert [f.verdict for f in Finding.objects.order_by("pk")] == ["conform", "conform_with_reserve"]
    assert {f.check_run.check_code for f in Finding.objects.all()} == {"exit_terms"}


def test_who_instructed_does_not_decide_even_with_both_roles(people):
    grant(people.officer, Role.DECISION_MAKER)
    dossier = builders.make_dossier(people, upto="proposed")
    with pytest.raises(NotAllowed) as refused:
        decisions.decide(dossier, actor=people.actor("officer"), outcome="listed", reasons="Bien.")
    assert refused.value.message.startswith("Vous avez instruit ce dossier")
    assert Dossier.objects.get(pk=dossier.pk).state == "proposed"


def test_the_same_person_with_two_memberships_does_not_decide(people):
    from tests.builders import make_member, make_organisation

    other_house = make_organisation(kind="operator")
    twice = make_member(Role.DECISION_MAKER, organisation=other_house, user=people.officer.user)
    dossier = builders.make_dossier(people, upto="proposed")
    from marketplace.accounts.actors import Actor

    with pytest.raises(NotAllowed):
        decisions.decide(dossier, actor=Actor.of(twice), outcome="listed", reasons="Bien.")
    assert Decision.objects.count() == 0


def test_listing_puts_the_judged_version_online_and_tells(people):
    dossier = builders.make_dossier(people, upto="decided")
    offer = Offer.objects.get(pk=dossier.offer_id)
    assert (offer.state, offer.live_version) == ("listed", dossier.offer_version)
    event = DomainEvent.objects.get(kind="dossier.decided")
    decision = Decision.objects.get()
    assert event.payload == {
        "dossier": dossier.pk,
        "offer": offer.pk,
        "decision": decision.pk,
        "outcome": "listed",
        "stage": "first",
    }
    subjects = set(Notification.objects.filter(user=people.manager.user).values_list("subject", flat=True))
    assert f"Décision sur {dossier.number}" in subjects


@pytest.mark.parametrize(
    ("outcome", "values", "code"),
    [
        ("refused", {}, "hearing_missing"),
        ("listed_with_reserves", {}, "reserves_missing"),
        ("listed", {"reasons": " "}, "reasons_missing"),
        ("qualified", {}, "unknown_outcome"),
    ],
)
def test_a_decision_says_what_the_law_asks(people, outcome, values, code):
    dossier = builders.make_dossier(people, upto="proposed")
    with pytest.raises(RuleBroken) as refused:
        decisions.decide(
            dossier,
            actor=people.actor("decider"),
            **({"outcome": outcome, "reasons": "Motifs.", "no_interest": True} | values),
        )
    assert refused.value.code == code


def test_a_refusal_is_appealed_and_decided_by_a_third_person(people):
    dossier = builders.make_dossier(people, upto="appealed", outcome="refused")
    assert Offer.objects.get(pk=dossier.offer_id).state == "draft"
    with pytest.raises(NotAllowed) as refused:
        decisions.decide_appeal(dossier, actor=people.actor("decider"), outcome="listed", reasons="Bien.")
    assert refused.value.message.startswith("Vous avez pris la première décision")
    dossier.refresh_from_db()
    decisions.decide_appeal(
        dossier,
        actor=people.actor("other_decider"),
        outcome="listed",
        reasons="Erreur.",
        no_interest=True,
    )
    assert (dossier.state, dossier.outcome) == ("decided", "listed")
    assert Offer.objects.get(pk=dossier.offer_id).state == "listed"
    assert [d.stage for d in dossier.decisions.order_by("pk")] == ["first", "appeal"]


def test_an_appeal_has_a_time_limit_and_is_lodged_once(people):
    dossier = builders.make_dossier(people, upto="decided", outcome="refused")
    late = dossier.appeal_until + dt.timedelta(days=1)
    with (
        time_machine.travel(dt.datetime.combine(late, dt.time(12), tzinfo=dt.UTC)),
        pytest.raises(RuleBroken) as refused,
    ):
        decisions.appeal(dossier, actor=people.actor("manager"), reason="Trop tard.")
    assert refused.value.code == "appeal_too_late"
    decisions.appeal(dossier, actor=people.actor("manager"), reason="À temps.")
    decisions.decide_appeal(
        dossier,
        actor=people.actor("other_decider"),
        outcome="refused",
        reasons="Non.",
        hearing="Entendu.",
        no_interest=True,
    )
    with pytest.raises(RuleBroken) as again:
        decisions.appeal(dossier, actor=people.actor("manager"), reason="Encore.")
    assert again.value.code == "appealed_already"


def test_nothing_to_appeal_when_listed(people):
    dossier = builders.make_dossier(people, upto="decided")
    assert dossier.may_appeal_until is None
    with pytest.raises(RuleBroken):
        decisions.appeal(dossier, actor=people.actor("manager"), reason="Pourquoi pas.")


@pytest.mark.parametrize("table", ["finding", "proposal", "decision"])
def test_what_was_judged_cannot_be_changed(people, table):
    from django.apps import apps

    builders.make_dossier(people, upto="decided")
    rows = apps.get_model("qualification", table).objects
    field = {"finding": "observation"}.get(table, "reasons")
    for change in (lambda: rows.update(**{field: "autre"}), lambda: rows.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_who_sees_which_dossiers(people):
    draft = builders.make_dossier(people)
    sent = builders.make_dossier(people, upto="instruction")
    see = {
        name: set(Dossier.objects.visible_to(actor))
        for name, actor in {
            "manager": people.actor("manager"),
            "editor": people.actor("editor"),
            "officer": people.actor("officer"),
            "auditor": actor_for(Role.AUDITOR),
            "other": actor_for(Role.SUPPLIER_MANAGER),
            "buyer": actor_for(Role.REQUESTER),
            "support": actor_for(Role.SUPPORT),
        }.items()
    }
    assert see == {
        "manager": {draft, sent},
        "editor": {draft, sent},
        "officer": {sent},
        "auditor": {draft, sent},
        "other": set(),
        "buyer": set(),
        "support": set(),
    }


def test_an_editor_prepares_and_does_not_send(people):
    dossier = builders.make_dossier(people)
    assert dossier_abilities(people.actor("editor"), dossier)["submit"].endswith(
        "Rôle nécessaire\u00a0: responsable."
    )


def test_the_appeal_limit_is_two_months_to_the_day(people):
    dossier = builders.make_dossier(people, upto="proposed", outcome="refused")
    with time_machine.travel("2026-12-31 10:00+01:00"):
        builders.decide(dossier, people, "refused")
    assert dossier.appeal_until == dt.date(2027, 2, 28)
    assert timezone.localdate(dossier.decided_at) == dt.date(2026, 12, 31)
