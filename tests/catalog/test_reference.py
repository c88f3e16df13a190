"""The 44 public sheets: facts with their sources, never orderable; loaded twice, one result."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from catalog.models import Category, Offer, StackEdge, Supplier, TrustFact, TrustMark
from catalog.reference.loader import load, read
from catalog.reference.marks import load_marks
from catalog.trust import effective_statuses, record_status
from marketplace.accounts.actors import Actor, system_actor
from marketplace.reference.models import ReferenceRelease
from tests.builders import make_member

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


def a_register_mark() -> TrustMark:
    mark = TrustMark.objects.filter(scheme="secnumcloud", status="in_force", origin="register").first()
    assert mark is not None
    return mark


def follow(mark: TrustMark, *, read_on: dt.date, **row: object) -> TrustMark:
    """The packaged file, read on that day, says this of the mark."""
    said = {"scheme": mark.scheme, "label": mark.label, "status": "in_force", "origin": "register", **row}
    said.setdefault("valid_until", mark.valid_until and mark.valid_until.isoformat())
    with transaction.atomic():
        load_marks(mark.offer, [said], sources={}, read_on=read_on.isoformat())
    return TrustMark.objects.get(pk=mark.pk)


def test_what_a_curator_recorded_since_is_not_undone_by_loading_again(settings: Any) -> None:
    settings.DEMONSTRATION = False
    load_all()
    mark, today = a_register_mark(), timezone.localdate()
    curator = Actor.of(make_member("curator"))
    act = {"issuer": "ANSSI", "act_reference": "Décision 1", "act_date": today}
    record_status(mark, status="suspended", actor=curator, **act)
    facts = mark.facts.count()
    load_all()
    mark.refresh_from_db()
    assert (mark.status, mark.facts.count()) == ("suspended", facts)
    later = follow(mark, read_on=today + dt.timedelta(days=1), valid_from=today.isoformat())
    assert (later.status, later.facts.count()) == ("in_force", facts + 1), "a newer reading is followed"


def test_an_older_reading_than_the_mark_s_own_is_not_followed() -> None:
    load_all()
    mark = a_register_mark()
    assert mark.read_on is not None
    newer, end = mark.read_on + dt.timedelta(days=9), mark.valid_until.replace(year=2040)
    renewed = follow(mark, read_on=newer, valid_until=end.isoformat())
    assert (renewed.valid_until, renewed.read_on) == (end, newer)
    load_all()
    renewed.refresh_from_db()
    assert (renewed.valid_until, renewed.read_on) == (end, newer)


def test_an_end_recorded_by_the_clock_is_not_a_difference() -> None:
    load_all()
    mark, yesterday = a_register_mark(), timezone.localdate() - dt.timedelta(days=1)
    assert mark.read_on is not None
    follow(mark, read_on=mark.read_on, valid_until=yesterday.isoformat())
    record_status(mark, status="expired", actor=system_actor("clock"))
    facts = mark.facts.count()
    again = follow(mark, read_on=mark.read_on, valid_until=yesterday.isoformat())
    assert (again.status, again.facts.count()) == ("expired", facts)
