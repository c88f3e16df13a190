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
from procurement.actions.eligible_catalogue import SHOWN, ShownOffers, shown_offers, sort_catalogue
from procurement.doctrine.eligible_sets import Reason, SortedOffers
from procurement.enums import Standing
from procurement.models import Project
from tests.builders import client_for
from tests.catalog.search_oracle import seeded
from tests.procurement.builders import Administration, assessed_project
from tests.procurement.order_builders import make_offer

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


def test_a_loss_is_seen_at_the_next_reading_and_the_cost_does_not_grow(project: Project) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            shown_offers(project)
        return len(seen)

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
    assert cost() <= before


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
