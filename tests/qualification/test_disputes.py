"""The right of reply on a check: who may contest what, until when, who answers, and what follows."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken, VersionStale
from marketplace.notifications.models import Notification
from qualification import actions, decisions, disputes, pipeline
from qualification.models import CheckRun, Dispute
from qualification.progress import coverage_of, lines_of, progress_of
from tests.builders import client_for, make_member
from tests.qualification import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def run(people):
    return builders.make_failed_run(people)


def page_of(run, part="contester/"):
    return f"/dossiers/{run.dossier.number}/controles/{run.check_code}/{part}"


def told(user, words):
    return Notification.objects.filter(user=user, subject__contains=words).exists()


def exit_coverage(run):
    lines = lines_of(run.dossier, progress_of(run.dossier))
    return next(line.coverage for line in lines if line.requirement.code == "exit")


def test_who_may_contest_and_who_may_answer(people, run):
    dispute = builders.contest(run, people)
    for who in ("editor", "officer", "decider"):
        pages = (page_of(run), dispute.get_absolute_url())
        assert [client_for(getattr(people, who)).get(page).status_code for page in pages] == [403, 200], who
    with pytest.raises(NotAllowed):
        disputes.reject(dispute, actor=people.actor("decider"), reason="Non.")
    with pytest.raises(NotAllowed):
        disputes.reject(dispute, actor=people.actor("manager"), reason="Non.")
    dispute.refresh_from_db()
    assert dispute.state == "lodged"


def test_a_failed_check_says_how_and_until_when_to_contest(people, run):
    before = timezone.localdate(run.done_at) + dt.timedelta(days=30)
    text = client_for(people.manager).get(run.dossier.get_absolute_url()).content.decode()
    for words in ("Constat", "Lu le", "Règle", "Réparer", "Contester", page_of(run), before.isoformat()):
        assert words in text, words
    officer = client_for(people.officer).get(run.get_absolute_url()).content.decode()
    assert "par le fournisseur" in officer
    assert page_of(run) not in officer


def test_contesting_writes_tells_and_journals(people, run):
    client = client_for(people.manager)
    file = SimpleUploadedFile("preavis.pdf", b"%PDF-1.7\n%%EOF\n")
    answer = client.post(page_of(run), {"reason": "Le préavis est de deux mois.", "file": file})
    dispute = Dispute.objects.get()
    assert (answer.status_code, answer.url) == (302, dispute.get_absolute_url())
    assert (dispute.check_run, dispute.state, dispute.file.name) == (run, "lodged", "preavis.pdf")
    assert dispute.file.owner == people.supplier
    assert told(people.officer.user, "Contestation")
    line = AuditEvent.objects.get(object_type="qualification.dispute", object_id=dispute.pk)
    assert (line.what, line.object_number, line.concerned_ids) == (
        "create",
        dispute.number,
        [people.supplier.pk],
    )
    assert "Le préavis est de deux mois." in client.get(answer.url).content.decode()
    download = client_for(people.officer).get(f"{answer.url}piece/")
    assert download.content.startswith(b"%PDF-")
    assert dispute.file.accesses.get().user == people.officer.user


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"reason": ""}, "Répondez à"),
        ({"reason": "  "}, "Répondez à"),
        (
            {"reason": "Gardé.", "file": SimpleUploadedFile("a.pdf", b"MZ\x90")},
            "n’est pas d’un type accepté",
        ),
    ],
)
def test_a_bad_form_is_refused_and_keeps_its_text(people, run, data, said):
    answer = client_for(people.manager).post(page_of(run), data)
    assert answer.status_code == 400
    text = answer.content.decode()
    assert said in text
    assert ("Gardé." in text) == (data["reason"] == "Gardé.")
    assert not Dispute.objects.exists()


def test_the_limit_is_the_thirtieth_day(people, run):
    day = timezone.localdate(run.done_at)
    with time_machine.travel(dt.datetime.combine(day + dt.timedelta(days=29), dt.time(12)), tick=False):
        assert run.is_open_to_dispute
        disputes.check_disputable(run, dossier=run.dossier)
    with time_machine.travel(dt.datetime.combine(day + dt.timedelta(days=30), dt.time(12)), tick=False):
        assert not run.is_open_to_dispute
        with pytest.raises(MoveRefused) as refused:
            builders.contest(run, people)
    assert refused.value.code == "dispute_too_late"


def test_what_cannot_be_contested(people, run):
    def code(tried):
        with pytest.raises(MoveRefused) as refused:
            disputes.check_disputable(tried, dossier=tried.dossier)
        return refused.value.code

    assert code(CheckRun.objects.get(dossier=run.dossier, check_code="prices")) == "nothing_to_dispute"
    newer = pipeline.replay(run.dossier, check_code="exit_terms", actor=people.actor("manager"))
    assert code(run) == "result_replaced"
    pipeline.run_check(newer.pk)
    newer.refresh_from_db()
    builders.contest(newer, people)
    assert code(newer) == "disputed_already"


def test_after_the_decision_the_appeal_is_the_way(people):
    decided = builders.make_failed_run(people, upto="decided")
    with pytest.raises(MoveRefused) as refused:
        builders.contest(decided, people)
    assert refused.value.code == "dispute_closed"
    assert client_for(people.manager).get(page_of(decided)).status_code == 409
    assert "le délai est passé" in client_for(people.manager).get(decided.get_absolute_url()).content.decode()


def test_no_proposal_and_no_decision_over_an_unanswered_dispute(people, run):
    dossier = run.dossier
    dispute = builders.contest(run, people)
    builders.judge_all(dossier, people)
    words = {"outcome": "listed", "reasons": "Conforme."}
    with pytest.raises(RuleBroken) as refused:
        actions.propose(dossier, actor=people.actor("officer"), **words)
    assert dispute.number in refused.value.message
    dossier.refresh_from_db()
    assert dossier.state == "instruction"
    disputes.reject(dispute, actor=people.actor("officer"), reason="Le contrat dit six mois.")
    actions.propose(dossier, actor=people.actor("officer"), **words)
    newer = pipeline.replay(dossier, check_code="exit_terms", actor=people.actor("manager"))
    pipeline.run_check(newer.pk)
    newer.refresh_from_db()
    builders.contest(newer, people)
    with pytest.raises(RuleBroken):
        decisions.decide(dossier, actor=people.actor("decider"), **words)


def test_an_officer_answers_on_the_page(people, run):
    dispute = builders.contest(run, people)
    client, url = client_for(people.officer), dispute.get_absolute_url()
    assert "Répondre à la contestation" in client.get(url).content.decode()
    silent = client.post(url, {"answer": "reject", "reason": "", "version": "1"})
    assert (silent.status_code, "Répondez à" in silent.content.decode()) == (400, True)
    assert client.post(url, {"answer": "reject", "reason": "Non.", "version": "7"}).status_code == 412
    assert client.post(url, {"answer": "reject", "reason": "Six mois au contrat.", "version": "1"}).url == url
    assert client.post(url, {"answer": "reject", "reason": "Encore.", "version": "2"}).status_code == 409
    text = client_for(people.editor).get(url).content.decode()
    assert "rejetée" in text
    assert "Six mois au contrat." in text
    assert told(people.manager.user, "Réponse à votre contestation")
    assert exit_coverage(run) == "not_covered"


def test_upheld_the_check_runs_again(people, run):
    dispute = builders.contest(run, people)
    disputes.uphold(dispute, actor=people.actor("officer"), effect="rerun", reason="Relu.")
    last = run.dossier.runs.filter(check_code="exit_terms").latest("run_number")
    assert (last.run_number, last.lease_state, last.requested_by) == (2, "due", people.officer.user)
    assert (
        "retenue, contrôle relancé"
        in client_for(people.manager).get(dispute.get_absolute_url()).content.decode()
    )


def test_upheld_the_result_is_set_aside(people, run):
    dispute = builders.contest(run, people)
    assert exit_coverage(run) == "not_covered"
    disputes.uphold(dispute, actor=people.actor("officer"), effect="set_aside", reason="Mal lu.")
    assert exit_coverage(run) == "unknown"
    assert coverage_of(lines_of(run.dossier, progress_of(run.dossier)))["not_covered"] == 0
    run.refresh_from_db()
    assert run.verdict == "fail"  # what was seen stays written


def test_a_stale_answer_or_an_unknown_effect_moves_nothing(people, run):
    dispute = builders.contest(run, people)
    with pytest.raises(VersionStale):
        disputes.reject(dispute, actor=people.actor("officer"), reason="Non.", expected_version=4)
    with pytest.raises(RuleBroken):
        disputes.uphold(dispute, actor=people.actor("officer"), effect="pardon", reason="Oui.")
    dispute.refresh_from_db()
    assert dispute.state == "lodged"


def test_an_answered_dispute_is_kept_by_the_database(people, run):
    dispute = builders.contest(run, people)
    disputes.reject(dispute, actor=people.actor("officer"), reason="Non.")
    for act in (
        lambda: Dispute.objects.filter(pk=dispute.pk).update(answer="Autre."),
        lambda: Dispute.objects.filter(pk=dispute.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_a_foreign_supplier_sees_nothing(people, run):
    dispute = builders.contest(run, people)
    other = client_for(make_member(Role.SUPPLIER_MANAGER))
    pages = (page_of(run), dispute.get_absolute_url(), f"{dispute.get_absolute_url()}piece/")
    assert [other.get(page).status_code for page in pages] == [404] * 3
