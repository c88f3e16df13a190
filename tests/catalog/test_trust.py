"""A status is a dated fact; what stands on a lost base falls in the same transaction."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalog import stack
from catalog.enums import TrustStatus
from catalog.models import EffectiveTrust, OfferSearchRow, TrustFact
from catalog.models.trust import status_by_the_clock
from catalog.tasks import journal_expiries
from catalog.trust import add_mark, effective_status, effective_statuses, record_status, report
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, RuleBroken, VersionStale
from marketplace.events.models import DomainEvent
from tests.catalog.builders import ACTOR, make_mark, make_offer

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)
ACT = {"issuer": "ANSSI", "act_reference": "DEC-1", "act_date": dt.date(2026, 11, 1)}


@pytest.mark.parametrize(
    ("status", "until", "base", "expected"),
    [
        ("in_force", None, None, "in_force"),
        ("in_force", TODAY, None, "expiring"),
        ("in_force", TODAY + dt.timedelta(180), None, "expiring"),
        ("in_force", TODAY + dt.timedelta(181), None, "in_force"),
        ("in_force", TODAY - dt.timedelta(1), None, "expired"),
        ("renewal_pending", TODAY - dt.timedelta(1), None, "expired"),
        ("renewal_pending", TODAY, None, "renewal_pending"),
        ("suspended", TODAY - dt.timedelta(9), None, "suspended"),
        ("in_force", None, TODAY, "in_force"),
        ("in_force", None, TODAY - dt.timedelta(1), "expired"),
    ],
)
def test_the_clock(status: str, until: dt.date | None, base: dt.date | None, expected: str) -> None:
    assert status_by_the_clock(status, until=until, on=TODAY, base_until=base) == expected


def test_without_mark_a_status_is_unknown_and_an_internal_cloud_is_out_of_scope() -> None:
    plain, internal = make_offer(), make_offer(is_internal_state=True)
    assert effective_status(plain, "secnumcloud") == TrustStatus.UNKNOWN
    assert effective_status(internal, "secnumcloud") == TrustStatus.NOT_APPLICABLE
    assert effective_statuses([plain, internal], "secnumcloud") == {
        plain.pk: TrustStatus.UNKNOWN,
        internal.pk: TrustStatus.NOT_APPLICABLE,
    }


def three_layers() -> tuple:
    """software → platform → infrastructure, all qualified, the first two relying on what is below."""
    infrastructure, platform, software = (
        make_offer(answers={"name": n}) for n in ("Infra", "Plateforme", "Logiciel")
    )
    for offer in (infrastructure, platform, software):
        make_mark(offer)
    stack.add_edge(platform, actor=ACTOR, base=infrastructure, layer="infrastructure", inherits=True)
    stack.add_edge(software, actor=ACTOR, base=platform, layer="platform", inherits=True)
    return infrastructure, platform, software


def test_a_suspension_reaches_the_dependants_and_the_search_at_once() -> None:
    infrastructure, platform, software = three_layers()
    beside = make_offer()
    make_mark(beside)
    stack.add_edge(beside, actor=ACTOR, base=infrastructure, layer="infrastructure", inherits=False)
    mark = infrastructure.trust_marks.get()

    record_status(mark, status="suspended", actor=ACTOR, reason="Essai.", **ACT)

    assert [effective_status(o, "secnumcloud") for o in (infrastructure, platform, software, beside)] == [
        "suspended", "suspended", "suspended", "in_force",
    ]  # fmt: skip
    assert EffectiveTrust.objects.get(offer=software).undermined_by == platform
    assert EffectiveTrust.objects.get(offer=infrastructure).undermined_by is None
    rows = dict(OfferSearchRow.objects.values_list("offer_id", "secnumcloud"))
    assert rows[software.pk] == "suspended"
    assert rows[beside.pk] == "in_force"
    event = DomainEvent.objects.filter(kind="trust_mark.status_changed").latest("pk")
    assert event.payload["status"] == "suspended"
    assert set(event.payload["offers"]) == {infrastructure.pk, platform.pk, software.pk}
    assert AuditEvent.objects.filter(object_type="catalog.trustmark", what="suspend").count() == 1


def test_a_reinstatement_gives_it_back() -> None:
    infrastructure, platform, software = three_layers()
    mark = infrastructure.trust_marks.get()
    record_status(mark, status="suspended", actor=ACTOR, **ACT)
    record_status(mark, status="in_force", actor=ACTOR, **ACT)
    assert effective_status(software, "secnumcloud") == "in_force"
    assert [fact.status for fact in mark.facts.all()] == ["in_force", "suspended", "in_force"]


def test_the_end_of_a_base_is_read_from_the_clock() -> None:
    base, software = make_offer(), make_offer()
    today = timezone.localdate()
    make_mark(base, valid_until=today + dt.timedelta(10))
    make_mark(software, valid_until=today + dt.timedelta(900))
    stack.add_edge(software, actor=ACTOR, base=base, layer="infrastructure", inherits=True)
    assert effective_status(software, "secnumcloud") == "in_force"
    assert effective_status(software, "secnumcloud", on=today + dt.timedelta(11)) == "expired"
    row = EffectiveTrust.objects.get(offer=software)
    assert not row.is_undermined(today)
    assert row.is_undermined(today + dt.timedelta(11))


@pytest.mark.parametrize("missing", ["issuer", "act_reference", "act_date"])
def test_the_anssi_loss_needs_its_act(missing: str) -> None:
    mark = make_mark(make_offer())
    with pytest.raises(RuleBroken) as refused:
        record_status(mark, status="suspended", actor=ACTOR, **{k: v for k, v in ACT.items() if k != missing})
    assert missing in refused.value.fields
    assert "signalement" in refused.value.message
    assert mark.facts.count() == 1


def test_a_report_changes_no_status() -> None:
    mark = make_mark(make_offer())
    report(mark, text="Lu dans la presse.", source="Un journal", actor=ACTOR)
    mark.refresh_from_db()
    assert (mark.status, mark.reports.count(), mark.facts.count()) == ("in_force", 1, 1)


def test_moves_future_and_versions_are_refused() -> None:
    mark = make_mark(make_offer(), status="announced")
    with pytest.raises(MoveRefused):
        record_status(mark, status="suspended", actor=ACTOR, **ACT)
    with pytest.raises(VersionStale):
        record_status(mark, status="in_progress", actor=ACTOR, expected_version=9)
    with pytest.raises(RuleBroken):
        record_status(
            mark, status="in_progress", actor=ACTOR, effective_at=timezone.now() + dt.timedelta(days=1)
        )
    with pytest.raises(RuleBroken):
        record_status(mark, status="expiring", actor=ACTOR)
    record_status(mark, status="withdrawn", actor=ACTOR, supersedes=mark.facts.get(), **ACT)
    assert mark.status == "withdrawn"


def test_dates_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValidationError):
        add_mark(
            make_offer(), actor=ACTOR, scheme="hds", status="in_force", origin="declared",
            valid_from=TODAY, valid_until=TODAY - dt.timedelta(1),
        )  # fmt: skip


def test_facts_are_append_only() -> None:
    fact = make_mark(make_offer()).facts.get()
    for change in (lambda: TrustFact.objects.filter(pk=fact.pk).update(reason="x"), fact.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_beat_journals_an_expiry_once() -> None:
    offer = make_offer()
    mark = make_mark(offer, valid_until=timezone.localdate() - dt.timedelta(2))
    assert effective_status(offer, "secnumcloud") == "expired"
    assert journal_expiries() == 1
    assert journal_expiries() == 0
    mark.refresh_from_db()
    assert mark.status == "expired"
    assert timezone.localdate(mark.facts.last().effective_at) == timezone.localdate() - dt.timedelta(1)


def test_the_best_mark_of_a_scheme_counts() -> None:
    offer = make_offer()
    make_mark(offer, scope="Nord", status="withdrawn")
    make_mark(offer, scope="Sud", status="in_force")
    assert effective_status(offer, "secnumcloud") == "in_force"
