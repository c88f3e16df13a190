"""The catalogue sorted for a project from the index in memory: what judging every offer gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import OfferSearchRow
from catalog.search import sets
from catalog.search.memory import rows
from catalog.search.memory.generation import build
from catalog.search.memory.keeper import Keeper, keeper
from catalog.search.sets import OfferSets
from procurement.actions.eligibility import offers_for
from procurement.actions.eligible_catalogue import (
    SHOWN,
    ShownOffers,
    offers_page,
    shown_offers,
    sort_catalogue,
)
from procurement.doctrine.eligible_sets import Reason, SortedOffers
from procurement.enums import Standing
from procurement.models import Project
from tests.builders import client_for
from tests.catalog.search_oracle import seeded
from tests.procurement.builders import Administration, assessed_project
from tests.procurement.order_builders import make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db(transaction=True)
STATUSES = ("in_force", "expired", "announced", "suspended", "unknown", None)


@pytest.fixture(autouse=True)
def in_memory(settings: Any) -> Iterator[Keeper]:
    settings.SEARCH_IN_MEMORY = True
    yield keeper
    keeper.generation = None


def index() -> None:
    keeper.generation = build(rows.everything(), day=timezone.localdate())


def offers(count: int) -> None:
    """Whatever their sheets say."""
    chance = seeded()
    for _ in range(count):
        trust = {scheme: chance.choice(STATUSES) for scheme in ("secnumcloud", "hds")}
        made = make_offer(
            answers={
                "non_eu_law": chance.choice((True, False, None)),
                "data_processing_agreement": chance.choice((True, False, None)),
            },
            service_models=chance.choice((["saas"], ["iaas", "paas"], [])),
            regions=chance.choice((["FR-Lyon"], ["US"], ["DE", "CH-Berne"], [], None)),
            is_internal_state=chance.random() < 0.1,
            trust={scheme: status for scheme, status in trust.items() if status},
        )
        OfferSearchRow.objects.refresh([made.pk])


def sorted_by_sets(every: OfferSets, **wanted: Any) -> tuple[SortedOffers, dict[int, int]]:
    """And the slot of each offer, by its key."""
    slots = {every.key(slot): slot for slot in every.everything}
    return sort_catalogue(every, **wanted), slots


def told(shown: ShownOffers) -> Any:
    sections = {
        name: (one.count, one.number, one.pages, [row.offer for row in one.rows])
        for name, one in shown.sections.items()
    }
    return sections, shown.closest and shown.closest.offer


@pytest.fixture
def project() -> Project:
    return assessed_project(Administration())


def test_the_index_and_the_rule_agree_on_offers_reasons_and_pages(project: Project, settings: Any) -> None:
    offers(2 * SHOWN + 5)
    index()
    choice, day = offers_for(project), timezone.localdate()
    wanted = {"result": choice.result, "service_models": project.service_models, "on": day}
    found = sets.ask(lambda every: sorted_by_sets(every, **wanted), on=day)
    assert found is not None
    sorted_offers, slots = found
    for row in choice.judged:
        slot = slots[row.offer.pk]
        reasons = {Reason.of(finding) for finding in row.judgement.findings}
        assert sorted_offers.reasons_of(slot) == reasons
        assert slot in sorted_offers.standings[row.standing]
    for number in (1, 2, 3, 99):
        pages = {str(standing): number for standing in Standing}
        fast = told(shown_offers(project, pages=pages))
        settings.SEARCH_IN_MEMORY = False
        assert fast == told(shown_offers(project, pages=pages))
        settings.SEARCH_IN_MEMORY = True


def test_the_api_gives_the_same_by_pages_whatever_answers(project: Project, settings: Any) -> None:
    offers(2 * SHOWN + 5)
    index()
    choice, url = offers_for(project), f"/api/v1/projects/{project.uuid}/eligible_offers/"
    client = client_for_token(project.authors.get().memberships.get())
    told: list[dict[str, Any]] = []
    address: str | None = f"{url}?page_size=10"
    while address:
        page = client.get(address).json()
        assert page["count"] == len(choice.judged) == sum(page["counts"].values())
        told += page["results"]
        address = page["next"]
    by_standing = [row["standing"] for row in told]
    assert by_standing == sorted(by_standing, key=Standing.values.index)
    assert {(row["id"], row["standing"]) for row in told} == {
        (str(row.offer.uuid), row.standing) for row in choice.judged
    }
    narrow = f"{url}?standing=refused&standing=to_check&page_size=100"
    fast = client.get(narrow).json()
    assert fast["results"] == [row for row in told if row["standing"] != "eligible"]
    settings.SEARCH_IN_MEMORY = False
    assert client.get(narrow).json() == fast
    assert client.get(f"{url}?page_size=10&page=2").json()["results"] == told[10:20]
    problem_of(client.get(f"{url}?page=99"), 404)
    assert faults(client.get(f"{url}?standing=parfait")) == {"standing"}
    assert faults(client.get(f"{url}?page_size=101")) == {"page_size"}


def test_a_loss_is_seen_at_the_next_reading_and_the_cost_does_not_grow(project: Project) -> None:
    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as page:
            shown_offers(project)
        with CaptureQueriesContext(connection) as api:
            offers_page(project, standings=Standing.values, first=0, size=20)
        return len(page), len(api)

    sheet = {"answers": {"non_eu_law": False, "data_processing_agreement": True}, "regions": ["FR"]}
    made = make_offer(**sheet, service_models=["saas"], trust={"secnumcloud": "in_force"})
    OfferSearchRow.objects.refresh([made.pk])
    index()
    assert shown_offers(project).sections[Standing.ELIGIBLE].count == 1
    before = cost()
    made.effective_trust.update(status="suspended")
    OfferSearchRow.objects.refresh([made.pk])
    offers(30)
    shown = shown_offers(project)
    assert made not in [row.offer for row in shown.sections[Standing.ELIGIBLE].rows]
    assert sum(one.count for one in shown.sections.values()) == 31
    assert all(now <= then <= 6 for now, then in zip(cost(), before, strict=True))


def test_each_list_has_its_own_pages(project: Project) -> None:
    for _ in range(SHOWN + 1):
        made = make_offer(answers={}, service_models=["saas"])
        OfferSearchRow.objects.refresh([made.pk])
    index()
    client = client_for(project.authors.get().memberships.get())
    first = client.get(f"/projets/{project.number}/offres/").content.decode()
    assert "21 à vérifier" in first and first.count('class="market-choice"') == SHOWN
    assert "?to_check=2#a-verifier" in first
    assert 'aria-label="Pagination, offres à vérifier"' in first
    second = client.get(f"/projets/{project.number}/offres/?to_check=2").content.decode()
    assert second.count('class="market-choice"') == 1
    assert client.get(f"/projets/{project.number}/offres/?to_check=x&refused=-1").status_code == 200
    kept = {"offre": made.number}
    assert client.post(f"/projets/{project.number}/offres/garder/", kept).status_code == 302
    shown = client.get(f"/projets/{project.number}/offres/?to_check=1").content.decode()
    assert shown.count('name="retirer"') >= 1, "it is taken off from the shortlist itself, on any page"
    assert shown.count('class="market-choice"') == SHOWN + 1
