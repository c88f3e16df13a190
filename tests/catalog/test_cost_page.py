"""Combien pour mon usage: the page and the API say the same, from the published prices."""

import uuid
from decimal import Decimal as D

import pytest
from django.test import Client

from catalog.models import Offer
from tests.builders import client_for, make_member
from tests.catalog.builders import add_price, make_offer

pytestmark = pytest.mark.django_db
PAGE = "/offres/cout/"
API = "/api/v1/offers/cost/"
NBSP = "\u00a0"


@pytest.fixture
def offer() -> Offer:
    """A listed offer at 4.20 € a seat and month."""
    found = make_offer(state="listed", price="4.20")
    line = found.live_version.plans.get().lines.get()
    assert line.meter == "other"
    return found


def metered(price: str = "10", **answers: object) -> Offer:
    """A listed offer whose seat is metered, with tiers and an exit price."""
    draft = make_offer(state="draft", price=None)
    version = draft.draft_version
    assert version is not None
    version.answers = {**version.answers, "exit_notice_months": "1", **answers}
    version.save()
    line = add_price(version, price)
    line.meter, line.tiers = "seat", [{"above": "10", "amount_eur_ht": "8"}] if price == "10" else []
    line.save()
    version.freeze()
    draft.live_version, draft.state = version, "listed"
    draft.save()
    return draft


def test_nothing_asked_shows_the_form_and_no_total(client: Client, offer: Offer) -> None:
    page = client.get(PAGE, {"offre": offer.number}).content.decode()
    assert "Votre usage" in page
    assert "Total" not in page
    assert "Choisissez d’abord une offre" in client.get(PAGE).content.decode()


def test_a_price_that_cannot_be_counted_is_said_and_never_zero(client: Client, offer: Offer) -> None:
    page = client.get(PAGE, {"offre": offer.number, "months": "12", "seats": "5"}).content.decode()
    assert "Total impossible" in page
    found = client.get(API, {"offer": str(offer.uuid), "months": "12", "seats": "5"}).json()["results"][0]
    assert (found["total_eur_ht"], found["plan"], found["lines"]) == (None, None, [])


def test_page_and_api_say_the_same_total(client: Client) -> None:
    offer = metered(vat_regime="normal")
    question = {"months": "12", "seats": "25", "starts_on": "2027-02-01", "storage_gb": "10"}
    # 10 × 10 + 15 × 8 = 220 a month, twelve times, and a month of notice.
    page = client.get(PAGE, {"offre": offer.number, **question}).content.decode()
    assert f"2\u202f860,00{NBSP}€{NBSP}HT" in page
    assert f"3\u202f432,00{NBSP}€{NBSP}TTC" in page
    assert "le prix du stockage, non publié" in page
    assert "le fournisseur ne peut plus facturer le changement" in page
    found = client.get(API, {"offer": str(offer.uuid), **question}).json()["results"][0]
    assert found["total_eur_ht"] == "2860.00"
    assert found["total_eur_ttc"] == "3432.00"
    assert found["leaving_eur_ht"] == "220.00"
    assert found["monthly_eur_ht"] == ["220.00"] * 12
    assert found["missing"] == ["le prix du stockage"]
    assert found["leaving"] == [
        {"label": "Sortie des données", "total_eur_ht": "0.00", "waived": True},
        {"label": "Préavis", "total_eur_ht": "220.00", "waived": False},
    ]


def test_an_unknown_vat_regime_gives_no_ttc(client: Client) -> None:
    offer = metered()
    question = {"months": "1", "seats": "1"}
    assert "Total TTC inconnu" in client.get(PAGE, {"offre": offer.number, **question}).content.decode()
    found = client.get(API, {"offer": str(offer.uuid), **question}).json()["results"][0]
    assert found["total_eur_ttc"] is None


def test_a_local_authority_reads_its_compensation(client: Client) -> None:
    offer = metered(vat_regime="normal", service_models=["iaas"])
    Offer.objects.filter(pk=offer.pk).update(service_models=["iaas"])
    question = {"months": "1", "seats": "1", "buyer_kind": "local_authority", "starts_on": "2027-02-01"}
    found = client.get(API, {"offer": str(offer.uuid), **question}).json()["results"][0]
    # One month and one of notice: 20 € HT, 24 € TTC, 5.6 %.
    assert D(found["vat_compensations"][0]["amount_eur"]) == D("1.34")
    assert "TERB2035659A" in found["vat_compensations"][0]["source"]


def test_a_member_finds_the_administration_filled_in() -> None:
    member = make_member("requester")
    offer = make_offer(state="listed", price="1")
    page = client_for(member).get(PAGE, {"offre": offer.number}).content.decode()
    assert f'value="{member.organisation.kind}" selected' in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("months", "0", "Indiquez une durée entre 1 et 120"),
        ("months", "deux", "Indiquez une durée entre 1 et 120"),
        ("seats", "-1", "Indiquez un nombre de postes entre 0 et 1\u202f000\u202f000."),
        ("seats", "1e30", "Indiquez un nombre de postes entre 0 et 1\u202f000\u202f000."),
        ("starts_on", "hier", "date"),
        ("place", "lune", "lune"),
    ],
)
def test_a_wrong_figure_is_refused_and_kept(
    client: Client, offer: Offer, field: str, value: str, words: str
) -> None:
    question = {"months": "12", field: value}
    offer = metered()
    answer = client.get(PAGE, {"offre": offer.number, **question})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    refused = client.get(API, {"offer": str(offer.uuid), **question})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, field)


@pytest.mark.parametrize("asked", [[], ["x"], ["12"], [str(uuid.uuid4()) for _ in range(5)]])
def test_offers_that_cannot_be_computed_are_refused_by_the_api(client: Client, asked: list[str]) -> None:
    refused = client.get(API, {"offer": asked, "months": "1"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "offer")


def test_an_offer_that_cannot_be_seen_is_not_found(client: Client) -> None:
    draft = make_offer(state="draft", price="1")
    assert client.get(API, {"offer": str(draft.uuid), "months": "1"}).status_code == 404
    assert "Choisissez d’abord une offre" in client.get(PAGE, {"offre": draft.number}).content.decode()


def test_one_offer_and_four_cost_the_same_queries(client: Client, django_assert_num_queries) -> None:
    offers = [metered() for _ in range(4)]
    for asked in (offers[:1], offers):
        with django_assert_num_queries(4):
            client.get(API, {"offer": [str(o.uuid) for o in asked], "months": "12", "seats": "3"})


def test_an_amount_that_no_order_could_hold_is_said(client: Client) -> None:
    offer = metered("9999999", vat_regime="normal")
    for question in ({"seats": "1000000", "months": "1"}, {"seats": "900000", "months": "60"}):
        page = client.get(PAGE, {"offre": offer.number, **question})
        assert page.status_code == 200
        assert "le montant dépasse ce qu’une commande peut porter" in page.content.decode()
        found = client.get(API, {"offer": str(offer.uuid), **question}).json()["results"][0]
        assert found["total_eur_ht"] is None
        assert found["missing"] == ["le montant dépasse ce qu’une commande peut porter"]
