"""What is frozen stays as it was, prices included."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from catalog.models import OfferVersion, Plan, PriceLine
from marketplace.errors import MoveRefused
from tests.catalog.builders import add_price, make_offer

pytestmark = pytest.mark.django_db


def refused(change: object) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change()


def test_a_frozen_version_and_its_prices_refuse_every_change() -> None:
    version = make_offer(price="4.20").live_version
    plan, line = version.plans.get(), version.plans.get().lines.get()
    refused(lambda: OfferVersion.objects.filter(pk=version.pk).update(answers={}))
    refused(lambda: OfferVersion.objects.filter(pk=version.pk).update(frozen_at=None))
    refused(lambda: Plan.objects.filter(pk=plan.pk).update(name="Autre"))
    refused(lambda: PriceLine.objects.filter(pk=line.pk).update(amount_eur_ht=1))
    refused(lambda: PriceLine.objects.filter(pk=line.pk).delete())
    refused(lambda: add_price(version, "1", plan="neuve"))
    with pytest.raises(MoveRefused):
        version.freeze()


def test_a_draft_changes_and_its_successor_copies_prices() -> None:
    version = make_offer(price="4.20").live_version
    draft = version.successor(created_by=None)
    assert (draft.number, draft.answers) == (2, version.answers)
    line = draft.plans.get().lines.get()
    line.amount_eur_ht = Decimal("5")
    line.save()
    assert version.plans.get().lines.get().amount_eur_ht == Decimal("4.20")


def test_one_version_in_edition_at_a_time() -> None:
    version = make_offer().live_version
    version.successor(created_by=None)
    refused(lambda: OfferVersion.objects.create(offer=version.offer, number=9))
