"""Queues paused, drained and resumed; what workers gave up, seen and tried again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.health import pauses
from marketplace.health.models import QueuePause
from marketplace.leases import LeaseState
from marketplace.notifications.models import OutgoingEmail
from marketplace.notifications.outbox import queue_email
from qualification import pipeline, tasks
from qualification.models import CheckRun
from qualification.work import dead_letters, queue_states, try_again
from tests.builders import client_for, make_member
from tests.qualification import builders
from tests.rest.builders import client_for_token, faults

pytestmark = pytest.mark.django_db
URL = "/pilotage/travaux/"


@pytest.fixture
def people() -> builders.People:
    return builders.make_people()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What reached the broker: (task, key)."""
    found: list[tuple[str, int]] = []
    for task in (tasks.fetch_check, tasks.judge_check):
        monkeypatch.setattr(
            task, "apply_async", lambda args, name=task.name, **_: found.append((name, args[0]))
        )
    return found


def test_a_paused_queue_takes_nothing_loses_nothing_and_starts_again(people, sent) -> None:
    dossier = builders.make_dossier(people, upto="checking")
    run = dossier.runs.get(check_code="website_tls")
    local = dossier.runs.exclude(pk=run.pk).first()
    CheckRun.objects.update(sent_at=timezone.now())
    pauses.pause("fetch", actor=people.actor("officer"), reason="Le réseau est en travaux.")
    # A message that was on its way, then the sweeper: nobody judges, and the row waits as one never told of.
    tasks.fetch_check(run.pk)
    run.refresh_from_db()
    assert (run.lease_state, run.attempt, run.sent_at) == (LeaseState.DUE, 0, None)
    pipeline.sweep_checks()
    assert sent == [] and CheckRun.objects.get(pk=run.pk).sent_at is None
    # The other queue goes on.
    tasks.judge_check(local.pk)
    assert CheckRun.objects.get(pk=local.pk).lease_state == LeaseState.DONE
    pauses.resume("fetch", actor=people.actor("officer"))
    pipeline.sweep_checks()
    assert sent == [("fetch.run", run.pk)]
    tasks.fetch_check(run.pk)
    assert CheckRun.objects.get(pk=run.pk).lease_state == LeaseState.DONE
    told = AuditEvent.objects.filter(what__endswith="_queue").order_by("pk")
    assert list(told.values_list("what", flat=True)) == ["pause_queue", "resume_queue"]


def test_what_had_begun_ends_and_the_queue_is_then_drained(people, sent) -> None:
    dossier = builders.make_dossier(people, upto="checking")
    run = dossier.runs.get(check_code="website_tls")
    CheckRun.objects.filter(pk=run.pk).update(lease_state=LeaseState.RUNNING)
    pauses.pause("fetch", actor=people.actor("officer"), reason="Travaux.")
    state = {each.code: each for each in queue_states()}
    assert (state["fetch"].running, state["fetch"].is_drained) == (1, False)
    assert (state["checks"].waiting > 0, state["checks"].pause) == (True, None)
    CheckRun.objects.filter(pk=run.pk).update(lease_state=LeaseState.DUE)
    drained = next(each for each in queue_states() if each.code == "fetch")
    assert (drained.waiting, drained.running, drained.is_drained) == (1, 0, True)
    assert drained.oldest == run.due_at


def test_a_pause_is_of_one_queue_once_with_a_reason_and_by_a_person(people) -> None:
    officer = people.actor("officer")
    with pytest.raises(RuleBroken):
        pauses.pause("fetch", actor=officer, reason=" ")
    pauses.pause("fetch", actor=officer, reason="Travaux.")
    with pytest.raises(MoveRefused):
        pauses.pause("fetch", actor=officer, reason="Encore.")
    pauses.resume("fetch", actor=officer)
    with pytest.raises(MoveRefused):
        pauses.resume("fetch", actor=officer)
    assert QueuePause.objects.count() == 1
    # The journal, events and probes never stop: they are no choice.
    with pytest.raises(ValueError, match="audit"):
        pauses.pause("audit", actor=officer, reason="Non.")
    assert not pauses.is_paused("events")


def test_by_page_and_the_mail_is_the_platform_s(people) -> None:
    officer = client_for(people.officer)
    assert officer.post(f"{URL}mail/pause/", {"reason": "Non."}).status_code == 403
    assert officer.get(f"{URL}events/pause/").status_code == 404
    empty = officer.post(f"{URL}fetch/pause/", {"reason": ""})
    assert empty.status_code == 400
    assert officer.post(f"{URL}fetch/pause/", {"reason": "Le réseau <b>bouge</b>."}).status_code == 302
    page = officer.get(URL).content.decode()
    assert "Le réseau &lt;b&gt;bouge&lt;/b&gt;." in page and "Vidée" in page
    assert officer.post(f"{URL}fetch/pause/", {"reason": "Encore."}).status_code == 409
    admin = client_for(make_member("platform_admin", organisation=people.operator))
    assert admin.post(f"{URL}mail/pause/", {"reason": "Travaux."}).status_code == 302
    queued = queue_email("personne@nuage.example", subject="Essai", body="Essai")
    assert OutgoingEmail.objects.get(pk=queued.pk).sent_at is None
    assert admin.post(f"{URL}mail/reprise/").status_code == 302
    assert not pauses.is_paused("mail") and pauses.is_paused("fetch")


def test_by_api(people) -> None:
    api = client_for_token(people.officer)
    assert faults(api.post("/api/v1/work-queues/fetch/pause/", {}, format="json")) == {"reason"}
    told = api.post("/api/v1/work-queues/fetch/pause/", {"reason": "Travaux."}, format="json").json()
    assert (told["code"], told["drained"], told["pause"]["reason"]) == ("fetch", True, "Travaux.")
    assert told["pause"]["by"] == people.officer.user.full_name
    assert api.post("/api/v1/work-queues/audit/pause/", {"reason": "Non."}, format="json").status_code == 404
    assert [each["code"] for each in api.get("/api/v1/work-queues/").json()["queues"]] == [
        "checks",
        "fetch",
        "mail",
    ]
    assert api.post("/api/v1/work-queues/fetch/resume/").json()["pause"] is None


def test_who_waits_for_a_paused_queue_reads_why(people) -> None:
    """The supplier, on the page of its dossier and by API; not once the checks of that queue are over."""
    dossier = builders.make_dossier(people, upto="checking")
    supplier, api = client_for(people.manager), client_for_token(people.manager)
    row = pauses.pause("fetch", actor=people.actor("officer"), reason="Le réseau <b>bouge</b>.")
    page = supplier.get(dossier.get_absolute_url()).content.decode()
    assert "Des contrôles sont en pause depuis le" in page and "Le réseau &lt;b&gt;bouge&lt;/b&gt;." in page
    assert people.officer.user.full_name not in page
    url = f"/api/v1/dossiers/{dossier.uuid}/"
    (told,) = api.get(url).json()["checks_paused"]
    since = row.paused_at.astimezone(dt.UTC)
    assert dt.datetime.fromisoformat(told.pop("since")) == since
    assert told == {"queue": "fetch", "reason": "Le réseau <b>bouge</b>."}
    pauses.resume("fetch", actor=people.actor("officer"))
    assert "Des contrôles sont en pause" not in supplier.get(dossier.get_absolute_url()).content.decode()
    assert api.get(url).json()["checks_paused"] == []
    pipeline.run_check(dossier.runs.get(check_code="website_tls").pk)
    pauses.pause("fetch", actor=people.actor("officer"), reason="Encore.")
    assert api.get(url).json()["checks_paused"] == [], "nothing of this dossier waits there any more"
    assert "Des contrôles sont en pause" not in supplier.get(dossier.get_absolute_url()).content.decode()


def dead(run: CheckRun, error: str = "TypeError: rien à lire") -> CheckRun:
    CheckRun.objects.filter(pk=run.pk).update(
        lease_state=LeaseState.DEAD, attempt=4, last_error=error, verdict="unknown",
        message=pipeline.OUR_FAILURE, done_at=timezone.now(),
    )  # fmt: skip
    return run


def test_a_check_given_up_is_seen_and_tried_again_as_a_new_run(people) -> None:
    dossier = builders.make_dossier(people, upto="instruction")
    last = dossier.runs.get(check_code="website_tls")
    run = CheckRun.objects.create(
        dossier=dossier, offer_version=last.offer_version, round=1, check_code="website_tls", run_number=2
    )
    dead(run)
    client = client_for(people.officer)
    page = client.get(URL).content.decode()
    assert "Site joignable en TLS valide, Nuage Exemple" in page and "TypeError" in page
    (letter,) = dead_letters()
    assert client.post(f"{URL}relancer/{letter.id}/").status_code == 302
    again = dossier.runs.filter(check_code="website_tls").latest("pk")
    assert (again.run_number, again.trigger, again.lease_state) == (run.run_number + 1, "replay", "due")
    # What ran again is no dead letter any more, and the result once written stays.
    assert dead_letters() == []
    assert client.post(f"{URL}relancer/{letter.id}/").status_code == 404
    assert CheckRun.objects.get(pk=run.pk).lease_state == LeaseState.DEAD


def test_an_email_given_up_is_seen_without_its_address_and_sent_again(people) -> None:
    row = OutgoingEmail.objects.create(
        to="personne@nuage.example", subject="Secret", body="Secret", lease_state=LeaseState.DEAD,
        attempt=8, last_error="SMTPRecipientsRefused: personne@nuage.example",
    )  # fmt: skip
    api = client_for_token(people.officer)
    (told,) = api.get("/api/v1/dead-letters/").json()["results"]
    assert (told["kind"], told["about"]) == ("emails", "Courriel à une adresse de nuage.example")
    assert (told["error"], told["attempts"], told["may_be_tried"]) == ("SMTPRecipientsRefused", 8, True)
    assert api.post(f"/api/v1/dead-letters/{told['id']}/retry/").status_code == 204
    row.refresh_from_db()
    assert (row.lease_state, row.attempt, row.sent_at) == (LeaseState.DUE, 0, None)
    assert AuditEvent.objects.filter(what="try_again", object_id=row.pk).exists()
    assert api.post(f"/api/v1/dead-letters/{told['id']}/retry/").status_code == 404


def test_a_check_of_an_offer_no_longer_listed_is_not_tried_again(people) -> None:
    dossier = builders.make_dossier(people, upto="decided", outcome="refused")
    run = dossier.runs.filter(lease_state=LeaseState.DONE).latest("pk")
    CheckRun.objects.create(
        dossier=dossier, offer_version=run.offer_version, round=1, check_code=run.check_code, run_number=99,
        lease_state=LeaseState.DEAD, verdict="unknown", done_at=timezone.now(),
    )  # fmt: skip
    (letter,) = dead_letters()
    with pytest.raises(MoveRefused, match="ne peut plus être relancé"):
        try_again(letter.id, actor=people.actor("officer"))


def test_a_service_account_pauses_nothing(people) -> None:
    class Machine:
        user = None

    with pytest.raises(NotAllowed):
        pauses.pause("fetch", actor=Machine(), reason="Travaux.")


def test_the_page_costs_the_same_for_one_letter_or_ten(people, django_assert_num_queries) -> None:
    dossier = builders.make_dossier(people, upto="checking")
    for run in dossier.runs.all():
        dead(run)
    count = dossier.runs.count()
    with django_assert_num_queries(7):
        assert len(dead_letters()) == count > 1
