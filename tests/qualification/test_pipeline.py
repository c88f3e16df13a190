"""Checks as rows: each result once, whoever dies, and a dossier that moves on by itself."""

import datetime as dt
import threading
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused
from marketplace.leases import LeaseState, claim, claim_untried, finish
from marketplace.reference.releases import current_release
from qualification import pipeline
from qualification.checks import CHECKS, Check, Judgement
from qualification.enums import Verdict
from qualification.models import CheckRun, Dossier
from qualification.reference.loader import load
from tests.qualification import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def dossier(people):
    return builders.make_dossier(people, upto="checking")


def run_of(dossier, code) -> CheckRun:
    return dossier.runs.filter(check_code=code).latest("run_number")


def put_check(monkeypatch, code, judge):
    known = CHECKS[code]
    monkeypatch.setitem(CHECKS, code, Check(code, known.version, known.title, known.rule, judge))


def bells_heard(monkeypatch) -> list[int]:
    rung: list[int] = []

    def ring_now(pk):
        rung.append(pk)
        return True

    monkeypatch.setattr(pipeline, "_bell", lambda _code: SimpleNamespace(ring_now=ring_now))
    return rung


def test_a_message_received_twice_writes_once(dossier):
    run = run_of(dossier, "regions")
    assert pipeline.run_check(run.pk) is True
    assert pipeline.run_check(run.pk) is False
    run.refresh_from_db()
    assert (run.attempt, run.verdict) == (1, "pass")


def test_a_worker_that_lost_its_lease_writes_nothing(dossier):
    run = claim(CheckRun, run_of(dossier, "regions").pk)
    CheckRun.objects.filter(pk=run.pk).update(lease_until=Now() - dt.timedelta(seconds=1))
    rival = claim(CheckRun, run.pk)
    late = pipeline.Result(Judgement(Verdict.FAIL, "Trop tard."), "0" * 64, 1)
    assert pipeline._write([(run, late)]) is False
    assert pipeline._write([(rival, pipeline.judge(rival, on=dt.date(2026, 11, 22)))]) is True
    run.refresh_from_db()
    assert (run.verdict, run.attempt) == ("pass", 2)


def test_a_result_once_written_is_never_changed(dossier):
    pipeline.run_check(run_of(dossier, "regions").pk)
    run = run_of(dossier, "regions")
    for change in (lambda: CheckRun.objects.filter(pk=run.pk).update(verdict="fail"), run.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_one_message_runs_every_local_check_that_waits(dossier):
    for run in dossier.runs.exclude(check_code__in=pipeline.local_codes()):
        pipeline.run_check(run.pk)
    local = dossier.runs.filter(check_code__in=pipeline.local_codes())
    assert local.count() > 2
    assert pipeline.run_local_checks(local.first().pk) is True
    assert set(local.values_list("lease_state", "attempt")) == {("done", 1)}
    dossier.refresh_from_db()
    assert dossier.state == "instruction"
    assert pipeline.run_local_checks(local.last().pk) is False, "a second message finds nothing"


def test_what_was_tried_goes_alone_and_what_raises_is_given_back(dossier, monkeypatch):
    def broken(_facts, _on):
        raise RuntimeError("bug")

    put_check(monkeypatch, "prices", broken)
    killer = claim(CheckRun, run_of(dossier, "regions").pk)
    CheckRun.objects.filter(pk=killer.pk).update(lease_until=Now() - dt.timedelta(seconds=1))
    others = dossier.runs.filter(check_code__in=pipeline.local_codes()).exclude(pk=killer.pk)
    order = judged(monkeypatch)
    assert pipeline.run_local_checks(killer.pk) is True
    assert order[-1] == "regions", "its neighbours are written before it is tried again"
    run = run_of(dossier, "prices")
    assert (run.lease_state, run.attempt, run.last_error) == ("due", 1, "RuntimeError: bug")
    assert set(others.exclude(pk=run.pk).values_list("lease_state", flat=True)) == {"done"}
    assert run_of(dossier, "regions").attempt == 2


def judged(monkeypatch) -> list[str]:
    order, judge = [], pipeline.judge

    def noted(run, *, on):
        order.append(run.check_code)
        return judge(run, on=on)

    monkeypatch.setattr(pipeline, "judge", noted)
    return order


def test_a_message_for_a_run_already_done_still_takes_its_neighbours(dossier):
    first = run_of(dossier, "regions")
    pipeline.run_check(first.pk)
    assert pipeline.run_local_checks(first.pk) is True
    local = dossier.runs.filter(check_code__in=pipeline.local_codes())
    assert set(local.values_list("lease_state", "attempt")) == {("done", 1)}


@pytest.mark.parametrize("bad", [{"evidence": {"set": {1}}}, {"message": "nul \0"}, {"remedy": None}])
def test_a_result_that_cannot_be_written_holds_up_itself_alone(dossier, monkeypatch, bad):
    given = {"verdict": Verdict.PASS, "message": "Vu."} | bad
    put_check(monkeypatch, "prices", lambda _facts, _on: Judgement(**given))
    local = dossier.runs.filter(check_code__in=pipeline.local_codes())
    assert pipeline.run_local_checks(local.first().pk) is True
    run = run_of(dossier, "prices")
    assert (run.lease_state, run.attempt, run.verdict) == ("due", 1, "")
    assert set(local.exclude(pk=run.pk).values_list("lease_state", "verdict")) >= {("done", "pass")}
    assert not local.exclude(pk=run.pk).exclude(lease_state="done").exists()


def test_statements_of_a_batch_do_not_grow_with_its_length(dossier, monkeypatch):
    monkeypatch.setattr(pipeline, "judge", lambda run, *, on: pipeline.Result(
        Judgement(Verdict.PASS, "Vu."), "0" * 64, 1
    ))  # fmt: skip
    runs = list(dossier.runs.filter(check_code__in=pipeline.local_codes()))
    CheckRun.objects.filter(pk__in=[run.pk for run in runs[:-1]]).update(due_at=Now() + dt.timedelta(hours=1))
    with CaptureQueriesContext(connection) as one:
        assert pipeline.run_local_checks(runs[-1].pk) is True
    CheckRun.objects.filter(pk__in=[run.pk for run in runs[:-1]]).update(due_at=Now())
    with CaptureQueriesContext(connection) as many:
        assert pipeline.run_local_checks(runs[0].pk) is True
    assert len(many) <= len(one) + 1, [each["sql"][:90] for each in many]


def test_of_runs_written_together_only_those_still_held_are(dossier):
    mine = claim_untried(dossier.runs.filter(check_code__in=["regions", "prices"]))
    lost, kept = mine
    CheckRun.objects.filter(pk=lost.pk).update(lease_until=Now() - dt.timedelta(seconds=1))
    claim(CheckRun, lost.pk)
    result = pipeline.Result(Judgement(Verdict.PASS, "Vu."), "0" * 64, 1)
    assert pipeline._write([(run, result) for run in mine]) is True
    verdicts = dict(dossier.runs.filter(pk__in=[lost.pk, kept.pk]).values_list("pk", "verdict"))
    assert verdicts == {lost.pk: "", kept.pk: "pass"}


def test_a_check_that_raises_is_tried_again_then_unknown(dossier, monkeypatch):
    def broken(_facts, _on):
        raise RuntimeError("bug")

    put_check(monkeypatch, "regions", broken)
    run = run_of(dossier, "regions")
    for attempt in range(1, CheckRun.MAX_ATTEMPTS + 1):
        CheckRun.objects.filter(pk=run.pk).update(due_at=Now())
        pipeline.run_check(run.pk)
        run.refresh_from_db()
        assert run.attempt == attempt
    assert (run.verdict, run.lease_state, "RuntimeError: bug" in run.last_error) == ("unknown", "dead", True)
    assert "ne compte pas contre le fournisseur" in run.message
    builders.run_all(dossier)
    assert dossier.state == "instruction"


@pytest.mark.parametrize("garbage", [None, "pass", Judgement("inventé", "x")])
def test_a_check_that_answers_garbage_is_contained(dossier, monkeypatch, garbage):
    put_check(monkeypatch, "regions", lambda _facts, _on: garbage)
    run = run_of(dossier, "regions")
    pipeline.run_check(run.pk)
    run.refresh_from_db()
    assert (run.verdict, run.lease_state) == ("", "due")
    assert run.last_error.startswith(("TypeError", "AttributeError"))


def test_the_sweeper_rings_buries_and_closes(dossier, monkeypatch):
    rung = bells_heard(monkeypatch)
    CheckRun.objects.update(sent_at=None)
    assert pipeline.sweep_checks() == 6
    local = CheckRun.objects.filter(check_code__in=pipeline.local_codes())
    out = CheckRun.objects.difference(local).values_list("pk", flat=True)
    first = local.values_list("pk", flat=True).order_by("due_at").first()
    assert sorted(rung) == sorted([first, *out]), "local checks that nobody has tried share a message"
    assert pipeline.sweep_checks() == 0, "a fresh message is left alone"
    killer = run_of(dossier, "prices")
    for run in dossier.runs.exclude(pk=killer.pk):
        pipeline.run_check(run.pk)
    # Its worker was killed each time: dead, without a word.
    CheckRun.objects.filter(pk=killer.pk).update(lease_state=LeaseState.DEAD)
    pipeline.sweep_checks()
    killer.refresh_from_db()
    dossier.refresh_from_db()
    assert (killer.verdict, dossier.state) == ("unknown", "instruction")


def test_an_expired_lease_is_taken_back(dossier, monkeypatch):
    rung = bells_heard(monkeypatch)
    CheckRun.objects.update(sent_at=Now())
    run = claim(CheckRun, run_of(dossier, "regions").pk)
    CheckRun.objects.filter(pk=run.pk).update(lease_until=Now() - dt.timedelta(seconds=1))
    pipeline.sweep_checks()
    assert rung == [run.pk]


def test_a_replay_keeps_history_and_the_state(people):
    dossier = builders.make_dossier(people, upto="instruction")
    again = pipeline.replay(dossier, check_code="regions", actor=people.actor("manager"))
    with pytest.raises(MoveRefused):
        pipeline.replay(dossier, check_code="regions", actor=people.actor("manager"))
    builders.run_all(dossier)
    runs = list(dossier.runs.filter(check_code="regions").order_by("run_number"))
    assert [(run.run_number, run.trigger, run.verdict) for run in runs] == [
        (1, "round", "pass"),
        (2, "replay", "pass"),
    ]
    assert runs[0].input_hash == runs[1].input_hash
    assert (dossier.state, runs[1].pk) == ("instruction", again.pk)
    assert AuditEvent.objects.filter(object_number=dossier.number, what="replay_check").count() == 1


@pytest.mark.parametrize("state", ["draft", "checking", "decided"])
def test_a_replay_at_a_wrong_time(people, state):
    dossier = builders.make_dossier(people, upto=state)
    with pytest.raises(MoveRefused):
        pipeline.replay(dossier, check_code="regions", actor=people.actor("manager"))


def test_a_broken_register_is_our_failure(dossier, monkeypatch, settings):
    settings.LEGAL_REGISTER = "tests.qualification.test_pipeline.UnreadableRegister"
    run = run_of(dossier, "legal_identity")
    pipeline.run_check(run.pk)
    run.refresh_from_db()
    assert (run.lease_state, run.verdict) == ("due", "")


class UnreadableRegister:
    def look_up(self, **_query):
        raise ConnectionError("registre injoignable")


def test_a_supplier_of_the_register_passes(people):
    assert "loaded" in load()
    assert "known" in load()
    people.supplier.identifier = "000001016"
    people.supplier.save()
    dossier = builders.make_dossier(people, upto="instruction")
    run = run_of(dossier, "legal_identity")
    assert (run.verdict, run.evidence["register"]) == (
        "pass",
        "Registre de démonstration, édition 2026-11-22",
    )
    assert current_release("legal_register").payload["entries"]


@pytest.mark.django_db(transaction=True)
def test_the_two_last_checks_end_together_and_move_once():
    dossier = builders.make_dossier(builders.make_people(), upto="checking")
    runs = list(CheckRun.objects.filter(dossier=dossier).order_by("pk"))
    for run in runs[:-2]:
        pipeline.run_check(run.pk)
    claimed = [claim(CheckRun, run.pk) for run in runs[-2:]]
    barrier, outcomes = threading.Barrier(2), []

    def end(run):
        try:
            result = pipeline.judge(run, on=dt.date(2026, 11, 22))
            barrier.wait(10)
            outcomes.append(pipeline._write([(run, result)]))
        finally:
            connection.close()

    threads = [threading.Thread(target=end, args=(run,)) for run in claimed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert outcomes == [True, True]
    assert Dossier.objects.get().state == "instruction"
    assert AuditEvent.objects.filter(what="end_checks").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_the_result_and_the_move_undoes_both(monkeypatch):
    dossier = builders.make_dossier(builders.make_people(), upto="checking")
    *others, last = CheckRun.objects.filter(dossier=dossier).order_by("pk")
    for run in others:
        pipeline.run_check(run.pk)
    run = claim(CheckRun, last.pk)
    monkeypatch.setattr(pipeline, "close_round", lambda _pk: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        pipeline._write([(run, pipeline.Result(Judgement(Verdict.PASS, "Vu."), "0" * 64, 1))])
    last.refresh_from_db()
    assert (last.verdict, Dossier.objects.get().state) == ("", "checking")
    monkeypatch.undo()
    CheckRun.objects.filter(pk=last.pk).update(lease_until=Now() - dt.timedelta(seconds=1))
    assert pipeline.run_check(last.pk) is True
    assert Dossier.objects.get().state == "instruction"
    assert finish(run, verdict="fail") is False
