"""From the order to what is public: who, when, what is refused, and what can never be undone."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from time_machine import travel

from marketplace.accounts.actors import Actor, system_actor
from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.models import Notification
from marketplace.ui.desk import rows_of
from procurement.models import Contract, Publication, PublicationRelease
from procurement.publication import actions as publications
from procurement.publication import desk as desk_publications
from procurement.publication.abilities import publication_abilities
from procurement.publication.facts import Holder
from tests.builders import fictitious_siret, make_member, make_organisation
from tests.procurement.order_builders import make_order, make_purchase, make_vehicle
from tests.procurement.publication.publication_builders import (
    dearer,
    make_contract,
    make_publication,
    purchasing_of,
    whole_answers,
)
from tests.procurement.publication.publication_facts import VAT, decp_errors, ocds_errors

pytestmark = pytest.mark.django_db


def test_an_order_without_a_vehicle_opens_a_draft_with_what_is_held():
    purchase = make_purchase()
    buyer = purchasing_of(purchase)
    contract = make_contract(purchase)
    found = Publication.objects.get(contract=contract)
    order = contract.order
    assert found.state == "draft" and found.buyer_siret == purchase.buyer.identifier
    assert found.answers["amount_eur_ht"] == str(order.total_eur_ht)
    assert found.answers["duration_months"] == 12
    assert found.notified_on == timezone.localdate(order.answered_at)
    # A SIREN is no identifier of the official format: the holder is asked, as all that nobody told.
    assert "holders" not in found.answers
    for never_invented in (
        "cpv",
        "procedure",
        "nature",
        "offers_received",
        "social",
        "environmental",
        "place_code",
    ):
        assert never_invented not in found.answers
    assert set(found.held) == set(found.answers)
    assert Notification.objects.filter(user=buyer.user, subject__contains=found.number).exists()


def test_a_holder_with_a_siret_is_held():
    purchase = make_purchase()
    supplier = purchase.offer.supplier.organisation
    siret = fictitious_siret(8123)
    type(supplier).objects.filter(pk=supplier.pk).update(identifier_scheme="SIRET", identifier=siret)
    found = Publication.objects.get(contract=make_contract(purchase))
    assert found.answers["holders"] == [{"scheme": "SIRET", "id": siret}]


@pytest.mark.parametrize("kind", ["central_purchasing", "framework", "own_contract"])
def test_an_order_that_executes_a_contract_is_never_published_in_its_own_right(kind):
    purchase = make_purchase()
    order = make_order(
        purchase, state="acknowledged", seats="300", vehicle=make_vehicle(purchase.buyer, kind=kind)
    )
    contract = Contract.objects.get(order=order)
    assert not Publication.objects.exists()
    with pytest.raises(MoveRefused) as refused:
        publications.draft_of_contract(contract, actor=Actor.of(purchasing_of(purchase)))
    assert refused.value.code == "not_published"


def test_a_small_order_opens_no_draft_but_may_be_published():
    purchase = make_purchase()
    contract = make_contract(purchase, seats="10")
    assert not Publication.objects.exists()
    made = publications.draft_of_contract(contract, actor=Actor.of(purchasing_of(purchase)))
    with pytest.raises(MoveRefused):
        publications.draft_of_contract(contract, actor=Actor.of(purchasing_of(purchase)))
    assert made.ocid == f"ocds-000000-{made.number}"


def test_whose_framework_it_is_must_be_said():
    buyer = make_organisation()
    actor = Actor.of(make_member(Role.PURCHASING, organisation=buyer))
    with pytest.raises(MoveRefused):
        publications.draft_of_vehicle(make_vehicle(buyer), actor=actor, own=True)
    framework = make_vehicle(buyer, kind="framework", reference="AC-7")
    with pytest.raises(RuleBroken) as refused:
        publications.draft_of_vehicle(framework, actor=actor)
    assert "own" in refused.value.fields
    assert publications.draft_of_vehicle(framework, actor=actor, own=True).reference == "AC-7"
    own = make_vehicle(buyer, kind="own_contract", reference="AC-7", maximum_eur=Decimal("90000.00"))
    made = publications.draft_of_vehicle(own, actor=actor)
    # The number is taken by the other one: it is asked, not doubled.
    assert made.reference == "" and made.answers["amount_eur_ht"] == "90000.00"
    assert "notified_on" not in made.answers and made.due_on is None


def test_what_lacks_is_named_and_nothing_is_reviewed_before():
    purchase = make_purchase()
    actor = Actor.of(purchasing_of(purchase))
    found = Publication.objects.for_pages().get(contract=make_contract(purchase))
    with pytest.raises(RuleBroken) as refused:
        publications.review(found, actor=actor, attested=True)
    assert {"cpv", "procedure", "holders", "environmental"} <= set(refused.value.fields)
    publications.save_answers(found, actor=actor, values=whole_answers(found))
    with pytest.raises(RuleBroken) as refused:
        publications.review(found, actor=actor, attested=False)
    assert "attested" in refused.value.fields
    publications.review(found, actor=actor, attested=True)
    with pytest.raises(MoveRefused):
        publications.save_answers(found, actor=actor, values={"cpv": "72416000"})


@pytest.mark.shared
def test_what_is_published_is_valid_and_journalled(shared):
    found = make_publication("published")
    assert decp_errors(shared, found.decp) == []
    assert found.decp["datePublicationDonnees"] == timezone.localdate().isoformat()
    release = found.releases.get()
    assert ocds_errors(shared, "release", release.ocds) == []
    assert release.ocds["ocid"] == found.ocid and release.ocds["id"] == f"{found.ocid}-0001"
    assert AuditEvent.objects.filter(what="publish", object_id=found.pk).exists()


def test_nothing_is_published_before_the_notification():
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(RuleBroken) as refused:
        make_publication(notified_on=tomorrow)
    assert "notified_on" in refused.value.fields
    found = make_publication("reviewed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=found.pk).update(
            notified_on=tomorrow, published_at=timezone.now(), state="published", decp={}
        )


def test_one_row_for_a_buyer_and_a_number():
    purchase = make_purchase()
    actor = Actor.of(purchasing_of(purchase))
    make_publication("published", purchase=purchase, actor=actor, reference="2026-7")
    with pytest.raises(RuleBroken) as refused:
        make_publication(purchase=purchase, actor=actor, reference="2026-7")
    assert "reference" in refused.value.fields
    other = Publication.objects.filter(state="draft").get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=other.pk).update(reference="2026-7")
    # Another buyer counts anew.
    assert make_publication("published", reference="2026-7").reference == "2026-7"


@pytest.mark.shared
def test_a_modification_is_added_and_the_rest_stays(shared):
    purchase = make_purchase()
    actor = Actor.of(purchasing_of(purchase))
    found = make_publication("published", purchase=purchase, actor=actor)
    first = found.decp
    publications.modify(found, actor=actor, change=dearer(), attested=True)
    other = (Holder("TVA", VAT),)
    publications.modify(
        found, actor=actor, change=dearer("70000", holders=other, holder_is_person=True), attested=True
    )
    assert {key: value for key, value in found.decp.items() if key != "modifications"} == first
    assert [each["id"] for each in found.modifications] == [1, 2]
    assert decp_errors(shared, found.decp) == []
    releases = list(found.releases.order_by("rank"))
    assert [row.rank for row in releases] == [1, 2, 3]
    assert releases[0].ocds["contracts"][0]["value"]["amount"] == 57500.5
    for row in releases:
        assert ocds_errors(shared, "release", row.ocds) == []


def test_a_modification_needs_a_publication_a_review_and_a_change():
    purchase = make_purchase()
    actor = Actor.of(purchasing_of(purchase))
    draft = make_publication(purchase=purchase, actor=actor)
    with pytest.raises(MoveRefused):
        publications.modify(draft, actor=actor, change=dearer(), attested=True)
    found = make_publication("published", purchase=purchase, actor=actor)
    with pytest.raises(RuleBroken) as refused:
        publications.modify(found, actor=actor, change=dearer(), attested=False)
    assert "attested" in refused.value.fields
    assert found.releases.count() == 1


UPDATES = [
    "state = 'draft'",
    "decp = decp || '{\"montant\": 1}'",
    "decp = NULL",
    "answers = '{}'",
    "reference = 'AUTRE'",
    "published_at = now() + interval '1 day'",
    "ocid = 'ocds-autre'",
    "decp = decp - 'modifications'",
    "decp = jsonb_set(decp, '{modifications,0,modification,montant}', '1')",
]


@pytest.mark.parametrize("change", UPDATES)
def test_the_database_refuses_to_change_what_is_published(change):
    purchase = make_purchase()
    actor = Actor.of(purchasing_of(purchase))
    found = make_publication("published", purchase=purchase, actor=actor)
    publications.modify(found, actor=actor, change=dearer(), attested=True)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE procurement_publication SET {change} WHERE id = %s", [found.pk])


def test_the_database_keeps_releases_and_what_is_published():
    found = make_publication("published")
    for statement in (
        "UPDATE procurement_publicationrelease SET rank = 9",
        "DELETE FROM procurement_publicationrelease",
        "DELETE FROM procurement_publication",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert PublicationRelease.objects.filter(publication=found).count() == 1


def test_published_elsewhere_is_marked_and_can_be_undone():
    found = make_publication("elsewhere")
    actor = Actor.of(make_member(Role.PURCHASING, organisation=found.buyer))
    assert not Publication.objects.public().exists()
    found.reopen(actor=actor)
    with pytest.raises(RuleBroken):
        publications.mark_elsewhere(
            found, actor=actor, where="Ici", published_on=timezone.localdate() + dt.timedelta(days=1)
        )


def test_the_prescripteur_prepares_and_the_service_achats_publishes():
    found = make_publication()
    asks = Actor.of(make_member(Role.REQUESTER, organisation=found.buyer))
    verdicts = publication_abilities(asks, found)
    assert verdicts["edit"] == "" and verdicts["review"] and verdicts["publish"] and verdicts["modify"]
    buys = publication_abilities(Actor.of(make_member(Role.PURCHASING, organisation=found.buyer)), found)
    assert set(buys.values()) == {""}
    foreign = publication_abilities(Actor.of(make_member(Role.PURCHASING)), found)
    assert all(foreign.values())


def test_a_limit_that_passed_is_told_once_and_stands_on_the_desk():
    found = make_publication()
    member = make_member(Role.PURCHASING, organisation=found.buyer)
    last = found.due_on
    assert last is not None
    actor = system_actor("beat")
    assert publications.tell_late(actor=actor, on=last) == 0
    after = last + dt.timedelta(days=1)
    assert publications.tell_late(actor=actor, on=after) == 1
    assert publications.tell_late(actor=actor, on=after) == 0
    assert (
        Notification.objects.filter(user=member.user, subject__startswith="Publication en retard").count()
        == 1
    )
    with travel(dt.datetime.combine(after, dt.time(12), dt.UTC)):
        (row,) = rows_of(Actor.of(member), desk_publications.rows)
    assert row.due_on == last and row.expected.startswith("Compléter")


@pytest.mark.parametrize("state", ["published", "elsewhere", "dropped"])
def test_what_is_done_waits_on_nobody_s_desk(state):
    found = make_publication(state)
    member = make_member(Role.PURCHASING, organisation=found.buyer)
    assert rows_of(Actor.of(member), desk_publications.rows) == []
    assert publications.tell_late(actor=system_actor("beat"), on=dt.date(2099, 1, 1)) == 0
