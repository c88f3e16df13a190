"""Listed offers are looked at again for ever; a person is told; an edit runs again what it touches."""

import datetime as dt
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from catalog.questions.conditions import questions_read
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.models import Notification
from qualification import actions, watch
from qualification.checks import CHECKS, Check, Judgement
from qualification.enums import Verdict
from qualification.gather import GATHER
from qualification.history import Trend
from qualification.models import CheckAlert, CheckRun, OfferCheck
from qualification.pipeline import run_check
from tests.builders import client_for, make_member
from tests.qualification import builders
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ANSWERS = Path("marketplace/site/demo/answers")


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def listed(people):
    return builders.make_dossier(people, upto="decided").offer


def answering(monkeypatch, code, *verdicts):
    """The check answers these verdicts, one a run; an exception is raised."""
    left, known = list(verdicts), CHECKS[code]

    def judge(_facts, _on):
        said = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(said, Exception):
            raise said
        return Judgement(said, f"Vu : {said}.")

    monkeypatch.setitem(
        CHECKS, code, Check(code, known.version, known.title, known.rule, judge, max_age=known.max_age)
    )


def look(offer, *, code=None, at):
    """What the clock and a worker do at that moment."""
    with time_machine.travel(at, tick=False):
        made = watch.look_again(at=at)
        CheckRun.objects.open().update(due_at=timezone.now() - DAY * 400)
        for run in CheckRun.objects.open().filter(dossier__offer=offer):
            if code in (None, run.check_code):
                run_check(run.pk)
    return made


def state(offer, code="regions"):
    return OfferCheck.objects.get(offer=offer, check_code=code)


def test_each_check_of_a_dossier_leaves_its_state_and_its_next_look(listed):
    rows = {row.check_code: row for row in OfferCheck.objects.filter(offer=listed)}
    assert {code: row.verdict for code, row in rows.items()} == {
        "legal_identity": "unknown", "regions": "pass", "trust_marks": "pass", "exit_terms": "pass",
        "website_tls": "unknown", "prices": "pass",
    }  # fmt: skip
    soon, late = rows["website_tls"].next_at - timezone.now(), rows["prices"].next_at - timezone.now()
    assert DAY * 0.49 <= soon <= DAY * 1.5 and DAY * 29.4 <= late <= DAY * 30.5


def test_looks_are_spread_over_the_day_and_stay_there():
    hours = Counter(watch.slot(offer) // 3600 for offer in range(10_000))
    assert len(hours) == 24 and min(hours.values()) > 330 and max(hours.values()) < 510
    now = timezone.now()
    first = watch.next_look(7, "website_tls", after=now)
    second = watch.next_look(7, "website_tls", after=first + dt.timedelta(seconds=40))
    assert second - first == DAY
    assert watch.next_look(7, "unheard_of", after=now) is None


def test_a_listed_offer_is_looked_at_again_once(listed):
    at = timezone.now() + 2 * DAY
    before = CheckRun.objects.count()
    assert watch.look_again(at=at) == 3, "what an edit alone can change waits for its month"
    assert watch.look_again(at=at) == 0
    assert CheckRun.objects.count() == before + 3
    seen = state(listed, "trust_marks").seen_at
    look(listed, at=at)
    assert set(CheckRun.objects.filter(trigger="watch").values_list("check_code", flat=True)) == {
        "legal_identity", "trust_marks", "website_tls",
    }  # fmt: skip
    assert state(listed, "trust_marks").seen_at > seen
    assert look(listed, at=at + 2 * DAY) == 3


def test_an_offer_that_is_not_listed_is_left_alone(people):
    builders.make_dossier(people, upto="proposed")
    assert watch.look_again(at=timezone.now() + 60 * DAY) == 0


def test_our_own_failure_takes_nothing_back_until_the_result_is_too_old(listed, monkeypatch):
    answering(monkeypatch, "trust_marks", RuntimeError("panne"))
    seen = state(listed, "trust_marks").seen_at
    at = timezone.now() + 2 * DAY
    look(listed, code="trust_marks", at=at)
    CheckRun.objects.open().filter(check_code="trust_marks").update(attempt=3)
    look(listed, code="trust_marks", at=at)
    row = state(listed, "trust_marks")
    assert CheckRun.objects.filter(check_code="trust_marks").latest("pk").verdict == "unknown"
    assert (row.verdict, row.current, row.seen_at, row.failures) == ("pass", "pass", seen, 0)
    with time_machine.travel(seen + CHECKS["trust_marks"].max_age):
        assert state(listed, "trust_marks").current == Verdict.UNKNOWN


def test_an_old_result_of_a_dossier_being_examined_reads_unknown(people):
    dossier = builders.make_dossier(people, upto="instruction")
    run = dossier.runs.get(check_code="trust_marks")
    assert (run.current, run.shown) == ("pass", "pass")
    with time_machine.travel(run.done_at + CHECKS["trust_marks"].max_age):
        assert (run.verdict, run.current, run.shown) == ("pass", "unknown", "unknown")


def failing_alert(listed, monkeypatch):
    answering(
        monkeypatch, "trust_marks", Verdict.FAIL, Verdict.FAIL, Verdict.FAIL, Verdict.FAIL, Verdict.PASS
    )
    at = timezone.now()
    for _ in range(3):
        at += 2 * DAY
        look(listed, code="trust_marks", at=at)
    return CheckAlert.objects.get(), at


def test_failures_in_a_row_are_told_to_a_person_and_remove_nothing(people, listed, monkeypatch):
    alert, at = failing_alert(listed, monkeypatch)
    assert (alert.failures, alert.check_code, alert.closed_at) == (3, "trust_marks", None)
    told = Notification.objects.filter(key__startswith="check-alert").values_list("user", flat=True)
    assert list(told) == [people.officer.user_id]
    look(listed, code="trust_marks", at=at + 2 * DAY)
    assert CheckAlert.objects.count() == 1
    look(listed, code="trust_marks", at=at + 4 * DAY)
    alert.refresh_from_db()
    listed.refresh_from_db()
    assert alert.recovered_at is not None and alert.closed_at is None
    assert listed.state == "listed"


def test_an_officer_closes_an_alert_by_page_once(people, listed, monkeypatch):
    alert, _ = failing_alert(listed, monkeypatch)
    url = alert.get_absolute_url()
    assert client_for(people.manager).get(url).status_code == 404
    client = client_for(people.officer)
    assert listed.name in client.get("/pilotage/alertes/").content.decode()
    empty = client.post(url, {"outcome": " "})
    assert empty.status_code == 400
    assert client.post(url, {"outcome": "Vu avec l’hébergeur."}).status_code == 302
    assert client.get("/pilotage/alertes/").content.decode().count("<tr") == 0
    assert "Close le" in client.get("/pilotage/alertes/?etat=closes").content.decode()
    with pytest.raises(MoveRefused):
        watch.close_alert(alert, actor=people.actor("officer"), reason="Encore.")
    with pytest.raises(RuleBroken):
        watch.close_alert(alert, actor=people.actor("officer"), reason="  ")


def test_an_officer_closes_an_alert_by_api(people, listed, monkeypatch):
    alert, _ = failing_alert(listed, monkeypatch)
    url = f"/api/v1/check-alerts/{alert.uuid}/close/"
    problem_of(client_for_token(people.manager).post(url, {"reason": "x"}, format="json"), 404)
    problem_of(client_for_token(people.decider).post(url, {"reason": "x"}, format="json"), 403)
    officer = client_for_token(people.officer)
    problem_of(officer.post(url, {}, format="json"), 400)
    body = officer.post(url, {"reason": "Vu."}, format="json").json()
    assert (body["outcome"], body["closed_by"]) == ("Vu.", people.officer.user.full_name)
    problem_of(officer.post(url, {"reason": "Vu."}, format="json"), 409)
    assert officer.get("/api/v1/check-alerts/?open=true").json()["count"] == 0


def test_the_supplier_and_the_officers_read_the_history(people, listed):
    look(listed, at=timezone.now() + 2 * DAY)
    for who in (people.manager, people.officer, people.decider):
        page = client_for(who).get(f"/controles/{listed.number}/").content.decode()
        assert "Qualifications et certifications en vigueur" in page and "2\u00a0conformes" in page
        detail = client_for(who).get(f"/controles/{listed.number}/trust_marks/").content.decode()
        assert "Surveillance" in detail and "Envoi du dossier" in detail
    assert client_for(make_member("supplier_manager")).get(f"/controles/{listed.number}/").status_code == 404
    assert client_for(make_member("requester")).get(f"/controles/{listed.number}/").status_code == 404
    assert client_for(people.manager).get(f"/controles/{listed.number}/rien/").status_code == 404
    rows = client_for_token(people.manager).get(f"/api/v1/offer-checks/?offer={listed.uuid}").json()
    assert (rows["count"], {row["current"] for row in rows["results"]}) == (6, {"pass", "unknown"})
    past = client_for_token(people.manager).get(f"/api/v1/checks/?offer={listed.uuid}&check_code=trust_marks")
    assert [run["trigger"] for run in past.json()["results"]] == ["watch", "round"]
    assert client_for_token(make_member("requester")).get("/api/v1/offer-checks/").json()["count"] == 0


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        (
            ("pass", "unknown", "fail"),
            "1\u00a0conforme, 1\u00a0non conforme, 1\u00a0non vérifié\u00a0; mieux",
        ),
        (("warn", "pass", "pass"), "2\u00a0conformes, 1\u00a0à surveiller\u00a0; moins bien"),
        (("pass", "unknown"), "1\u00a0conforme, 1\u00a0non vérifié\u00a0; stable"),
        (("unknown",), "1\u00a0non vérifié\u00a0; stable"),
        ((), ""),
    ],
)
def test_a_trend_in_words(verdicts, sentence):
    assert Trend(verdicts).sentence == sentence


def test_a_correction_runs_again_only_what_it_touches(people):
    dossier = builders.make_dossier(people, upto="instruction", edition=builders.CURRENT)
    builders.ask_corrections(dossier, people)
    draft = dossier.offer.versions.get(pk=dossier.offer_version_id).successor(created_by=people.editor.user)
    draft.answers |= {"exit_notice_months": "1"}
    draft.save()
    dossier.refresh_from_db()
    actions.answer_corrections(dossier, actor=people.actor("manager"), reason="Préavis réduit.")
    second = {run.check_code: run for run in dossier.runs.filter(round=2)}
    assert set(second) == set(CHECKS)
    kept = second["certificates"]
    first = dossier.runs.get(round=1, check_code="certificates")
    assert (kept.carried_from, kept.verdict, kept.done_at) == (first, first.verdict, first.done_at)
    assert second["exit_terms"].lease_state == "due", "its notice changed"
    assert second["environment"].lease_state == "due", "unknown is looked at again"
    assert second["regions"].lease_state == "due", "marks may have changed without an edit"
    builders.run_all(dossier)
    assert dossier.state == "instruction"


def test_an_answer_that_a_check_does_not_declare_changes_nothing_of_its_facts(people):
    offer = builders.make_offer(people.supplier)
    version = offer.versions.get()
    parts = [tomllib.loads((ANSWERS / f"{name}.toml").read_text()) for name in ("hosted", "iaas", "saas")]
    whole = builders.ANSWERS | {name: value for part in parts for name, value in part.items()}
    today = timezone.localdate()
    for code, check in CHECKS.items():
        version.answers = whole
        declared, base = questions_read(check.reads), GATHER[code](version, today)
        version.answers = {name: value for name, value in whole.items() if name in declared}
        assert GATHER[code](version, today) == base, code


def test_an_answer_emptied_by_a_form_is_not_an_answer(people):
    version = builders.make_offer(people.supplier).versions.get()
    version.answers = {"secondary_use": None, "audit_right": "", "erasure_days": 0}
    assert GATHER["contract_clauses"](version, timezone.localdate()).answers == (("erasure_days", "0"),)
