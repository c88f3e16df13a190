"""The 44 public sheets: facts with their sources, never orderable; loaded twice, one result."""

import pytest
from django.db import transaction

from catalog.models import Category, Offer, StackEdge, Supplier, TrustFact, TrustMark
from catalog.reference.loader import load, read
from catalog.trust import effective_statuses
from marketplace.accounts.actors import system_actor
from marketplace.reference.models import ReferenceRelease

pytestmark = pytest.mark.django_db


def load_all() -> str:
    with transaction.atomic():
        return load()


def test_loading_twice_changes_nothing() -> None:
    load_all()
    counted = [
        m.objects.count()
        for m in (Category, Offer, Supplier, TrustMark, TrustFact, StackEdge, ReferenceRelease)
    ]
    versions = list(Offer.objects.order_by("pk").values_list("version", "live_version"))
    load_all()
    assert counted == [
        m.objects.count()
        for m in (Category, Offer, Supplier, TrustMark, TrustFact, StackEdge, ReferenceRelease)
    ]
    assert versions == list(Offer.objects.order_by("pk").values_list("version", "live_version"))
    assert counted[1] == 44


def test_sheets_are_public_unclaimed_sourced_and_never_orderable() -> None:
    load_all()
    offers = list(Offer.objects.select_related("supplier"))
    assert {o.state for o in offers} == {"unclaimed"}
    assert all(o.sources and o.facts_read_on and o.live_version_id for o in offers)
    assert not any(o.is_orderable for o in offers)
    assert not any(o.supplier.organisation_id for o in offers)
    assert sum(o.is_internal_state for o in offers) == 4
    assert Offer.objects.filter(open_source=None).exists()
    assert not Offer.objects.filter(live_version__plans__isnull=False).exists()


def test_statuses_are_those_of_the_register_file() -> None:
    load_all()
    register = read("anssi_register")["rows"]
    assert len(register) == 20
    statuses = effective_statuses(Offer.objects.all(), "secnumcloud")
    marks = {
        m.offer.source_key: m for m in TrustMark.objects.filter(scheme="secnumcloud").select_related("offer")
    }
    for row in register:
        assert marks[row["offer"]].status == row["status"]
        assert marks[row["offer"]].origin == "register"
        assert (marks[row["offer"]].decision_number or None) == row["decision"]
    assert sorted(statuses.values()).count("not_applicable") == 4
    assert set(TrustMark.objects.exclude(scheme="secnumcloud").values_list("origin", flat=True)) == {
        "declared"
    }


def test_a_claimed_sheet_is_left_to_its_supplier() -> None:
    load_all()
    offer = Offer.objects.first()
    offer.claim(actor=system_actor("tests"))
    Offer.objects.filter(pk=offer.pk).update(sources={"x": "S1"})
    load_all()
    offer.refresh_from_db()
    assert (offer.state, offer.sources) == ("draft", {"x": "S1"})
