"""Facts grow old: who confirmed them, when, what the sheet says of it, and how a supplier says it again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from catalog.actions.authoring import save_answers
from catalog.actions.reviews import accept, propose
from catalog.enums import OfferState
from catalog.freshness import freshness_of, reading_is_old
from catalog.models import FactsEvent, Offer, OfferVersion
from marketplace.accounts.actors import Actor
from marketplace.audit.models import AuditEvent
from marketplace.notifications.models import Notification
from tests.builders import client_for, make_member, make_organisation
from tests.catalog.builders import ACTOR, make_offer
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 26)


def days_ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("age", "said"),
    [(0, "fresh"), (180, "fresh"), (181, "to_confirm"), (365, "to_confirm"), (366, "stale")],
)
def test_the_last_day_of_a_limit_still_counts(age: int, said: str) -> None:
    assert freshness_of(DAY - dt.timedelta(days=age), on=DAY) == said
    assert freshness_of(None, on=DAY) == "unknown"


def test_a_reading_is_old_after_sixty_days() -> None:
    assert not reading_is_old(DAY - dt.timedelta(days=60), on=DAY)
    assert reading_is_old(DAY - dt.timedelta(days=61), on=DAY)
    assert not reading_is_old(None, on=DAY)


@pytest.fixture
def owned() -> tuple[Offer, object]:
    organisation = make_organisation(kind="supplier")
    offer = make_offer(organisation=organisation, facts_confirmed_on=days_ago(400))
    return offer, organisation


def test_strangers_and_others_do_not_confirm(owned: tuple[Offer, object]) -> None:
    offer, _ = owned
    page = f"{offer.get_absolute_url()}confirmer/"
    api = f"/api/v1/offers/{offer.uuid}/confirm-facts/"
    assert client_for(None).get(page).status_code in (302, 403)
    problem_of(client_for_token(None).post(api, {}), 401)
    for role in ("requester", "curator", "supplier_manager"):
        member = make_member(role)
        assert client_for(member).post(page).status_code == 403
        problem_of(client_for_token(member).post(api, {}), 403)
    offer.refresh_from_db()
    assert offer.facts_confirmed_on == days_ago(400)
    assert not FactsEvent.objects.exists()


def test_one_click_from_the_list(owned: tuple[Offer, object]) -> None:
    offer, organisation = owned
    member = make_member("supplier_editor", organisation=organisation)
    client = client_for(member)
    assert "Tout est toujours vrai" in client.get("/mes-offres/").content.decode()
    assert offer.name in client.get("/bureau/").content.decode()
    answer = client.post(
        f"{offer.get_absolute_url()}confirmer/", {"from": "list", "version": offer.live_version.number}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/mes-offres/")
    offer.refresh_from_db()
    assert offer.facts_confirmed_on == timezone.localdate()
    event = FactsEvent.objects.get()
    assert (event.kind, event.by, event.version) == ("confirmed", member.user, offer.live_version)
    assert AuditEvent.objects.filter(what="facts_confirmed", object_id=offer.pk).count() == 1
    assert "Tout est toujours vrai" not in client.get("/mes-offres/").content.decode()


def test_another_version_online_is_not_confirmed_unread(owned: tuple[Offer, object]) -> None:
    offer, organisation = owned
    api = client_for_token(make_member("supplier_manager", organisation=organisation))
    answer = api.post(f"/api/v1/offers/{offer.uuid}/confirm-facts/", {"version_read": 7})
    assert problem_of(answer, 409)["code"] == "version_changed"
    done = api.post(f"/api/v1/offers/{offer.uuid}/confirm-facts/", {"version_read": 1})
    assert done.json() == {
        "by_supplier": True,
        "told_on": timezone.localdate().isoformat(),
        "age_days": 0,
        "freshness": "fresh",
        "is_old_reading": False,
    }


def test_nobody_answers_for_a_public_sheet() -> None:
    sheet = make_offer(state=OfferState.UNCLAIMED, source_key="essai", facts_read_on=days_ago(61))
    answer = client_for_token(make_member("curator")).post(f"/api/v1/offers/{sheet.uuid}/ask-facts/")
    assert problem_of(answer, 409)["code"] == "nobody_answers"
    page = client_for(None).get(sheet.get_absolute_url()).content.decode()
    assert "il y a 61&nbsp;jours. Vérifiez à la source" in page


def test_the_sheet_says_what_has_decayed(owned: tuple[Offer, object]) -> None:
    offer, _ = owned
    page = client_for(None).get(offer.get_absolute_url()).content.decode()
    assert "Périmée" in page and "il y a 400&nbsp;jours" in page
    assert "Tout est toujours vrai" not in page
    Offer.objects.filter(pk=offer.pk).update(facts_confirmed_on=days_ago(3))
    page = client_for(None).get(offer.get_absolute_url()).content.decode()
    assert "Périmée" not in page and "par le fournisseur." in page
    assert client_for_token(None).get(f"/api/v1/offers/{offer.uuid}/").json()["facts_freshness"] == "fresh"


def test_a_curator_asks_once_a_day(owned: tuple[Offer, object]) -> None:
    offer, organisation = owned
    manager = make_member("supplier_manager", organisation=organisation)
    curator = client_for(make_member("curator"))
    make_offer(facts_confirmed_on=days_ago(180))
    seen = curator.get("/pilotage/informations/")
    assert [row[0] for row in seen.context["rows"]] == [offer]
    for _ in range(2):
        assert curator.post(f"{offer.get_absolute_url()}relancer/").status_code == 302
    assert Notification.objects.filter(user=manager.user).count() == 1
    assert FactsEvent.objects.filter(kind="asked").count() == 1
    assert "Demandée le" in curator.get("/pilotage/informations/").content.decode()


def test_an_accepted_version_confirms_and_says_who() -> None:
    """The supplier who proposed it, not the curator who accepted."""
    offer = make_offer(organisation=make_organisation(kind="supplier"), facts_confirmed_on=days_ago(400))
    supplier = Actor.of(make_member("supplier_manager", organisation=offer.supplier.organisation))
    save_answers(offer, actor=supplier, answers={"description": "Relue."})
    review = propose(offer, actor=supplier)
    accept(review, actor=Actor.of(make_member("curator")))
    offer.refresh_from_db()
    event = FactsEvent.objects.get()
    assert offer.facts_confirmed_on == timezone.localdate()
    assert (event.kind, event.by, event.version) == ("confirmed", supplier.user, offer.live_version)


def test_a_first_listing_confirms_too() -> None:
    member = make_member("supplier_manager")
    offer = make_offer(state="draft", organisation=member.organisation)
    OfferVersion.objects.filter(offer=offer).update(created_by=member.user)
    offer.publish(actor=ACTOR, version=offer.versions.get().freeze())
    event = FactsEvent.objects.get()
    assert (event.kind, event.by, event.version) == ("confirmed", member.user, offer.live_version)
