"""Programmes: conditions, the database's clock, drafts, receipt, the operator's choice, milestones."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken, VersionStale
from marketplace.notifications.models import Notification
from qualification.programmes import applications, calls, progress
from qualification.programmes.content import receipt_bytes
from qualification.programmes.dashboard import applications_table, figures
from qualification.programmes.eligibility import ApplicantFacts, all_met, conditions
from qualification.programmes.facts import programmes
from qualification.programmes.models import ProgrammeApplication, ProgrammeCall, ProgressReport
from qualification.programmes.quarters import Quarter, missing, owed
from tests.builders import actor_for, make_member
from tests.qualification import programme_builders as builders

pytestmark = pytest.mark.django_db
PME = programmes()["pme-secnumcloud"]


@pytest.fixture
def manager() -> Actor:
    return actor_for("programme_manager")


@pytest.fixture
def author() -> Actor:
    return actor_for("supplier_manager", "supplier_editor")


def shift(call: ProgrammeCall, **delta: float) -> None:
    """Moves the cut-off by the database's own clock, whatever Python's says."""
    seconds = dt.timedelta(**delta).total_seconds()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE qualification_programmecall SET "
            "closes_at = clock_timestamp() + %s * interval '1 second', "
            "opens_at = clock_timestamp() - interval '10 days' WHERE id = %s",
            [seconds, call.pk],
        )
    call.refresh_from_db()


def test_every_fact_of_a_programme_has_its_source_and_its_date() -> None:
    for one in programmes().values():
        assert one.source and one.read_on <= timezone.localdate(), one.code
    assert PME.totals[0].per_company_eur == 187_500
    assert [one.closes_at for one in PME.cutoffs] == [None, None]
    assert [str(one.closes_at) for one in programmes()["offre-cloud"].cutoffs] == [
        "2024-05-14 12:00:00",
        "2024-10-02 12:00:00",
    ]


@pytest.mark.parametrize(
    ("size", "models", "verdicts"),
    [
        ("pme", ("saas",), ["pass", "pass", "pass"]),
        ("micro", ("iaas", "paas"), ["pass", "pass", "pass"]),
        ("ge", ("saas",), ["pass", "fail", "pass"]),
        ("", ("saas",), ["pass", "unknown", "pass"]),
        ("pme", ("iaas",), ["pass", "pass", "fail"]),
        ("pme", (), ["pass", "pass", "unknown"]),
    ],
)
def test_conditions(size: str, models: tuple[str, ...], verdicts: list[str]) -> None:
    found = conditions(PME, ApplicantFacts(size, models, has_verified_identity=True))
    assert [one.verdict for one in found] == verdicts
    assert all_met(found) == (set(verdicts) == {"pass"})
    assert all(one.remedy for one in found if one.verdict != "pass")


def test_the_databases_clock_refuses_what_is_late_whatever_ours_says(author: Any, manager: Any) -> None:
    made = builders.make_application(author, manager)
    shift(made.call, seconds=-1)
    with time_machine.travel(timezone.now() - dt.timedelta(days=1)), pytest.raises(MoveRefused) as refused:
        applications.send(made, actor=author)
    assert refused.value.code == "call_closed"
    made.refresh_from_db()
    assert (made.state, made.sent_at, made.work_plan) == ("draft", None, "J0 dans six mois.")
    shift(made.call, minutes=2)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        applications.send(made, actor=author)
    assert made.sent_at is not None and made.sent_at < made.call.closes_at


def test_no_other_way_in_is_open_to_a_late_application(author: Any, manager: Any) -> None:
    made = builders.make_application(author, manager)
    shift(made.call, seconds=-1)
    sent = {"state": "sent", "sent_at": timezone.now(), "sent_sha256": "0" * 64}
    rows = ProgrammeApplication.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**sent)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**sent | {"sent_at": timezone.now() - dt.timedelta(hours=1)})


def test_sending_freezes_gives_a_receipt_and_tells(author: Any, manager: Any) -> None:
    made = builders.make_application(author, manager, state="sent")
    assert hashlib.sha256(receipt_bytes(made.sent_content)).hexdigest() == made.sent_sha256
    made.refresh_from_db()
    assert hashlib.sha256(receipt_bytes(made.sent_content)).hexdigest() == made.sent_sha256
    assert dict(made.sent_content["from_offer"])["Taille déclarée"] == "PME"
    assert made.sent_content["written"]["summary"] == "Machines virtuelles."
    told = Notification.objects.get(user=author.user)
    assert made.number in told.subject and made.sent_sha256 in told.body
    line = AuditEvent.objects.get(object_type="qualification.programmeapplication", what="send")
    assert line.concerned_ids == [made.organisation_id]


def test_what_is_missing_is_said_field_by_field(author: Any, manager: Any) -> None:
    made = builders.make_application(author, manager)
    applications.save_draft(made, actor=author, summary="", work_plan="", contact_email="")
    with pytest.raises(RuleBroken) as refused:
        applications.send(made, actor=author)
    assert set(refused.value.fields) == {"summary", "work_plan", "contact_email"}
    applications.save_draft(made, actor=author, summary="x", work_plan="x", contact_email="a@essai.example")
    made.offer.supplier.size = "eti"
    made.offer.supplier.save()
    with pytest.raises(RuleBroken, match="réservé"):
        applications.send(made, actor=author)


def test_a_draft_is_kept_after_the_cut_off_and_never_overwritten(author: Any, manager: Any) -> None:
    made = builders.make_application(author, manager)
    read = made.version
    shift(made.call, seconds=-1)
    applications.save_draft(made, actor=author, difficulties="Nos équipes.", expected_version=read)
    with pytest.raises(VersionStale):
        applications.save_draft(made, actor=author, difficulties="Autre.", expected_version=read)
    made.refresh_from_db()
    assert made.difficulties == "Nos équipes."


def test_taking_back_is_for_before_the_cut_off(author: Any, manager: Any) -> None:
    made = builders.make_application(author, manager, state="sent")
    applications.take_back(made, actor=author)
    assert ProgrammeApplication.objects.visible_to(manager).count() == 0
    first = made.sent_sha256
    applications.save_draft(made, actor=author, summary="Mieux dit.")
    applications.send(made, actor=author)
    assert made.sent_sha256 != first
    shift(made.call, seconds=-1)
    with pytest.raises(MoveRefused, match="a clos le"):
        applications.take_back(made, actor=author)


def test_one_application_an_offer_and_a_call(author: Any, manager: Any) -> None:
    made = builders.make_application(author, manager)
    with pytest.raises(RuleBroken):
        applications.open_application(made.call, actor=author, offer=made.offer)
    applications.withdraw(made, actor=author, reason="Trop tôt.")
    assert applications.open_application(made.call, actor=author, offer=made.offer).state == "draft"
    with pytest.raises(NotAllowed):
        stranger = actor_for("supplier_manager")
        applications.open_application(made.call, actor=stranger, offer=made.offer)


def test_a_call_is_never_shortened(manager: Any, author: Any) -> None:
    made = builders.make_application(author, manager)
    call = made.call
    with pytest.raises(RuleBroken, match="ne s’avance pas"):
        calls.postpone_call(call, actor=manager, closes_at=builders.minute(days=9), reason="x")
    with pytest.raises(RuleBroken, match="sans secondes"):
        late = builders.minute(days=20).replace(second=1)
        calls.postpone_call(call, actor=manager, closes_at=late, reason="x")
    calls.postpone_call(call, actor=manager, closes_at=builders.minute(days=20), reason="Texte modifié.")
    assert Notification.objects.filter(user=author.user, subject__contains="reportée").exists()
    with pytest.raises(NotAllowed):
        calls.cancel_call(call, actor=author, reason="x")


def test_nobody_here_chooses_the_letter_is_written_down(author: Any, manager: Any) -> None:
    made = builders.make_application(author, manager, state="sent")
    with pytest.raises(NotAllowed):
        builders.choose(made, author)
    with pytest.raises(RuleBroken, match="à venir"):
        builders.choose(made, manager, decided_on=timezone.localdate() + dt.timedelta(days=1))
    with pytest.raises(RuleBroken, match="suit l’envoi"):
        builders.choose(made, manager, decided_on=timezone.localdate() - dt.timedelta(days=1))
    with pytest.raises(RuleBroken, match="retenu"):
        builders.choose(made, manager, "record_rejected", awarded_eur=10)
    builders.choose(made, manager, "record_waitlisted")
    builders.choose(made, manager)
    assert (made.state, made.awarded_eur) == ("selected", None)
    with pytest.raises(MoveRefused):
        builders.choose(made, manager, "record_rejected")


def test_milestones_come_in_order_and_are_corrected_not_rewritten(author: Any, manager: Any) -> None:
    made = builders.make_application(author, manager, state="selected")
    today = timezone.localdate()

    def reach(code: str, days: int) -> None:
        day = today - dt.timedelta(days=days)
        progress.record_milestone(made, actor=author, code=code, reached_on=day, reference="Courrier d’essai")

    with pytest.raises(RuleBroken, match="d’abord J0"):
        reach("J1", 3)
    reach("J0", 30)
    reach("J1", 10)
    with pytest.raises(RuleBroken, match="J1 a été atteint avant"):
        reach("J0", 5)
    reach("J0", 40)
    assert made.milestones.count() == 3
    assert [(code, (today - row.reached_on).days) for code, row in made.reached.items()] == [
        ("J0", 40),
        ("J1", 10),
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        made.milestones.update(note="x")


def test_quarters_owed() -> None:
    first, second = Quarter(2026, 1), Quarter(2026, 2)
    assert owed(dt.date(2026, 2, 10), on=dt.date(2026, 3, 31)) == ()
    assert owed(dt.date(2026, 2, 10), on=dt.date(2026, 7, 1)) == (first, second)
    assert owed(dt.date(2026, 2, 10), on=dt.date(2027, 7, 1), ended_on=dt.date(2026, 3, 2)) == (first,)
    assert missing(dt.date(2026, 2, 10), on=dt.date(2026, 7, 1), received=[first]) == (second,)
    assert (Quarter(2025, 4).last_day, Quarter(2025, 4).due_on) == (
        dt.date(2025, 12, 31),
        dt.date(2026, 1, 15),
    )


def test_a_quarter_is_told_once(author: Any, manager: Any) -> None:
    made = builders.make_application(author, manager, state="selected")
    chosen = builders.chosen_on(made, timezone.localdate() - dt.timedelta(days=200))
    quarters = chosen.missing_reports()
    assert len(quarters) >= 2 and chosen.late_reports

    def told(quarter: Quarter) -> ProgressReport:
        return progress.report_progress(
            chosen,
            actor=author,
            year=quarter.year,
            quarter=quarter.number,
            done="Audit à blanc.",
            next_steps="Corriger.",
        )

    report = told(quarters[0])
    assert (report.person_days, report.spent_eur_ht, report.was_late) == (None, None, True)
    chosen.refresh_from_db()
    assert chosen.missing_reports() == quarters[1:]
    for bad in (quarters[0], Quarter.of(timezone.localdate()), Quarter(2020, 1)):
        with pytest.raises(RuleBroken):
            told(bad)
    assert Notification.objects.filter(user=manager.user, subject__startswith="Rapport du").count() == 1


def test_the_dashboard_counts_what_is_known_and_says_what_is_not(author: Any, manager: Any) -> None:
    call = builders.make_call(manager)
    for number, award in enumerate((100_000, None)):
        other = actor_for("supplier_manager")
        made = builders.make_application(other, manager, state="sent", call=call)
        builders.choose(made, manager, awarded_eur=award)
        if number == 0:
            builders.chosen_on(made, timezone.localdate() - dt.timedelta(days=100))
            day = timezone.localdate() - dt.timedelta(days=40)
            progress.record_milestone(made, actor=other, code="J0", reached_on=day, reference="x")
    builders.make_application(author, manager, call=call)
    row = figures([call])[0]
    assert (row.states["selected"], row.received, row.awarded_eur, row.awards_unknown) == (2, 2, 100_000, 1)
    assert (row.reached["J0"], row.days_to["J0"], row.days_to["J1"]) == (1, 60, None)
    assert row.late >= 1
    lines = list(applications_table().rows)
    assert len(lines) == 2 and {line[10] for line in lines} == {None, 100_000}


def test_who_sees_what(author: Any, manager: Any) -> None:
    draft = builders.make_application(author, manager)
    sent = builders.make_application(author, manager, state="sent")
    everyone = ProgrammeApplication.objects

    def seen(actor: Actor) -> set[str]:
        return set(everyone.visible_to(actor).values_list("number", flat=True))

    assert seen(author) == {draft.number, sent.number}
    assert seen(manager) == {sent.number}
    assert seen(actor_for("auditor")) == {draft.number, sent.number}
    for other in ("supplier_manager", "requester", "curator"):
        assert seen(actor_for(other)) == set()
    hidden = builders.make_call(manager, state="draft")
    assert hidden not in ProgrammeCall.objects.visible_to(Actor.of(make_member("requester")))
