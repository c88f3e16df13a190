"""Two connections at once: one number for one contract, one publication, releases in the order of commits."""

import pytest

from marketplace.accounts.actors import Actor
from procurement.models import Publication, PublicationRelease
from procurement.publication import actions as publications
from tests.procurement.order_builders import make_purchase
from tests.procurement.publication.publication_builders import (
    dearer,
    make_contract,
    make_publication,
    purchasing_of,
)
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def purchase():
    return make_purchase()


@pytest.fixture
def actor(purchase):
    return Actor.of(purchasing_of(purchase))


def again(publication):
    return Publication.objects.for_pages().get(pk=publication.pk)


def test_one_number_is_taken_once(purchase, actor):
    drafts = [Publication.objects.get(contract=make_contract(purchase)) for _ in range(2)]
    outcomes = at_once(
        *(
            lambda one=one: publications.save_answers(again(one), actor=actor, values={"reference": "2026-1"})
            for one in drafts
        )
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert len(refused) == 1 and refused[0] in ("publication_once", "publication_refused")
    assert Publication.objects.filter(reference="2026-1").count() == 1


def test_published_twice_at_once_leaves_one_release(purchase, actor):
    ready = make_publication("reviewed", purchase=purchase, actor=actor)
    outcomes = at_once(*[lambda: publications.publish(again(ready), actor=actor)] * 2)
    assert "wrong_state" in outcomes
    assert PublicationRelease.objects.count() == 1


def test_modifications_at_once_are_all_kept_in_one_order(purchase, actor):
    published = make_publication("published", purchase=purchase, actor=actor)
    amounts = ["60000", "61000", "62000", "63000"]
    at_once(
        *(
            lambda amount=amount: publications.modify(
                again(published), actor=actor, change=dearer(amount), attested=True
            )
            for amount in amounts
        )
    )
    found = again(published)
    assert [each["id"] for each in found.modifications] == [1, 2, 3, 4]
    releases = list(PublicationRelease.objects.order_by("pk"))
    assert [row.rank for row in releases] == [1, 2, 3, 4, 5]
    assert [row.modification for row in releases[1:]] == found.modifications
    told = [row.ocds["contracts"][0]["value"]["amount"] for row in releases[1:]]
    assert sorted(told) == sorted(map(int, amounts)) and told[-1] == found.modifications[-1]["montant"]
