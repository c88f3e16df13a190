"""The filters as people see them: their numbers, the whole state in the address, what was mended."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from catalog.search.facets import FACETS, MAIN_FACETS, PRICE_MAX, RANGES
from tests.builders import make_member
from tests.catalog.builders import make_mark, make_offer
from tests.catalog.test_pages import text

pytestmark = pytest.mark.django_db


def counts(page: str) -> dict[str, int]:
    return {name: int(n) for name, n in re.findall(r'id="n-([^"]+)">\((\d+)\)', page)}


def test_fifteen_facets_on_the_list_all_of_them_on_the_page_of_filters(client: Client) -> None:
    make_mark(make_offer(price="4"))
    make_offer(answers={"non_eu_law": True, "service_models": ["iaas"]})
    page, every = text(client.get("/offres/")), text(client.get("/offres/filtres/"))
    assert len(MAIN_FACETS) == 15
    assert {name for name in (*FACETS, PRICE_MAX) if f'id="l-{name}"' in page} == set(MAIN_FACETS)
    assert {name for name in (*FACETS, PRICE_MAX) if f'id="l-{name}"' in every} == {*FACETS, PRICE_MAX}
    assert {name for name in RANGES if f'name="{name}_min"' in every} == set(RANGES)
    told = counts(page)
    assert (told["model-saas"], told["model-iaas"], told["non_eu_law-true"]) == (1, 1, 1)
    assert told.items() <= counts(every).items()


def test_a_range_narrows_is_kept_in_the_address_and_taken_away(client: Client) -> None:
    make_offer(answers={"name": "Chère"}, price="400")
    make_offer(answers={"name": "Modeste"}, price="4")
    page = text(client.get("/offres/?price_min=100,5&model=saas"))
    assert "1 résultat" in page
    assert "Chère" in page
    assert "Prix mensuel d’entrée : au moins 100.5 € HT par mois" in page
    assert 'href="/offres/?model=saas"' in page
    assert '<input type="hidden" name="price_min" value="100.5">' in page
    assert "price_min" in text(client.get("/offres/?price_min=beaucoup"))


def test_the_shell_kept_for_visitors_is_theirs_and_what_fills_it_each_reader_s_own(client: Client) -> None:
    make_offer(answers={"name": "<b>Forge</b>"})
    member = Client()
    member.force_login(make_member().user)
    for _ in range(2):
        page = text(client.get("/offres/?q=forge"))
        assert "Se connecter" in page
        assert "Se déconnecter" not in page
        assert "&lt;b&gt;Forge" in page
        assert 'value="forge"' in page
        assert "page=/offres/%3Fq%3Dforge" in page
        hers = text(member.get("/offres/?q=forge&model=saas"))
        assert "Se déconnecter" in hers
        assert "Mes recherches" in hers
        other = text(client.get('/offres/?q="><script>alert(1)</script>'))
        assert "<script>alert" not in other
        assert "&lt;script&gt;alert" in other


def test_a_facet_off_the_list_shows_there_while_it_is_used(client: Client) -> None:
    offer = make_offer()
    number = offer.supplier.number
    page = text(client.get(f"/offres/?supplier={number}"))
    assert 'id="l-supplier"' in page
    assert f"Fournisseur : {offer.supplier.name}" in page


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 10_000,
        "q=%22jamais+ferm%C3%A9",
        "q=%00%00",
        "q=-%22%22+or+or+-",
        "q=:*+%26+%7C+!",
        "q='%3A*",
        "&".join(f"model=m{n}" for n in range(200)),
        "&".join(f"inconnu{n}=1" for n in range(200)),
        "supplier=99999999999999999999",
        "supplier=0",
        "price_min=1e400&price_max=-1",
        "price_min=NaN",
        "page=99999999999",
    ],
)
def test_bad_input_is_served_on_the_pages_and_refused_or_served_by_the_api(
    client: Client, query: str
) -> None:
    make_offer()
    assert client.get(f"/offres/?{query}").status_code in (200, 404)
    assert client.get(f"/offres/filtres/?{query}").status_code == 200
    assert client.get(f"/api/v1/offers/?facets=1&{query}").status_code in (200, 400, 404)


def test_hostile_names_are_escaped(client: Client) -> None:
    hostile = "<script>alert('1')</script>\"&"
    offer = make_offer(answers={"name": hostile, "description": hostile})
    offer.supplier.name = hostile
    offer.supplier.save()
    from catalog.models import OfferSearchRow

    OfferSearchRow.objects.refresh([offer.pk])
    for path in ("/offres/", "/offres/filtres/", "/offres/?q=alert"):
        assert "<script>alert" not in client.get(path).content.decode()


@pytest.mark.parametrize("path", ["/", "/offres/", "/offres/filtres/", "/fournisseurs/"])
def test_a_visitor_who_only_reads_is_given_no_cookie(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert not answer.cookies


def test_a_word_that_offers_hold_is_not_said_to_be_misspelt(client: Client) -> None:
    make_offer(answers={"name": "Messagerie"})
    make_offer(answers={"name": "Massagerie"})
    body = text(client.get("/offres/?q=messagerie&hds=in_force"))
    assert "Aucune offre" in body
    assert "Chercher plutôt" not in body
    assert "Chercher plutôt" in text(client.get("/offres/?q=mesragezie&hds=in_force"))


@pytest.mark.parametrize("word", ["or", "OR", "ou", "OU"])
def test_one_or_the_other_however_it_is_written(client: Client, word: str) -> None:
    make_offer(answers={"name": "Messagerie"})
    make_offer(answers={"name": "Agenda"})
    make_offer(answers={"name": "Stockage"})
    assert client.get("/api/v1/offers/", {"q": f"messagerie {word} agenda"}).json()["count"] == 2


def test_a_word_read_otherwise_is_said_by_the_page_and_by_the_api(client: Client) -> None:
    make_offer(answers={"name": "Messagerie"})
    body = client.get("/api/v1/offers/", {"q": "mesagerie"}).json()
    assert body["readings"] == [{"kind": "corrected", "typed": "mesagerie", "used": "messagerie"}]
    assert "voici les résultats pour" in text(client.get("/offres/", {"q": "mesagerie"}))
    begun = client.get("/api/v1/offers/", {"q": "mess"}).json()
    assert begun["readings"] == [{"kind": "prefix", "typed": "mess", "used": "mess"}]
    assert "readings" not in client.get("/api/v1/offers/", {"q": "messagerie"}).json()
    none = text(client.get("/offres/", {"q": "mesagerie", "hds": "in_force"}))
    assert "nous avons cherché" in none
    assert "voici les résultats" not in none
