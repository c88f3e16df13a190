"""The R9 derogation: who may have one, in which order, for how long, and two people at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.audit.models import AuditEvent
from marketplace.errors import DomainError, MoveRefused, RuleBroken
from marketplace.events.bus import consume
from marketplace.events.models import EventDelivery
from marketplace.notifications.models import Notification
from procurement.derogations import actions as derogations
from procurement.derogations.abilities import derogation_abilities
from procurement.derogations.clock import follow_derogations, prompt_reviews
from procurement.derogations.terms import term_on
from procurement.models import Derogation, DerogationAct
from tests.builders import actor_for
from tests.catalog.builders import make_mark
from tests.procurement.builders import PLAIN, Administration, assessed_project, make_project
from tests.procurement.derogation_builders import (
    days_ago,
    engaged_project,
    found,
    make_derogation,
    make_saas,
    paper,
)
from tests.support.racing import at_once

AT_ONCE = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ministry(db: Any) -> Administration:
    return Administration()


def refused(project: Any, administration: Administration) -> str:
    with pytest.raises(DomainError) as error:
        derogations.ask(project, actor=administration.requester, reason="Essai.", **paper())
    return error.value.code


def test_only_a_project_already_engaged_whose_data_r9_protects(ministry: Administration) -> None:
    assert refused(make_project(ministry, project_kind="existing"), ministry) == "not_assessed"
    assert refused(assessed_project(ministry, project_kind="new"), ministry) == "project_not_engaged"
    plain = assessed_project(ministry, project_kind="existing", answers=PLAIN)
    assert refused(plain, ministry) == "derogation_not_needed"
    for kind in ("existing", "major_change"):
        project = engaged_project(ministry, project_kind=kind)
        assert derogations.may_be_asked(project)
        make_derogation(ministry, project=project)
        assert not derogations.may_be_asked(project)
        assert refused(project, ministry) == "derogation_living"


def test_what_was_decided_counts_not_a_later_edit(ministry: Administration) -> None:
    project = assessed_project(ministry, project_kind="new")
    project.edit(actor=ministry.requester, project_kind="existing")
    assert refused(project, ministry) == "project_not_engaged"


def test_the_road_with_its_acts(ministry: Administration) -> None:
    made = make_derogation(ministry, upto="active")
    assert (made.state, made.starts_on, made.ends_on) == ("active", days_ago(10), None)
    acts = list(made.acts.values_list("kind", "dated_on"))
    assert acts == [("request", days_ago(40)), ("minister", days_ago(30)), ("prime_minister", days_ago(20))]
    assert all(
        act.document is not None and act.document.owner == ministry.organisation for act in made.acts.all()
    )
    assert list(
        AuditEvent.objects.filter(object_number=made.number).order_by("pk").values_list("what", flat=True)
    ) == [
        "create",
        "sign",
        "validate",
        "activate",
    ]


def test_dates_follow_one_another(ministry: Administration) -> None:
    made = make_derogation(ministry)
    for days, code in ((41, "acts_out_of_order"), (-1, "date_to_come")):
        with pytest.raises(RuleBroken) as error:
            derogations.sign(made, actor=ministry.authority, **paper(days))
        assert (error.value.code, list(error.value.fields)) == (code, ["dated_on"])
    made = make_derogation(ministry, upto="prime_minister_validated")
    with pytest.raises(RuleBroken) as error:
        derogations.activate(made, actor=ministry.authority, starts_on=days_ago(21))
    assert error.value.code == "before_validation"
    made.refresh_from_db()
    assert made.state == "prime_minister_validated"


def test_an_act_is_never_changed(ministry: Administration) -> None:
    act = make_derogation(ministry).acts.get()
    for write in (lambda: DerogationAct.objects.filter(pk=act.pk).update(reference="x"), act.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_who_keeps_the_file(ministry: Administration) -> None:
    made = make_derogation(ministry)
    outsider = actor_for("qualified_authority")
    for who, sees, records, finds in (
        (ministry.authority, True, True, True),
        (ministry.person("dnum"), True, True, False),
        (ministry.person("approver"), True, False, False),
        (outsider, False, False, False),
        (actor_for("curator"), False, False, False),
        (actor_for("auditor"), True, False, False),
    ):
        verdicts = derogation_abilities(who, made)
        assert Derogation.objects.visible_to(who).exists() is sees
        assert (verdicts["sign"] == "", verdicts["record_finding"] == "") == (records, finds), who.roles
        assert verdicts["expire"]


def test_nobody_records_what_they_asked(ministry: Administration) -> None:
    both = ministry.person("requester", "qualified_authority")
    project = engaged_project(ministry)
    project.authors.add(both.user)
    made = derogations.ask(project, actor=both, reason="Essai.", **paper())
    assert "Vous avez demandé" in derogation_abilities(both, made)["sign"]


def test_the_months_run_from_the_finding_alone(ministry: Administration) -> None:
    made = make_derogation(ministry, upto="active")
    assert made.state_on(days_ago(-5000)) == "active"  # without a finding, no end
    found(made, ministry, available_on=dt.date(2026, 2, 28))
    assert (made.available_on, made.months, made.ends_on) == (dt.date(2026, 2, 28), 12, dt.date(2027, 2, 28))
    act = made.acts.get(kind="finding")
    assert act.text and act.document
    with pytest.raises(MoveRefused, match="le délai court"):
        found(made, ministry, available_on=days_ago(1))


@pytest.mark.parametrize(
    ("available_on", "dated_days", "code"),
    [(-1, 0, "date_to_come"), (3, 5, "finding_before_offer"), (5000, 0, "before_the_rule")],
)
def test_what_a_finding_refuses(
    ministry: Administration, available_on: int, dated_days: int, code: str
) -> None:
    made = make_derogation(ministry)
    with pytest.raises(RuleBroken) as error:
        derogations.record_finding(
            made,
            actor=ministry.authority,
            available_on=days_ago(available_on),
            reason="Essai.",
            **paper(dated_days),
        )
    assert error.value.code == code
    made.refresh_from_db()
    assert made.available_on is None and not made.acts.filter(kind="finding").exists()


def test_months_already_over_cannot_begin(ministry: Administration) -> None:
    made = make_derogation(ministry, upto="prime_minister_validated")
    found(made, ministry, available_on=days_ago(400))
    with pytest.raises(RuleBroken) as error:
        derogations.activate(made, actor=ministry.authority, starts_on=days_ago(1))
    assert error.value.code == "term_over"


def test_the_term_is_a_dated_parameter_with_its_doubt() -> None:
    term = term_on(dt.date(2026, 11, 26))
    assert term.months == 12 and "6404/SG" in term.source
    assert "18 mois" in term.uncertain and "SREN" in term.uncertain
    with pytest.raises(LookupError):
        term_on(dt.date(2023, 5, 30))


def test_alerts_then_the_end_once_each(ministry: Administration) -> None:
    made = make_derogation(ministry, upto="active")
    found(made, ministry, available_on=days_ago(0))
    end = made.ends_on
    assert end is not None
    Notification.objects.all().delete()

    def told(day: dt.date) -> list[str]:
        follow_derogations(on=day)
        follow_derogations(on=day)
        mine = Notification.objects.filter(user=ministry.authority.user).order_by("pk")
        return [row.subject.partition("\u00a0:")[0] for row in mine]

    assert told(end - dt.timedelta(days=91)) == []
    assert made.state_on(end - dt.timedelta(days=91)) == "active"
    assert made.state_on(end - dt.timedelta(days=90)) == "expiring"
    alerts = ["Dérogation R9 dans ses 90 derniers jours"]
    assert told(end - dt.timedelta(days=90)) == alerts
    alerts.append("Dérogation R9 dans ses 30 derniers jours")
    assert told(end - dt.timedelta(days=12)) == told(end) == alerts
    assert (made.state_on(end), made.state_on(end + dt.timedelta(days=1))) == ("expiring", "expired")
    alerts.append("Dérogation R9 terminée")
    assert told(end + dt.timedelta(days=1)) == alerts
    made.refresh_from_db()
    assert made.state == "expired"
    # Over, the project may ask again: the rule, not the past, refuses.
    assert derogations.may_be_asked(made.project)


def test_a_complying_offer_only_prompts_a_review(ministry: Administration) -> None:
    made = make_derogation(ministry, upto="active")
    Notification.objects.all().delete()
    poor, good = make_saas(trust={}), make_saas(trust={"secnumcloud": "in_force"})
    prompt_reviews([poor.pk, good.pk])
    prompt_reviews([good.pk])
    told = Notification.objects.all()
    assert [row.user for row in told] == [ministry.authority.user]
    assert good.name in told[0].body
    made.refresh_from_db()
    assert (made.available_on, made.ends_on) == (None, None)
    found(made, ministry, available_on=days_ago(0))
    Notification.objects.all().delete()
    prompt_reviews([make_saas(trust={"secnumcloud": "in_force"}).pk])
    assert not Notification.objects.exists()


def test_events_of_the_catalogue_prompt_it_once(ministry: Administration) -> None:
    made, offer = make_derogation(ministry), make_saas()
    Notification.objects.all().delete()
    make_mark(offer)
    delivery = EventDelivery.objects.get(
        consumer="procurement.derogation_review", event__kind="trust_mark.status_changed"
    )
    assert consume(delivery.pk)
    assert Notification.objects.get().url == made.get_absolute_url()
    offer.suspend(actor=actor_for("curator"), reason="Essai.")
    offer.lift(actor=actor_for("curator"), reason="Essai.")
    asked = EventDelivery.objects.filter(consumer="procurement.derogation_review")
    for waiting in asked.filter(event__kind="offer.state_changed"):
        assert consume(waiting.pk)
    assert Notification.objects.count() == 1  # once an offer


def again(actor: Actor) -> Actor:
    assert actor.membership is not None
    rows = Membership.objects.select_related("user", "organisation")
    return Actor.of(rows.get(pk=actor.membership.pk))


@AT_ONCE
def test_two_requests_at_once_one_passes() -> None:
    ministry = Administration()
    project = engaged_project(ministry)

    def ask() -> str:
        fresh = type(project).objects.select_related("organisation").get(pk=project.pk)
        return derogations.ask(fresh, actor=again(ministry.requester), reason="Essai.", **paper()).state

    assert sorted(at_once(ask, ask)) == ["asked", "derogation_living"]
    assert Derogation.objects.count() == DerogationAct.objects.count() == 1


@AT_ONCE
def test_two_findings_at_once_one_passes() -> None:
    ministry = Administration()
    made = make_derogation(ministry)

    def find(days: int) -> Callable[[], str]:
        def act() -> str:
            fresh = Derogation.objects.select_related("project__organisation").get(pk=made.pk)
            derogations.record_finding(
                fresh,
                actor=again(ministry.authority),
                available_on=days_ago(days),
                reason="Essai.",
                **paper(),
            )
            return "found"

        return act

    assert sorted(at_once(find(5), find(9))) == ["finding_recorded", "found"]
    assert made.acts.filter(kind="finding").count() == 1


@AT_ONCE
def test_a_refusal_and_a_signature_at_once_one_passes() -> None:
    ministry = Administration()
    made = make_derogation(ministry)
    other = ministry.person("dnum")

    def fresh() -> Derogation:
        return Derogation.objects.select_related("project__organisation").get(pk=made.pk)

    outcomes = at_once(
        lambda: (
            derogations.sign(fresh(), actor=again(ministry.authority), expected_version=1, **paper()).state
        ),
        lambda: (
            derogations.refuse(
                fresh(), actor=again(other), reason="Non.", expected_version=1, **paper()
            ).state
        ),
    )
    assert "version_stale" in outcomes and {"minister_signed", "refused"} & set(outcomes)
    assert made.acts.count() == 2
