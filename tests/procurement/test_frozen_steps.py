"""The lists of a project are kept at each of its steps, by a worker, once; a person's own stay apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from marketplace.accounts.enums import Role
from marketplace.events.bus import consume, emit
from marketplace.events.models import EventDelivery
from procurement.actions.eligibility import freeze_offers
from procurement.actions.projects import add_to_shortlist
from procurement.models import EligibilityList, EligibilityRow, Project
from procurement.routes import actions as routes
from tests.builders import client_for
from tests.habits.matrix.world import World
from tests.procurement.builders import Administration, assessed_project
from tests.procurement.consultation_builders import Room
from tests.procurement.order_builders import bring_to, make_offer, make_order, make_purchase
from tests.procurement.routes.test_route_choices import choose
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
ANSWERS = {"non_eu_law": False, "data_processing_agreement": True}


def saas(**extra: Any) -> Any:
    return make_offer(answers=ANSWERS, service_models=["saas"], regions=["FR-Lyon"], **extra)


def work() -> list[str]:
    """What a worker does of what waits; the steps kept, the first first."""
    waiting = EventDelivery.objects.filter(consumer="procurement.lists_of_step", lease_state="due")
    for delivery in waiting.order_by("pk"):
        assert consume(delivery.pk)
        consume(delivery.pk)  # the message came twice
    return list(EligibilityList.objects.order_by("pk").values_list("step", flat=True))


def test_the_decision_keeps_what_complied_that_day_with_the_reasons() -> None:
    ministry, offer = Administration(), saas()
    project = assessed_project(ministry)
    assert work() == ["assessment"]
    (row,) = EligibilityRow.objects.filter(offer=offer)
    assert row.standing in ("to_check", "refused")
    assert row.findings
    assert not row.shortlisted
    assert not project.eligibility_lists.by_hand().exists(), "nobody froze one"


def test_a_route_confirmed_a_consultation_published_and_an_order_sent_keep_theirs(
    settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.RESPONSE_DRAFTS_ROOT = str(tmp_path / "drafts")
    world = World()
    routes.confirm(choose(world), actor=world.actor(Role.PURCHASING))
    assert work()[-1] == "route"
    room = Room()
    room.published()
    assert work()[-1] == "consultation"
    purchase = make_purchase()
    order = bring_to(make_order(purchase), "sent", purchase)
    assert work()[-1] == "order"
    assert EligibilityList.objects.first().project == order.project


def test_without_an_analysis_there_is_nothing_to_judge_by() -> None:
    purchase = make_purchase()
    order = make_order(purchase)
    Project.objects.filter(pk=order.project_id).update(state="sourcing")
    order.project.assessments.all().delete()
    emit("order.sent", {"order": order.pk, "offer": order.offer_id, "buyer": order.buyer_id})
    assert work() == []


def test_by_page_and_by_api_each_list_says_its_step() -> None:
    ministry, offer = Administration(), saas(trust={"secnumcloud": "in_force"})
    project = assessed_project(ministry)
    work()
    add_to_shortlist(project, actor=ministry.requester, offer=offer)
    by_hand = freeze_offers(project, actor=ministry.requester)
    page = client_for(ministry.requester.membership).get(f"/projets/{project.number}/preselection/")
    text = page.content.decode()
    assert "Présélection figée" in text
    assert "Sensibilité décidée" in text
    api = client_for_token(ministry.requester.membership)
    path = f"/api/v1/projects/{project.uuid}/"
    last, first = api.get(f"{path}frozen-lists/").json()
    assert (last["step"], first["step"], last["id"]) == ("shortlist", "assessment", str(by_hand.uuid))
    assert sum(last["counts"].values()) == by_hand.rows.count()
    rows = api.get(f"{path}frozen-rows/", {"list": first["id"]}).json()
    assert rows["count"] == sum(first["counts"].values())
    assert [row["shortlisted"] for row in rows["results"] if row["offer"] == str(offer.uuid)] == [False]
    assert api.get(f"{path}frozen-rows/").status_code == 400
    assert api.get(f"{path}frozen-rows/", {"list": str(project.uuid)}).status_code == 404
