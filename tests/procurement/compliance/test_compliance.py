"""AIPD and homologation: who records them, what stands, what is refused, their end told, by page and API."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from marketplace.notifications.models import Notification
from procurement.compliance.recording import tell_ends
from procurement.models import ComplianceAct, Project
from procurement.tasks import BEAT
from tests.builders import client_for, make_member
from tests.procurement.builders import Administration, awaiting, make_project
from tests.procurement.compliance.builders import make_act
from tests.procurement.derogation_builders import pdf
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
ACTS = "/api/v1/compliance-acts/"


@pytest.fixture
def ministry() -> Administration:
    return Administration()


@pytest.fixture
def project(ministry: Administration) -> Project:
    return awaiting(ministry).project


def page_of(project: Project, actor: Any) -> str:
    shown = client_for(actor.membership).get(project.get_absolute_url())
    assert shown.status_code == 200
    return html.unescape(shown.content.decode()).replace("\u00a0", " ")


def day(shift: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=shift)


def test_strangers_and_who_records_what(ministry: Administration, project: Project) -> None:
    act = make_act(project, actor=ministry.dpo)
    base = f"{project.get_absolute_url()}conformite/"
    for url in (f"{base}aipd/", f"{base}homologation/", f"{base}{act.uuid}/"):
        assert client_for(None).get(url).status_code == 302
        assert client_for(make_member("requester")).get(url).status_code == 404
    for actor, words, status in (
        (ministry.requester, "aipd", 200),
        (ministry.dpo, "aipd", 200),
        (ministry.rssi, "aipd", 403),
        (ministry.requester, "homologation", 403),
        (ministry.rssi, "homologation", 200),
        (ministry.authority, "homologation", 200),
        (ministry.authority, "autre", 404),
    ):
        assert client_for(actor.membership).get(f"{base}{words}/").status_code == status, (words, actor)
    problem_of(client_for_token(make_member("data_officer")).get(f"{ACTS}{act.uuid}/"), 404)


def test_nothing_recorded_says_what_to_do(ministry: Administration, project: Project) -> None:
    text = page_of(project, ministry.requester)
    assert "À examiner avec le DPO : le projet traite des données personnelles." in text
    assert "l’autorité qualifiée la prononce" in text
    assert f"{project.get_absolute_url()}conformite/aipd/" in text
    assert f"{project.get_absolute_url()}conformite/homologation/" not in text  # not an author's to record


def test_recorded_by_the_pages_the_newest_counts(ministry: Administration, project: Project) -> None:
    base = f"{project.get_absolute_url()}conformite/"
    browser = client_for(ministry.authority.membership)
    body = {"outcome": "granted", "dated_on": day(-10), "valid_until": day(-1), "document": pdf()}
    assert browser.post(f"{base}homologation/", body).status_code == 302
    assert "échue depuis le" in page_of(project, ministry.requester)
    body = {
        "outcome": "reserved",
        "dated_on": day(-2),
        "valid_until": day(300),
        "reference": "HOM-2",
        "text": "Sauvegardes hors ligne à finir.",
        "document": pdf(),
    }
    assert browser.post(f"{base}homologation/", body).status_code == 302
    text = page_of(project, ministry.requester)
    assert "Prononcée avec réserves, acte du" in text and "Sauvegardes hors ligne à finir." in text
    assert "échue" not in text
    paper = ComplianceAct.objects.get(reference="HOM-2")
    assert client_for(ministry.rssi.membership).get(f"{base}{paper.uuid}/").status_code == 200
    told = Notification.objects.filter(subject__contains="prononcée avec réserves")
    assert {one.user for one in told} == {ministry.requester.user, ministry.rssi.user, ministry.dpo.user}


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("accreditation", {"valid_until": None}, "valid_until"),
        ("accreditation", {"valid_until": "2020-01-01"}, "valid_until"),
        ("accreditation", {"outcome": "refused"}, "valid_until"),
        ("accreditation", {"outcome": "accepted"}, "outcome"),
        ("accreditation", {"dated_on": "2999-01-01", "valid_until": "2999-02-01"}, "dated_on"),
        ("accreditation", {"document": None}, "document"),
        ("impact_assessment", {"outcome": "not_due", "text": " ", "valid_until": None}, "text"),
        ("impact_assessment", {"outcome": "granted"}, "outcome"),
    ],
)
def test_what_is_refused_names_its_field(
    ministry: Administration, project: Project, kind: str, said: dict[str, Any], field: str
) -> None:
    actor = ministry.authority if kind == "accreditation" else ministry.dpo
    body = {
        "project": str(project.uuid),
        "kind": kind,
        "outcome": "granted" if kind == "accreditation" else "accepted",
        "dated_on": str(day(-1)),
        "valid_until": str(day(100)) if kind == "accreditation" else None,
        "document": pdf(),
        **said,
    }
    sent = {name: value for name, value in body.items() if value is not None}
    answer = client_for_token(actor.membership).post(ACTS, sent, format="multipart")
    assert field in faults(answer)
    assert not ComplianceAct.objects.exists()


def test_the_same_by_the_api_and_the_database_keeps_it(ministry: Administration, project: Project) -> None:
    api = client_for_token(ministry.dpo.membership)
    body = {
        "project": str(project.uuid),
        "kind": "impact_assessment",
        "outcome": "not_due",
        "dated_on": str(day(-1)),
        "text": "Traitement déjà couvert par une analyse semblable.",
    }
    made = api.post(ACTS, body, format="json")
    assert made.status_code == 201 and made.json()["sha256"] is None
    problem_of(api.post(ACTS, {**body, "kind": "accreditation"}, format="json"), 403)
    problem_of(api.get(f"{ACTS}{made.json()['id']}/document/"), 404)
    listed = api.get(f"{ACTS}?project={project.uuid}&kind=impact_assessment").json()["results"]
    assert [one["id"] for one in listed] == [made.json()["id"]]
    with pytest.raises(DatabaseError), transaction.atomic():
        ComplianceAct.objects.filter(uuid=made.json()["id"]).update(text="autre")


def test_the_end_of_an_homologation_is_told_once_an_alert(ministry: Administration) -> None:
    project = make_project(ministry)
    make_act(project, actor=ministry.authority, kind="accreditation", valid_until=day(90))
    said = []
    for shift in (-1, 0, 0, 30, 60, 61, 91, 92):
        Notification.objects.filter(key="").delete()
        before = Notification.objects.count()
        tell_ends(on=day(shift))
        if Notification.objects.count() > before:
            said.append((shift, Notification.objects.latest("pk").subject.split(" : ")[0]))
    assert said == [
        (0, "Homologation dans ses 90 derniers jours"),
        (30, "Homologation dans ses 60 derniers jours"),
        (60, "Homologation dans ses 30 derniers jours"),
        (91, "Homologation échue"),
    ]
    Notification.objects.all().delete()
    make_act(project, actor=ministry.authority, kind="accreditation", dated_on=day(0), valid_until=day(900))
    Notification.objects.all().delete()
    tell_ends(on=day(60))
    assert not Notification.objects.exists()
    assert "procurement-accreditation-ends" in BEAT
