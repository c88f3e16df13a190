"""A project's list, read from the catalogue: a loss shows at the next request, frozen lists stay."""

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import EffectiveTrust
from marketplace.errors import MoveRefused, RuleBroken
from procurement.actions.eligibility import freeze_offers, frozen_rows, offers_for
from procurement.actions.projects import add_to_shortlist, remove_from_shortlist
from procurement.enums import Standing
from procurement.models import EligibilityRow, Project
from tests.procurement.builders import Administration, assessed_project, make_project
from tests.procurement.order_builders import hold, make_offer

pytestmark = pytest.mark.django_db
ANSWERS = {"non_eu_law": False, "data_processing_agreement": True}


def saas(**extra):
    return make_offer(answers=ANSWERS, service_models=["saas"], regions=["FR-Lyon"], **extra)


@pytest.fixture
def administration():
    return Administration()


def names(choice, standing):
    return {row.offer for row in choice.of(standing)}


def test_sorted_with_reasons(administration):
    qualified = saas(trust={"secnumcloud": "in_force"})
    expired = saas(trust={"secnumcloud": "expired"})
    silent = saas()
    internal = saas(is_internal_state=True)
    draft = saas(state="withdrawn")
    choice = offers_for(assessed_project(administration))
    assert names(choice, Standing.ELIGIBLE) == {qualified, internal}
    assert names(choice, Standing.TO_CHECK) == {silent}
    assert names(choice, Standing.REFUSED) == {expired}
    assert draft not in {row.offer for row in choice.judged}
    assert choice.closest.offer == expired


def test_a_lost_status_shows_at_the_next_reading_and_the_frozen_list_stays(administration):
    offer = saas(trust={"secnumcloud": "in_force"})
    project = assessed_project(administration)
    add_to_shortlist(project, actor=administration.requester, offer=offer)
    made = freeze_offers(project, actor=administration.requester)
    EffectiveTrust.objects.filter(offer=offer).update(status="suspended")
    assert names(offers_for(project), Standing.REFUSED) == {offer}
    (row,) = frozen_rows(made)
    assert (row.frozen.standing, row.now.standing, row.has_changed) == ("eligible", "refused", True)
    assert ("SecNumCloud", "En vigueur", "Suspendue") in row.status_pairs
    assert row.frozen.offer_version == offer.live_version
    assert row.frozen.shortlisted


def test_freezing_moves_an_assessed_project_to_sourcing_once(administration):
    project = assessed_project(administration)
    add_to_shortlist(project, actor=administration.requester, offer=saas())
    freeze_offers(project, actor=administration.requester)
    assert project.state == "sourcing"
    freeze_offers(project, actor=administration.requester)
    assert project.state == "sourcing"
    assert project.eligibility_lists.count() == 2


def test_freezing_is_refused_before_the_decision_and_without_a_shortlist(administration):
    with pytest.raises(MoveRefused):
        freeze_offers(make_project(administration), actor=administration.requester)
    with pytest.raises(MoveRefused):
        freeze_offers(assessed_project(administration), actor=administration.requester)


def test_the_database_refuses_to_change_a_frozen_list(administration):
    project = assessed_project(administration)
    add_to_shortlist(project, actor=administration.requester, offer=saas())
    made = freeze_offers(project, actor=administration.requester)
    with pytest.raises(Error), transaction.atomic():
        EligibilityRow.objects.update(standing="eligible")
    with pytest.raises(Error), transaction.atomic():
        made.rows.all().delete()


def test_thirty_offers_at_most_and_the_same_one_counts_once(administration):
    project = make_project(administration)
    actor = administration.requester
    offers = [saas() for _ in range(31)]
    for offer in [*offers[:30], offers[0]]:
        add_to_shortlist(project, actor=actor, offer=offer)
    with pytest.raises(RuleBroken) as refused:
        add_to_shortlist(project, actor=actor, offer=offers[30])
    assert refused.value.message.startswith("Trente offres au plus")
    remove_from_shortlist(project, actor=actor, offer=offers[0])
    add_to_shortlist(project, actor=actor, offer=offers[30])
    assert project.shortlist.count() == 30


def test_one_offer_and_ten_cost_the_same_queries(administration):
    project = assessed_project(administration)
    counts = []
    for more in (1, 9):
        for _ in range(more):
            hold(saas(), "hds")
        fresh = Project.objects.select_related("organisation").get(pk=project.pk)
        with CaptureQueriesContext(connection) as queries:
            offers_for(fresh)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4
