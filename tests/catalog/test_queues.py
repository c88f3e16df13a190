"""« Modération »: every queue, how many wait, since when; and the reports that a curator closes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from catalog.models import TrustReport
from catalog.queues import queue_states
from catalog.trust import report
from marketplace.audit.models import AuditEvent
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import make_mark, make_offer
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
THURSDAY = dt.date(2026, 11, 26)


def heard() -> TrustReport:
    made = report(make_mark(make_offer()), text="Entendu.", source="Presse", actor=actor_for("curator"))
    made.refresh_from_db()
    return made


def test_who_sees_the_queues() -> None:
    kept = heard()
    for role in (None, "requester", "supplier_manager", "qualification_officer"):
        member = make_member(role) if role else None
        for url in (
            "/pilotage/moderation/",
            "/pilotage/signalements/",
            f"/pilotage/signalements/{kept.uuid}/",
        ):
            assert client_for(member).get(url).status_code in (302, 403, 404)
        answer = client_for_token(member).get("/api/v1/moderation-queues/")
        problem_of(answer, 403 if member else 401)
        closed = client_for_token(member).post(f"/api/v1/trust-reports/{kept.uuid}/close/", {"outcome": "x"})
        problem_of(closed, 404 if member else 401)
    kept.refresh_from_db()
    assert kept.closed_at is None


def test_the_longest_wait_comes_first_in_working_days() -> None:
    kept = heard()
    TrustReport.objects.filter(pk=kept.pk).update(
        recorded_at=timezone.make_aware(dt.datetime(2026, 11, 20, 12))
    )
    make_offer(facts_confirmed_on=THURSDAY - dt.timedelta(days=184))
    make_offer(facts_confirmed_on=THURSDAY)
    states = {state.code: state for state in queue_states(on=THURSDAY)}
    # A Friday, then a week-end: four working days to the Thursday.
    assert (states["reports"].count, states["reports"].oldest_working_days) == (1, 4)
    # The first day to confirm again was a Monday.
    assert (states["facts"].count, states["facts"].oldest_on) == (2, dt.date(2026, 11, 23))
    order = [state.code for state in queue_states(on=THURSDAY)]
    assert order[:2] == ["reports", "facts"]
    assert (states["claims"].count, states["claims"].oldest_on) == (0, None)


def test_the_landing_and_the_api_say_the_same() -> None:
    heard()
    curator = make_member("curator")
    page = client_for(curator).get("/pilotage/moderation/")
    said = client_for_token(curator).get("/api/v1/moderation-queues/").json()
    assert [(q.code, q.count) for q in page.context["queues"]] == [(q["code"], q["count"]) for q in said]
    assert "Signalements sur une qualification" in page.content.decode()


def test_a_report_is_closed_once_with_its_conclusion() -> None:
    kept, curator = heard(), client_for(make_member("curator"))
    url = f"/pilotage/signalements/{kept.uuid}/"
    refused = curator.post(url, {"outcome": ""})
    assert refused.status_code == 400 and kept.mark.status == "in_force"
    assert curator.post(url, {"outcome": "Vérifié, sans suite."}).status_code == 302
    kept.refresh_from_db()
    assert kept.outcome == "Vérifié, sans suite." and kept.closed_by is not None
    assert AuditEvent.objects.filter(what="report_closed", object_id=kept.mark_id).count() == 1
    assert curator.post(url, {"outcome": "Encore"}).status_code == 409
    api = client_for_token(make_member("curator"))
    again = api.post(f"/api/v1/trust-reports/{kept.uuid}/close/", {"outcome": "Encore"})
    assert problem_of(again, 409)["code"] == "report_closed"
    kept.mark.refresh_from_db()
    assert kept.mark.status == "in_force"
