"""R7 and R8 files: what is owed and why, strangers, the road by page and API."""

from __future__ import annotations

import datetime as dt
import html
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.enums import OrganisationKind
from marketplace.errors import MoveRefused, RuleBroken
from procurement.controls import actions
from procurement.controls.owed import owed_files
from procurement.doctrine import AssessmentFacts, assess
from procurement.doctrine.rule_sets import all_rule_sets
from procurement.doctrine.thresholds import all_thresholds, threshold_on
from procurement.models import ControlFile
from tests.builders import client_for, make_member, make_organisation
from tests.procurement.builders import Administration, make_project
from tests.procurement.controls.builders import ASPECTS, make_file, outside_project
from tests.procurement.derogation_builders import days_ago, pdf
from tests.rest.builders import client_for_token, faults, problem_of

FILES = "/api/v1/control-files/"
TODAY = dt.date(2026, 11, 26)
costs = st.decimals(min_value=0, max_value=20_000_000, places=2)


def kinds(cost: Decimal | None, *, buyer: str = "state", hosting: str = "none") -> dict[str, str]:
    facts = AssessmentFacts(buyer_kind=buyer, hosting=hosting, project_kind="new", full_cost_eur_ht=cost)
    owed = owed_files(assess(facts, TODAY), buyer_kind=buyer, cost=cost, on=TODAY)
    return {each.kind.value: each.level for each in owed}


@given(cost=costs)
def test_the_amounts_decide(cost: Decimal) -> None:
    owed = kinds(cost)
    assert ("study" in owed) == (cost >= 1_000_000)
    assert ("dinum" in owed) == (cost > 9_000_000)
    assert ("ministry" in owed) == (cost <= 9_000_000)


def test_at_the_very_amounts() -> None:
    assert kinds(Decimal("999999.99")) == {"ministry": "required"}
    assert kinds(Decimal("1000000.00")) == {"study": "required", "ministry": "required"}
    assert kinds(Decimal("9000000.00"), hosting="commercial_cloud") == {"ministry": "required"}
    assert kinds(Decimal("9000000.01"), hosting="commercial_cloud") == {"dinum": "required"}
    assert kinds(None) == {"study": "unknown", "dinum": "unknown"}
    assert "ministry" not in kinds(Decimal(100), buyer="local_authority")


def test_thresholds_are_dated_and_cover_the_text() -> None:
    assert threshold_on("R7", dt.date(2023, 5, 30)) is None
    (circular,) = (one for one in all_rule_sets() if one.code == "circular_6404_sg")
    for one in all_thresholds():
        assert one.first_day <= circular.in_force_from and one.source and one.confidence == "A"


@pytest.fixture
def ministry(db: None) -> Administration:
    return Administration()


def browser(actor: Any) -> Any:
    return client_for(actor.membership)


def api(actor: Any) -> Any:
    return client_for_token(actor.membership)


def test_strangers_and_others(ministry: Administration) -> None:
    made = make_file(ministry)
    control = f"/projets/{made.project.number}/controle/"
    paper = f"{made.get_absolute_url()}pieces/{made.papers.get().uuid}/"
    for url in (control, made.get_absolute_url(), paper):
        assert client_for(None).get(url).status_code == 302
        assert client_for(make_member("requester")).get(url).status_code == 404
        assert browser(ministry.person("approver")).get(url).status_code == 200
    problem_of(client_for_token(None).get(FILES), 401)
    stranger = client_for_token(make_member("dnum"))
    assert stranger.get(FILES).json()["results"] == []
    problem_of(stranger.post(f"{FILES}{made.uuid}/send/", {}), 404)
    problem_of(api(ministry.requester).post(f"{FILES}{made.uuid}/send/", {}), 403)


def test_a_file_not_owed_is_refused(ministry: Administration) -> None:
    cheap = outside_project(ministry, cost="999999.99")
    with pytest.raises(RuleBroken, match="pas dû"):
        make_file(ministry, project=cheap)
    town = Administration(make_organisation(kind=OrganisationKind.LOCAL_AUTHORITY))
    with pytest.raises(RuleBroken):
        make_file(town, kind="ministry", project=make_project(town, full_cost_eur_ht=Decimal(100)))


def test_a_study_compares_four_aspects(ministry: Administration) -> None:
    with pytest.raises(RuleBroken) as refused:
        actions.prepare(
            outside_project(ministry),
            actor=ministry.requester,
            kind="study",
            title="Étude",
            document=pdf(),
            **{**ASPECTS, "legal": " "},
        )
    assert set(refused.value.fields) == {"legal"}


def test_one_living_file_of_a_kind_and_its_reason_stays(ministry: Administration) -> None:
    made = make_file(ministry)
    with pytest.raises(MoveRefused):
        make_file(ministry, project=made.project)
    assert made.owed["full_cost_eur_ht"] == "1000000.00" and "R7" in made.owed["source"]
    actions.withdraw(made, actor=ministry.requester, reason="Erreur")
    assert make_file(ministry, project=made.project).state == "prepared"


def test_dates_follow_each_other_and_papers_stop(ministry: Administration) -> None:
    made, dnum = make_file(ministry, upto="sent"), ministry.person("dnum")
    with pytest.raises(MoveRefused):
        actions.add_paper(made, actor=ministry.requester, title="Annexe", document=pdf())
    with pytest.raises(RuleBroken) as refused:
        actions.acknowledge(made, actor=dnum, acknowledged_on=days_ago(21))
    assert set(refused.value.fields) == {"acknowledged_on"}
    with pytest.raises(RuleBroken):
        actions.answer(
            made, actor=dnum, answered_on=days_ago(-1), verdict="favourable", text="Oui", document=pdf()
        )


def test_the_road_by_its_pages(ministry: Administration) -> None:
    project = outside_project(ministry)
    writer, dnum = browser(ministry.requester), browser(ministry.person("dnum"))
    shown = html.unescape(writer.get(f"/projets/{project.number}/").content.decode())
    assert "Étude comparative transmise à la DINUM (R7)" in shown and "le coût complet atteint" in shown
    prepare = f"/projets/{project.number}/controle/study/"
    assert prepare in writer.get(f"/projets/{project.number}/controle/").content.decode()
    bad = writer.post(prepare, {**ASPECTS, "legal": "", "title": "Étude"})
    assert bad.status_code == 400 and "Usages" in bad.content.decode()
    assert writer.post(prepare, {**ASPECTS, "title": "Étude", "document": pdf()}).status_code == 302
    page = ControlFile.objects.get().get_absolute_url()
    assert writer.post(f"{page}joindre/", {"title": "Annexe", "document": pdf()}).status_code == 302
    for slug, body in (
        ("transmettre", {"sent_on": days_ago(3), "reference": "ENVOI-1"}),
        ("accuser", {"acknowledged_on": days_ago(2)}),
        (
            "avis",
            {"answered_on": days_ago(1), "verdict": "favourable", "text": "Sans réserve", "document": pdf()},
        ),
    ):
        assert dnum.get(f"{page}{slug}/").status_code == 200
        assert dnum.post(f"{page}{slug}/", body).status_code == 302
    shown = dnum.get(page).content.decode()
    assert "Avis rendu" in shown and "Sans réserve" in shown and "Annexe" in shown
    assert "avis rendu, favorable" in dnum.get(f"/projets/{project.number}/controle/").content.decode()


def test_what_a_project_owes_by_the_api(ministry: Administration) -> None:
    project = outside_project(ministry)
    owed = api(ministry.requester).get(f"/api/v1/projects/{project.uuid}/owed_files/").json()
    assert [(each["kind"], each["level"]) for each in owed] == [
        ("study", "required"),
        ("ministry", "required"),
    ]


def test_by_the_api_whole(ministry: Administration) -> None:
    project, client = outside_project(ministry), api(ministry.requester)
    body = {"project": str(project.uuid), "kind": "study", "title": "Étude", **ASPECTS}
    short = {name: value for name, value in body.items() if name != "legal"}
    refused = client.post(FILES, {**short, "document": pdf()}, format="multipart")
    assert list(faults(refused)) == ["legal"]
    answer = client.post(FILES, {**body, "document": pdf()}, format="multipart")
    assert answer.status_code == 201, answer.content
    made = ControlFile.objects.get()
    url = f"{FILES}{made.uuid}/"
    added = client.post(f"{url}papers/", {"title": "Annexe", "document": pdf()}, format="multipart")
    assert [each["title"] for each in added.json()["papers"]] == ["Étude", "Annexe"]
    dnum = api(ministry.person("dnum"))
    sent = {"sent_on": str(days_ago(1)), "reference": "ENVOI-1"}
    shown = dnum.post(f"{url}send/", sent, format="json").json()
    for name in ("state_since", "prepared_at", "papers"):
        assert shown.pop(name)
    assert shown.pop("owed")["level"] == "required"
    assert shown == {
        "id": str(made.uuid),
        "number": made.number,
        "kind": "study",
        "state": "sent",
        "version": 3,
        "project": str(project.uuid),
        **ASPECTS,
        "sent_on": str(days_ago(1)),
        "sent_reference": "ENVOI-1",
        "acknowledged_on": None,
        "answered_on": None,
        "verdict": "",
        "verdict_text": "",
        "closing_reason": "",
    }
    paper = made.papers.first()
    assert paper is not None
    assert dnum.get(f"{url}papers/{paper.uuid}/document/").content[:4] == b"%PDF"
