"""The home page tells what is true of the catalogue now, and its age."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Offer, OfferSearchRow, TrustFact, TrustMark
from tests.procurement.order_builders import make_offer

pytestmark = pytest.mark.django_db


def mark_of(offer: Offer, *, status: str = "in_force", **extra: object) -> TrustMark:
    mark = TrustMark.objects.create(
        offer=offer, scheme="secnumcloud", status=status, origin="register", scope="Stockage", **extra
    )
    return mark


def fact_of(mark: TrustMark, *, days_ago: float, status: str = "suspended") -> TrustFact:
    when = timezone.now() - dt.timedelta(days=days_ago)
    return TrustFact.objects.create(mark=mark, status=status, effective_at=when, origin="register")


def test_an_empty_catalogue_says_so(client: Client) -> None:
    html = client.get("/").content.decode()
    assert "Aucune offre publiée à ce jour." in html
    assert "Aucun changement de statut depuis le" in html


def test_recent_changes_of_public_offers_only(client: Client) -> None:
    public, hidden = make_offer(), make_offer()
    Offer.objects.filter(pk=hidden.pk).update(state="removed")
    fact_of(mark_of(public), days_ago=3)
    fact_of(mark_of(hidden), days_ago=2)
    html = client.get("/").content.decode()
    assert public.name in html
    assert hidden.name not in html
    assert "SecNumCloud suspendue" in html


@pytest.mark.parametrize("days_ago", [31, -1])
def test_old_and_future_facts_are_not_news(days_ago: float, client: Client) -> None:
    offer = make_offer()
    fact_of(mark_of(offer), days_ago=days_ago)
    assert "Aucun changement de statut" in client.get("/").content.decode()


def test_bars_and_table_say_the_same_numbers(client: Client) -> None:
    offers = [make_offer() for _ in range(3)]
    OfferSearchRow.objects.refresh([offer.pk for offer in offers])
    html = client.get("/").content.decode()
    assert "3\u00a0offres" in html
    assert 'href="/offres/?secnumcloud=unknown"' in html


@pytest.mark.parametrize(("age", "warned"), [(61, True), (60, False)])
def test_an_old_reading_of_the_register_is_said(age: int, warned: bool, client: Client) -> None:
    mark_of(make_offer(), read_on=timezone.localdate() - dt.timedelta(days=age))
    html = client.get("/").content.decode()
    assert (f"Catalogue de l’ANSSI lu il y a {age}\u00a0jours" in html) is warned


def test_ten_changes_cost_the_queries_of_one(client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/").status_code == 200
        return len(queries)

    client.get("/")
    fact_of(mark_of(make_offer()), days_ago=1)
    one = cost()
    for _ in range(9):
        fact_of(mark_of(make_offer()), days_ago=1)
    assert cost() == one
