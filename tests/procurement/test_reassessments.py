"""A decided analysis read again when a text comes into force: what moves, told once, shown by both ways."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest
import time_machine

from marketplace.accounts.enums import OrganisationKind
from marketplace.audit.models import AuditEvent
from marketplace.notifications.models import Notification
from procurement.actions.assessments import decide, request_opinions, save_answers, start_assessment
from procurement.actions.opinions import advise_on_assessment
from procurement.actions.reassessments import reassess_all
from procurement.models import Assessment, Project
from procurement.tasks import BEAT
from tests.builders import client_for, make_organisation
from tests.procurement.builders import SENSITIVE, Administration, assessed_project
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
# Article 31 of the SREN law binds listed GIPs from 23 May 2024; the circular only encourages them.
EVE = dt.datetime(2024, 5, 22, 9, tzinfo=dt.UTC)
DAY = EVE + dt.timedelta(days=1)
SREN = "Loi n°\u00a02024-449 du 21 mai 2024 (SREN), article 31"


@pytest.fixture
def gip() -> Administration:
    with time_machine.travel(EVE, tick=False):  # roles are given from that day on
        return Administration(make_organisation(kind=OrganisationKind.GIP_LISTED))


def decided_on_the_eve(gip: Administration) -> Project:
    with time_machine.travel(EVE, tick=False):
        return assessed_project(gip)


def decide_again(project: Project, gip: Administration) -> Assessment:
    made = start_assessment(project, actor=gip.requester)
    save_answers(made, actor=gip.requester, answers=SENSITIVE)
    request_opinions(made, actor=gip.requester)
    for officer, kind in ((gip.rssi, "rssi"), (gip.dpo, "dpo")):
        advise_on_assessment(made, actor=officer, kind=kind, verdict="favourable", text="Vu.")
    return decide(made, actor=gip.authority, reason="Relue avec la loi.")


def test_a_text_that_comes_into_force_is_told_once_with_what_moves(gip: Administration) -> None:
    project = decided_on_the_eve(gip)
    assert reassess_all(on=EVE.date()) == 0
    Notification.objects.all().delete()
    assert (reassess_all(on=DAY.date()), reassess_all(on=DAY.date())) == (1, 0)
    told = Notification.objects.filter(subject__contains="Un texte a changé")
    assert {one.user for one in told} == {gip.requester.user, gip.authority.user}
    assert "SecNumCloud : «\u00a0Recommandé\u00a0» deviendrait «\u00a0Obligatoire\u00a0»." in told[0].body
    (event,) = AuditEvent.objects.filter(object_type="procurement.assessment", what="reassess")
    moved = {"code": "secnumcloud", "before": "recommended", "after": "required"}
    assert moved in event.side.detail["changes"] and event.side.detail["texts_added"] == [SREN]
    decided = project.decided_assessment()
    assert decided is not None and decided.result is not None  # what was decided stays
    assert all(text["code"] != "sren_31" for text in decided.result["rule_sets"])
    assert "procurement-reassessments" in BEAT


def test_a_text_that_moves_nothing_is_told_to_nobody(gip: Administration) -> None:
    with time_machine.travel(EVE, tick=False):
        assessed_project(gip, answers={"sensitive_data": [], "harms": []})
    Notification.objects.all().delete()
    assert reassess_all(on=DAY.date()) == 0
    assert not Notification.objects.exists()


def test_the_page_and_the_api_say_the_difference_then_what_the_new_one_changed(gip: Administration) -> None:
    project = decided_on_the_eve(gip)
    first = project.decided_assessment()
    assert first is not None
    with time_machine.travel(DAY, tick=False):
        page, api = client_for(gip.requester.membership), client_for_token(gip.requester.membership)
        shown = text_of(page.get(f"{project.get_absolute_url()}analyse/?etape=4"))
        assert "SecNumCloud : « Recommandé » deviendrait « Obligatoire »." in shown
        assert f"En vigueur depuis : {SREN}.".replace("\u00a0", " ") in shown
        answer = api.get(f"/api/v1/assessments/{first.uuid}/").json()
        assert answer["moved"]["texts_added"] == [SREN] and answer["since_previous"] is None
        second = decide_again(project, gip)
        shown = text_of(page.get(f"{project.get_absolute_url()}analyse/?etape=4"))
        assert "Ce qui change depuis l’analyse précédente" in shown
        assert "SecNumCloud : « Recommandé » devient « Obligatoire »." in shown
        answer = api.get(f"/api/v1/assessments/{second.uuid}/").json()
        assert answer["moved"] == {"changes": [], "texts_added": [], "texts_removed": []}
        assert {"code": "secnumcloud", "before": "recommended", "after": "required"} in (
            answer["since_previous"]["changes"]
        )


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return html.unescape(response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")
