"""A card kept as markup says what its template would say today, to this reader."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone

from catalog import card_markup
from catalog.models import OfferSearchRow
from catalog.search.cards import KeptCard
from catalog.search.engine import search
from catalog.search.query import OfferQuery
from tests.catalog.builders import make_mark, make_offer

pytestmark = pytest.mark.django_db
BACK = "/offres/?q=l’été&hds=in_force"


def asked(on: dt.date) -> KeptCard:
    (data,) = search(OfferQuery(today=on)).cards
    return data


def test_the_markup_kept_equals_the_template_whoever_reads() -> None:
    today = timezone.localdate()
    make_mark(make_offer(answers={"name": "<b>L’offre</b> \ue000"}, price="4.20"))
    data = asked(today)
    bare = KeptCard(json.dumps(dict(data)))
    assert data.html
    told = card_markup.shown(data, on=today, return_path=BACK)
    assert told == card_markup.shown(bare, on=today, return_path=BACK)
    assert "<b>L’offre" not in told


@pytest.mark.parametrize("days", [0, 30, 179, 180, 181, 400])
def test_a_status_that_turns_is_read_by_the_clock(days: int) -> None:
    today = timezone.localdate()
    make_mark(make_offer(), valid_until=today + dt.timedelta(days=days))
    for later in (0, 1, days - 181, days - 180, days - 179, days, days + 1, days + 2):
        on = today + dt.timedelta(days=max(0, later))
        data = asked(on)
        bare = KeptCard(json.dumps(dict(data)))
        assert card_markup.shown(data, on=on, return_path=BACK) == card_markup.shown(
            bare, on=on, return_path=BACK
        )


def test_the_markup_of_another_edition_of_the_code_is_not_shown(client: Client) -> None:
    offer = make_offer(answers={"name": "Nuage"})
    OfferSearchRow.objects.filter(offer=offer).update(card_html="ancien balisage")
    assert "ancien balisage" in client.get("/offres/").content.decode()
    OfferSearchRow.objects.filter(offer=offer).update(card_edition="autre")
    page = client.get("/offres/").content.decode()
    assert "ancien balisage" not in page
    assert "Nuage" in page
