"""The list by the price of a usage, by the page, the API and the files; what is missing is said."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.enums import Meter
from catalog.models import Offer, OfferSearchRow, PriceLine
from tests.catalog.builders import make_offer
from tests.catalog.test_pages import text

pytestmark = pytest.mark.django_db
API = "/api/v1/offers/"
USAGE = "ordering=usage&seats=10&months=12"


def by_seat(name: str, price: str, **more: Any) -> Offer:
    offer = make_offer(state="draft", price=price, answers={"name": name, **more})
    PriceLine.objects.filter(plan__version__offer=offer).update(meter=Meter.SEAT)
    version = offer.versions.get()
    version.freeze()
    Offer.objects.filter(pk=offer.pk).update(state="listed", live_version=version)
    OfferSearchRow.objects.refresh([offer.pk])
    return offer


@pytest.fixture
def offers() -> None:
    by_seat("Chère", "12.5", vat_regime="normal")
    by_seat("Modeste", "4")
    make_offer(answers={"name": "Sans prix"})
    make_offer(answers={"name": "Autre mesure"}, price="3")


def answer(client: Client, query: str = USAGE) -> Any:
    return client.get(f"{API}?{query}").json()


@pytest.mark.usefixtures("offers")
def test_the_api_ranges_by_total_then_the_unknown_ones_with_what_is_missing(client: Client) -> None:
    found = answer(client)
    assert [one["name"] for one in found["results"][:2]] == ["Modeste", "Chère"]
    assert (found["count"], found["unpriced"]) == (4, 2)
    told = {one["name"]: one["usage_price"] for one in found["results"]}
    assert told["Modeste"] == {
        "total_eur_ht": "480.00",
        "total_eur_ttc": None,
        "plan": "Standard",
        "months": 12,
        "missing": [],
    }
    assert told["Chère"]["total_eur_ttc"] == "1800.00"
    assert told["Sans prix"]["missing"] == ["aucun prix structuré n’est publié"]
    assert told["Autre mesure"]["missing"][0] == "le prix du poste n’est pas publié"
    assert "usage_price" not in answer(client, "")["results"][0]
    assert "unpriced" not in answer(client, "")


@pytest.mark.usefixtures("offers")
def test_pages_hold_each_offer_once(client: Client) -> None:
    whole = [one["name"] for one in answer(client)["results"]]
    paged = [answer(client, f"{USAGE}&page_size=1&page={n}")["results"][0]["name"] for n in range(1, 5)]
    assert paged == whole
    assert [answer(client, f"{USAGE}&page_size=1&page={n}")["unpriced"] for n in (1, 4)] == [2, 2]


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("ordering=usage", "months", "Indiquez une durée entre 1 et 120 mois."),
        ("ordering=usage&months=12", "seats", "Indiquez au moins une quantité"),
        ("ordering=usage&months=12&seats=beaucoup", "seats", "Indiquez un nombre de postes entre 0"),
        ("ordering=usage&months=500&seats=2", "months", "Indiquez une durée entre 1 et 120 mois."),
        ("ordering=usage&months=12&seats=0", "seats", "Indiquez au moins une quantité"),
    ],
)
def test_a_wrong_usage_is_an_error_on_its_parameter(
    client: Client, query: str, field: str, words: str
) -> None:
    refused = client.get(f"{API}?{query}")
    assert refused.status_code == 400
    error = refused.json()["errors"][0]
    assert error["field"] == field
    assert words in error["message"]


@pytest.mark.usefixtures("offers")
def test_the_file_has_the_order_of_the_list(client: Client) -> None:
    names = [one["name"] for one in answer(client)["results"]]
    file = b"".join(client.get(f"/offres/resultats.csv?{USAGE}")).decode("utf-8-sig")
    assert sorted(names, key=file.index) == names


@pytest.mark.usefixtures("offers")
def test_in_another_order_a_usage_changes_nothing_but_is_read(client: Client) -> None:
    """A figure that is none is refused by the API; the page, which keeps what it can, lists the offers."""
    assert answer(client, "seats=10")["count"] == 4
    assert "ignored" not in answer(client, "seats=10")
    refused = client.get("/api/v1/offers/?seats=beaucoup&months=0")
    assert refused.status_code == 400
    assert {error["field"] for error in refused.json()["errors"]} == {"seats", "months"}
    assert client.get("/offres/?seats=beaucoup&months=0").status_code == 200


@pytest.mark.usefixtures("offers")
def test_one_s_own_offers_are_ordered_alike(client: Client) -> None:
    from tests.builders import make_member

    offer = Offer.objects.get(name="Chère")
    member = make_member("supplier_manager")
    offer.supplier.organisation = member.organisation
    offer.supplier.save()
    client.force_login(member.user)
    assert Decimal(answer(client, f"mine=1&{USAGE}")["results"][0]["usage_price"]["total_eur_ht"]) == 1500


def listed(client: Client, query: str = USAGE) -> str:
    return text(client.get(f"/offres/?{query}"))


@pytest.mark.usefixtures("offers")
def test_the_page_says_the_usage_its_price_on_each_card_and_what_is_missing(client: Client) -> None:
    page = listed(client)
    assert page.index("Modeste</a>") < page.index("Chère</a>") < page.index("Sans prix</a>")
    assert "Prix HT pour 10 postes, 12 mois, formule la moins chère, départ non compté." in page
    assert "2 offres dont le prix manque, à la suite." in page
    assert "<strong>1 500,00 € HT</strong> pour votre usage, sur 12 mois, soit 1 800,00 € TTC" in page
    assert "Total TTC inconnu : le régime de TVA du fournisseur n’est pas publié." in page
    assert "Aucun prix structuré n’est publié." in page
    assert "Le prix du poste n’est pas publié" in page
    number = Offer.objects.get(name="Chère").number
    assert f"/offres/cout/?offre={number}&amp;seats=10&amp;months=12" in page


@pytest.mark.usefixtures("offers")
def test_the_usage_is_kept_by_every_form_of_the_page_and_by_the_next_one(client: Client) -> None:
    page = listed(client)
    assert page.count('<input type="hidden" name="seats" value="10">') == 3  # search, filters, order
    assert 'name="seats" value="10"' in text(client.get(f"/offres/filtres/?{USAGE}"))
    assert "catalog-usage-price" not in listed(client, "seats=10&months=12")
    assert '<input type="hidden" name="seats" value="10">' in listed(client, "seats=10&months=12")


@pytest.mark.usefixtures("offers")
def test_the_page_asks_for_the_usage_then_says_what_is_wrong_with_it_and_keeps_what_was_typed(
    client: Client,
) -> None:
    asked = listed(client, "ordering=usage")
    assert "Dites votre usage" in asked
    assert "à corriger" not in asked
    wrong = listed(client, "ordering=usage&months=12&seats=beaucoup")
    assert "Indiquez un nombre de postes entre 0 et 1 000 000." in wrong
    assert 'name="seats" value="beaucoup"' in wrong
    assert "4 résultats" in wrong


def test_the_cards_of_a_usage_cost_no_query_each(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            listed(client)
        return len(found)

    by_seat("Première", "3")
    listed(client)
    before = queries()
    for n in range(9):
        by_seat(f"Offre {n}", str(n + 1))
    assert queries() == before


def test_a_hostile_formula_is_escaped(client: Client) -> None:
    offer = by_seat("Piège", "1")
    row = OfferSearchRow.objects.get(offer=offer)
    row.prices["plans"][0]["name"] = "<script>alert(1)</script><!--usage-->"
    row.save()
    page = listed(client)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.usefixtures("offers")
def test_the_files_say_the_price_of_the_usage_beside_each_offer(client: Client) -> None:
    file: Any = client.get(f"/offres/resultats.json?{USAGE}")
    rows = {row["name"]: row for row in json.loads(file.getvalue())["rows"]}
    assert [rows["Chère"][name] for name in ("usage_eur_ht", "usage_eur_ttc", "usage_months")] == [
        "1500.00",
        "1800.00",
        12,
    ]
    assert (rows["Modeste"]["usage_eur_ht"], rows["Modeste"]["usage_eur_ttc"]) == ("480.00", None)
    assert rows["Sans prix"]["usage_eur_ht"] is None
    assert rows["Sans prix"]["usage_missing"] == "aucun prix structuré n’est publié"
    plain: Any = client.get("/offres/resultats.json")
    assert "usage_eur_ht" not in json.loads(plain.getvalue())["rows"][0]
