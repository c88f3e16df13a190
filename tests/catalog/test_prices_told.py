"""Prices over time, and prices far from those of their category."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D

import pytest
import time_machine
from django.test import Client

from catalog.models import Offer, OfferVersion
from catalog.price_history import price_history
from catalog.price_outliers.looking import far_prices, price_places
from tests.builders import client_for, make_member
from tests.catalog.builders import ACTOR, add_price, make_category, make_offer

pytestmark = pytest.mark.django_db


def put_online(offer: Offer, amount: str, **line: object) -> OfferVersion:
    """A further version with one seat price, online now."""
    if offer.draft_version is not None:
        offer.draft_version.freeze()
    version = OfferVersion.objects.create(
        offer=offer, number=offer.versions.count() + 1, answers=offer.versions.first().answers
    )
    price = add_price(version, amount)
    for name, value in line.items():
        setattr(price, name, value)
    price.save()
    version.freeze()
    offer.touch("essai", actor=ACTOR, apply=lambda locked: locked.show_version(version))
    return version


def test_each_price_is_told_from_its_day_and_the_announced_one_as_foreseen(client: Client) -> None:
    with time_machine.travel(dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC)):
        offer = make_offer(state="draft", price=None)
        put_online(offer, "10")
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)):
        put_online(offer, "10")
    with time_machine.travel(dt.datetime(2026, 5, 2, 12, tzinfo=dt.UTC)):
        put_online(offer, "12", next_amount_eur_ht=D(13), next_from=dt.date(2026, 9, 1))
    Offer.objects.filter(pk=offer.pk).update(state="listed")
    offer.refresh_from_db()
    with time_machine.travel(dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)):
        steps = [(s.since, s.amount_eur_ht, s.announced) for s in price_history(offer)]
        assert steps == [
            (dt.date(2026, 9, 1), D(13), True),
            (dt.date(2026, 5, 2), D(12), False),
            (dt.date(2026, 1, 10), D(10), False),
        ]
        page = client.get(offer.get_absolute_url() + "prix/").content.decode()
        assert "(prévu)" in page
        assert "Historique des prix" in page


def test_a_line_taken_away_is_told() -> None:
    offer = make_offer(state="draft", price=None)
    put_online(offer, "10")
    version = OfferVersion.objects.create(offer=offer, number=9, answers=offer.versions.last().answers)
    version.freeze()
    offer.touch("essai", actor=ACTOR, apply=lambda locked: locked.show_version(version))
    assert [step.amount_eur_ht for step in price_history(offer)] == [None, D(10)]


def test_the_history_costs_the_same_for_one_version_and_five(django_assert_num_queries) -> None:
    offer = make_offer(state="draft", price=None)
    put_online(offer, "10")
    with django_assert_num_queries(3):
        price_history(offer)
    for amount in ("11", "12", "13", "14"):
        put_online(offer, amount)
    with django_assert_num_queries(3):
        assert len(price_history(offer)) == 5


@pytest.fixture
def proposed() -> tuple[Offer, OfferVersion]:
    """An offer at 40 € a seat and month in a category whose others ask 8, 10 and 14."""
    make_category()
    for amount in ("8", "10", "14"):
        make_offer(state="listed", price=amount)
    make_offer(state="draft", price="1")
    offer = make_offer(state="draft", price="40")
    assert offer.draft_version is not None
    return offer, offer.draft_version


def test_a_price_is_placed_among_those_of_its_category_and_unit(
    proposed: tuple[Offer, OfferVersion],
) -> None:
    offer, version = proposed
    (place,) = price_places(version, offer=offer)
    assert (place.peers, place.lowest_eur_ht, place.median_eur_ht, place.highest_eur_ht) == (3, 8, 10, 14)
    assert place.is_far
    assert (
        place.sentence
        == "4 fois la médiane de la catégorie (10,00\u00a0€\u00a0HT par poste et par mois, 3 offres)."
    )
    assert (place.dot, place.middle) == (100, 6)


def test_another_unit_is_no_peer(proposed: tuple[Offer, OfferVersion]) -> None:
    offer, version = proposed
    version.plans.get().lines.update(unit="salle")
    (place,) = price_places(version, offer=offer)
    assert (place.is_far, place.ratio) == (False, None)
    assert place.sentence == "Trop peu de prix comparables (0 sur 3 nécessaires)."
    assert far_prices(version, offer=offer) == []


@pytest.mark.parametrize(("amount", "far"), [("3.33", True), ("3.34", False), ("29.99", False), ("30", True)])
def test_far_is_three_times_or_a_third(proposed: tuple[Offer, OfferVersion], amount: str, far: bool) -> None:
    offer, version = proposed
    version.plans.get().lines.update(amount_eur_ht=D(amount))
    assert bool(far_prices(version, offer=offer)) is far


def test_placing_costs_three_queries_whatever_the_lines(
    proposed: tuple[Offer, OfferVersion],
    django_assert_num_queries,
) -> None:
    offer, version = proposed
    with django_assert_num_queries(3):
        price_places(version, offer=offer)


def test_the_curator_reads_the_figures_before_deciding() -> None:
    make_category()
    for amount in ("8", "10", "14"):
        make_offer(state="listed", price=amount)
    member = make_member("supplier_manager")
    offer = make_offer(state="listed", organisation=member.organisation, price="10")
    from catalog.actions.reviews import propose
    from marketplace.accounts.actors import Actor

    draft = offer.edit_version(by=member.user)
    draft.plans.get().lines.update(amount_eur_ht=D(40))
    draft.answers = {**draft.answers, "description": "Autre."}
    draft.save()
    review = propose(offer, actor=Actor.of(member))
    page = client_for(make_member("curator")).get(f"/pilotage/moderation/{review.uuid}/").content.decode()
    assert "Prix inhabituel" in page
    assert "4 fois la médiane de la catégorie" in page


def test_support_sold_apart_is_no_entry_price() -> None:
    offer = make_offer(state="draft", price="10")
    assert offer.draft_version is not None
    plan = offer.draft_version.plans.get()
    plan.lines.create(
        code="assistance", label="Assistance", kind="fixed", amount_eur_ht=D(450), meter="support"
    )
    entry = plan.entry_price()
    assert entry is not None
    assert entry.code == "abonnement"
