"""Prices far from the others: the same figures as the rule of one version, the queue, what is concluded."""

from __future__ import annotations

import random
from decimal import Decimal
from statistics import median
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.actions.authoring import supplier_of
from catalog.models import Offer, OfferVersion, PriceLine, PriceOutlier, VersionReview
from catalog.price_outliers import actions as price_outliers
from catalog.price_outliers.looking import far_prices
from catalog.price_watch import Without, far_lines, look_for_outliers
from catalog.tasks import BEAT
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.audit.models import AuditEvent
from marketplace.notifications.models import Notification
from tests.builders import client_for, make_member
from tests.catalog.builders import add_price, make_offer
from tests.rest.builders import client_for_token, faults, problem_of
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db


def fresh(member: Membership) -> Actor:
    return Actor.of(Membership.objects.get(pk=member.pk))


def market(*prices: str, **values: Any) -> list[Offer]:
    return [make_offer(price=price, **values) for price in prices]


def far_offer(price: str = "40", **values: Any) -> Offer:
    """Among three others at 9, 10 and 12."""
    market("9", "10", "12")
    return make_offer(price=price, **values)


def found_one(**values: Any) -> PriceOutlier:
    far_offer(**values)
    assert look_for_outliers() == 1
    return PriceOutlier.objects.with_offer().get()


def proposed(offer: Offer, price: str, *, support: str = "") -> OfferVersion:
    """A version that waits for a curator, with this price only."""
    version = OfferVersion.objects.create(
        offer=offer, number=offer.versions.count() + 1, answers=offer.live_version.answers
    )
    add_price(version, price)
    if support:
        line = add_price(version, support, plan="assistance")
        PriceLine.objects.filter(pk=line.pk).update(meter="support")
    version.freeze()
    VersionReview.objects.create(state="pending", version_proposed=version, replaces=offer.live_version)
    return version


# -- the same rule, read for all the versions at once


def test_an_ordered_list_read_without_one_of_its_values() -> None:
    drawn = random.Random(2026)
    for _ in range(200):
        values = sorted(Decimal(drawn.randint(1, 9)) for _ in range(drawn.randint(2, 9)))
        left_out = drawn.choice([None, *values])
        kept = list(values)
        if left_out is not None:
            kept.remove(left_out)
        read = Without(values, left_out)
        assert [read[place] for place in range(len(read))] == kept
        assert read.median == Decimal(median(kept))


def test_the_figures_are_those_of_each_version_read_alone() -> None:
    drawn = random.Random(7)
    offers = market(*(str(drawn.choice([1, 9, 10, 11, 12, 50])) for _ in range(14)))
    market("1", "1", "1", answers={"category": "messaging"})
    proposed(offers[0], "400")
    alone = {
        (offer.pk, place.amount_eur_ht): place
        for offer in offers
        for version in offer.versions.all()
        for place in far_prices(version, offer=offer)
    }
    together = {(offer, amount): place for (offer, _, amount), (_, place) in far_lines().items()}
    assert len(alone) > 3 and together == alone


def test_support_sold_apart_is_not_compared_with_the_service() -> None:
    offer = market("9", "10", "11", "12")[0]
    version = proposed(offer, "10", support="45")
    assert look_for_outliers() == 0
    assert far_prices(version, offer=offer) == []
    assert [line.amount_eur_ht for plan in version.plans.all() for line in plan.lines.all()] == [10, 45]


def test_too_few_peers_or_a_near_price_say_nothing() -> None:
    market("9", "10", "400")
    make_offer(price="20", answers={"category": "messaging"})
    assert look_for_outliers() == 0
    make_offer(price="25")
    assert [row.amount_eur_ht for row in PriceOutlier.objects.all()] == []
    assert look_for_outliers() == 1 and PriceOutlier.objects.get().amount_eur_ht == 400


def test_a_draft_and_a_withdrawn_offer_are_not_looked_at() -> None:
    far_offer(state="draft")
    far = make_offer(price="40")
    far.withdraw(actor=fresh(make_member("curator")), reason="Fin.")
    assert look_for_outliers() == 0


# -- found, remembered, ended


def test_a_price_is_found_before_it_is_published_and_once() -> None:
    market("9", "10", "12")
    offer = make_offer(price="11")
    version = proposed(offer, "60")
    assert look_for_outliers() == look_for_outliers() == 1
    row = PriceOutlier.objects.with_offer().get()
    assert (row.offer_version, row.is_online, row.is_high, row.peers) == (version, False, True, 3)
    assert (row.lowest_eur_ht, row.median_eur_ht, row.highest_eur_ht) == (9, 10, 12)
    page = client_for(make_member("curator")).get(row.get_absolute_url()).content.decode()
    assert f"/pilotage/moderation/{version.review.uuid}/" in page and "6 fois la médiane" in page
    VersionReview.objects.update(state="refused")
    assert look_for_outliers() == 0 and PriceOutlier.objects.get().state == "lapsed"
    VersionReview.objects.update(state="pending")
    assert look_for_outliers() == 1 and PriceOutlier.objects.get().state == "open"


def test_a_kept_price_is_not_asked_again_at_the_same_amount() -> None:
    row, curator = found_one(), make_member("curator")
    price_outliers.keep(row, actor=fresh(curator), reason="Assistance comprise.")
    proposed(row.offer, "40")
    assert look_for_outliers() == 0
    row.refresh_from_db()
    assert (row.state, row.reason) == ("kept", "Assistance comprise.")
    proposed(row.offer, "80")
    assert look_for_outliers() == 1
    assert sorted(PriceOutlier.objects.values_list("amount_eur_ht", "state")) == [(40, "kept"), (80, "open")]


def test_the_look_costs_the_same_whatever_the_offers(django_assert_max_num_queries: Any) -> None:
    counts = []
    for more in (4, 12):
        market(*["10"] * more)
        with django_assert_max_num_queries(12) as seen:
            look_for_outliers()
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert "catalog.look_for_price_outliers" in {entry["task"] for entry in BEAT.values()}


# -- who, and what they conclude


def test_only_a_curator_concludes() -> None:
    row = found_one()
    page, api = row.get_absolute_url(), f"/api/v1/price-outliers/{row.uuid}/"
    for role in (None, "requester", "supplier_manager", "decision_maker"):
        member = make_member(role) if role else None
        assert client_for(member).get(page).status_code in (302, 403)
        problem_of(client_for_token(member).get(api), 404 if member else 401)
    auditor = make_member("auditor")
    assert "Conclure" not in client_for(auditor).get(page).content.decode()
    assert client_for(auditor).post(page, {"move": "keep", "reason": "x"}).status_code == 403
    problem_of(client_for_token(auditor).post(f"{api}keep/", {"reason": "x"}), 403)
    row.refresh_from_db()
    assert row.state == "open"


def test_by_page_the_supplier_is_asked_then_the_price_is_kept() -> None:
    manager, curator = make_member("supplier_manager"), make_member("curator")
    row = found_one(supplier=supplier_of(manager.organisation))
    browser, page = client_for(curator), row.get_absolute_url()
    shown = browser.get(page).content.decode()
    assert "4 fois la médiane de la catégorie" in shown and "<svg" in shown
    empty = browser.post(page, {"move": "ask", "reason": ""})
    assert empty.status_code == 400 and "Erreur" in empty.content.decode()
    assert browser.post(page, {"move": "ask", "reason": "Est-ce par mois ?"}).status_code == 302
    told = Notification.objects.get(user=manager.user)
    assert "4 fois la médiane" in told.body and "Est-ce par mois ?" in told.body
    assert told.url == f"{row.offer.get_absolute_url()}modifier/prix/"
    assert look_for_outliers() == 1 and PriceOutlier.objects.get().state == "asked"
    assert browser.post(page, {"move": "ask", "reason": "Encore."}).status_code == 409
    assert browser.post(page, {"move": "keep", "reason": "Assistance comprise."}).status_code == 302
    assert browser.post(page, {"move": "reopen", "reason": "Revu."}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reason, row.decided_by) == ("open", "Revu.", curator.user)
    assert set(AuditEvent.objects.filter(object_id=row.pk, what__in=("ask", "keep", "reopen"))
               .values_list("what", flat=True)) == {"ask", "keep", "reopen"}  # fmt: skip


def test_by_api_the_same_with_the_figures() -> None:
    row, api = found_one(price="2"), client_for_token(make_member("curator"))
    (body,) = api.get("/api/v1/price-outliers/?state=open&high=false&online=true").json()["results"]
    assert body == api.get(f"/api/v1/price-outliers/{row.uuid}/").json()
    assert {name: body[name] for name in ("amount_eur_ht", "peers", "lowest_eur_ht", "median_eur_ht")} == {
        "amount_eur_ht": "2.000000", "peers": 3, "lowest_eur_ht": "9.000000", "median_eur_ht": "10.000000",
    }  # fmt: skip
    assert body["is_online"] is True and "0,2 fois la médiane" in body["sentence"]
    for narrowed in ("high=true", "online=false", "category=messaging", "state=kept"):
        assert api.get(f"/api/v1/price-outliers/?{narrowed}").json()["count"] == 0
    assert faults(api.get("/api/v1/price-outliers/?state=cher")) == {"state"}
    url = f"/api/v1/price-outliers/{row.uuid}/"
    assert faults(api.post(f"{url}keep/", {}, format="json")) == {"reason"}
    problem_of(api.post(f"{url}keep/", {"reason": "x"}, format="json", HTTP_IF_MATCH='"9"'), 412)
    assert faults(api.post(f"{url}ask/", {"reason": "Prix ?"}, format="json")) == {"reason"}
    assert api.post(f"{url}keep/", {"reason": "Offre d’appel."}, format="json").json()["state"] == "kept"
    problem_of(api.post(f"{url}keep/", {"reason": "x"}, format="json"), 409)


@pytest.mark.django_db(transaction=True)
def test_race_two_curators_and_two_workers() -> None:
    row, one, other = found_one(), make_member("curator"), make_member("curator")

    def again() -> PriceOutlier:
        return PriceOutlier.objects.with_offer().get(pk=row.pk)

    outcomes = at_once(
        lambda: price_outliers.keep(again(), actor=fresh(one), reason="Juste.").state,
        lambda: price_outliers.keep(again(), actor=fresh(other), reason="Juste aussi.").state,
        look_for_outliers,
        look_for_outliers,
    )
    assert sorted(map(str, outcomes[:2])) == ["kept", "wrong_state"]
    assert PriceOutlier.objects.get().state == "kept"


def test_the_queue_costs_the_same_whatever_the_rows_and_is_narrowed() -> None:
    found_one()
    client, api = client_for(make_member("curator")), client_for_token(make_member("curator"))
    api.get("/api/v1/price-outliers/")
    client.get("/pilotage/prix/")
    counts = []
    for more in (0, 3):
        market(*["9"] * more, *["90"] * more)
        look_for_outliers()
        row = []
        for ask in (lambda: client.get("/pilotage/prix/"), lambda: api.get("/api/v1/price-outliers/")):
            with CaptureQueriesContext(connection) as seen:
                assert ask().status_code == 200
            row.append(len(seen))
        counts.append(row)
    assert counts[0] == counts[1] and PriceOutlier.objects.filter(state="open").count() == 4
    for query, rows in (
        ("sens=haut", 4), ("sens=bas", 0), ("version=proposee", 0), ("version=en-ligne", 4),
        ("categorie=collaboration", 4), ("categorie=%00x", 0), ("etat=kept", 0), ("etat=x&sens=y&page=z", 4),
    ):  # fmt: skip
        assert len(client.get(f"/pilotage/prix/?{query}").context["rows"]) == rows, query
    queues = {row["code"]: row for row in api.get("/api/v1/moderation-queues/").json()}
    assert (queues["price_outliers"]["count"], queues["price_outliers"]["page"]) == (4, "/pilotage/prix/")
    assert "Prix loin des autres" in client.get("/bureau/").content.decode()
