"""Pages: stranger first, then each role; addresses that move, go or never were."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import stack
from catalog.models import OfferAlias, Supplier
from tests.builders import client_for, make_member
from tests.catalog.builders import ACTOR, make_mark, make_offer

pytestmark = pytest.mark.django_db


def text(response: object) -> str:
    """The page with plain spaces in place of the French ones."""
    page: str = response.content.decode()
    return page.replace("&nbsp;", " ").replace("\xa0", " ").replace("\u202f", " ")


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_catalogue_costs_the_same_for_1_and_30_offers(client: Client) -> None:
    make_mark(make_offer(price="4"))
    few = (
        queries_of(client, "/offres/"),
        queries_of(client, "/api/v1/offers/?facets=1"),
        queries_of(client, "/fournisseurs/"),
    )
    for _ in range(29):
        make_mark(make_offer(price="4"))
    many = (
        queries_of(client, "/offres/"),
        queries_of(client, "/api/v1/offers/?facets=1"),
        queries_of(client, "/fournisseurs/"),
    )
    assert few == many
    assert many[0] <= 8
    assert many[1] <= 6


def test_signed_in_the_catalogue_stays_within_its_queries() -> None:
    for _ in range(3):
        make_offer()
    # One of them asks whether the person has a project to judge the cards for, another what their
    # administration retained.
    assert queries_of(client_for(make_member("requester")), "/offres/") <= 10


def test_the_list_shows_filters_cards_and_what_was_not_understood(client: Client) -> None:
    make_mark(make_offer(answers={"name": "Nuage d’essai"}, price="4.20"))
    make_offer(answers={"name": "Autre", "service_models": ["iaas"]})
    page = text(client.get("/offres/?model=saas&secnumcloud=in_force&couleur=bleu&hds=oups"))
    assert "Nuage d’essai" in page
    assert ">Autre<" not in page
    assert "couleur, hds=oups" in page
    assert "Retirer le filtre" in page
    assert "4,20" in page
    assert "1 résultat" in page


def test_no_result_names_the_filter_that_empties(client: Client) -> None:
    make_offer()
    page = text(client.get("/offres/?secnumcloud=in_force&model=saas"))
    assert "Aucune offre." in page
    assert "Sans le filtre « SecNumCloud », il y en a 1." in page


def test_past_the_end_is_a_404_with_the_way_back(client: Client) -> None:
    make_offer()
    answer = client.get("/offres/?model=saas&page=9")
    assert answer.status_code == 404
    assert "/offres/?model=saas&amp;page=1" in text(answer)


@pytest.mark.parametrize(
    "query", ["q=%00", "page=abc", "page=-1", "price_max=1e999", "offre=1", "ordering=zzz", "q=" + "a" * 5000]
)
def test_strange_addresses_are_served(client: Client, query: str) -> None:
    assert client.get(f"/offres/?{query}").status_code == 200
    assert client.get(f"/offres/filtres/?{query}").status_code == 200


def test_a_sheet_says_what_is_known_and_what_is_not(client: Client) -> None:
    offer = make_offer(answers={"name": "Nuage", "open_source": None}, price="10")
    make_mark(offer, source="registre d’essai", decision_number="2026-1")
    page = text(client.get(offer.get_absolute_url()))
    for words in (
        "Le référencement ne vaut ni marché ni agrément.",
        "Constaté au registre",
        "registre d’essai",
        "2026-1",
    ):
        assert words in page
    assert "Non renseigné par le fournisseur" in page
    assert "Hébergeur non déclaré" in page


def test_a_lost_base_is_told_on_the_sheet(client: Client) -> None:
    base, offer = make_offer(answers={"name": "Socle"}), make_offer()
    make_mark(offer)
    mark = make_mark(base)
    stack.add_edge(offer, actor=ACTOR, base=base, layer="infrastructure", inherits=True)
    from catalog.trust import record_status
    from tests.catalog.test_trust import ACT

    record_status(mark, status="suspended", actor=ACTOR, **ACT)
    page = text(client.get(offer.get_absolute_url()))
    assert "qui a perdu son statut" in page
    assert "Suspendu" in page or "suspendu" in page


def test_other_words_redirect_and_closed_offers_say_why(client: Client) -> None:
    offer = make_offer(answers={"name": "Nuage"})
    assert (
        client.get(f"/offres/{offer.number}-ancien/pile/?a=1").url
        == f"/offres/{offer.number}-nuage/pile/?a=1"
    )
    assert client.get(f"/offres/{offer.number}-ancien/").status_code == 301
    assert client.get(f"/offres/{offer.number}/").status_code == 301
    assert client.get("/offres/999999-rien/").status_code == 404
    offer.withdraw(actor=ACTOR, reason="Fin de l’offre.")
    gone = client.get(offer.get_absolute_url())
    assert gone.status_code == 410
    assert "Fin de l’offre." in text(gone)
    draft = make_offer(state="draft")
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_a_changed_name_keeps_its_old_address() -> None:
    offer = make_offer(answers={"name": "Nuage"})
    version = offer.live_version.successor(created_by=None)
    version.answers = {**version.answers, "name": "Brume"}
    version.save()
    version.freeze()
    offer.touch("essai", actor=ACTOR, apply=lambda o: o.show_version(version))
    assert offer.slug == "brume"
    assert OfferAlias.objects.get().slug == "nuage"


@pytest.mark.parametrize("part", ["", "pile/", "historique/", "prix/", "versions/1/"])
def test_parts_of_a_sheet(client: Client, part: str) -> None:
    offer = make_offer(price="3")
    make_mark(offer)
    assert client.get(offer.get_absolute_url() + part).status_code == 200
    assert client.get(offer.get_absolute_url() + "versions/77/").status_code == 404


def test_suppliers(client: Client) -> None:
    offer = make_offer()
    hidden = make_offer(state="draft")
    url = offer.supplier.get_absolute_url()
    page = text(client.get(url))
    assert "Une qualification porte sur un service, jamais sur une entreprise." in page
    assert offer.name in page
    assert client.get(url.replace(offer.supplier.slug, "autre")).status_code == 301
    assert client.get(hidden.supplier.get_absolute_url()).status_code == 404
    assert hidden.supplier.name not in text(client.get("/fournisseurs/"))
    assert client.get("/fournisseurs/?page=99").status_code == 404


def test_suppliers_from_a_to_z(client: Client) -> None:
    for name in ("Éclair Exemple", "Essai Exemple", "Zèbre Exemple", "3 Exemples"):
        offer = make_offer()
        Supplier.objects.filter(pk=offer.supplier_id).update(name=name)
    page = text(client.get("/fournisseurs/?lettre=e"))
    assert "Éclair Exemple" in page
    assert "Essai Exemple" in page
    assert "Zèbre Exemple" not in page
    assert "E" in page
    assert "(1)" in page
    assert "3 Exemples" in text(client.get("/fournisseurs/?lettre=%23"))
    assert "Zèbre Exemple" in text(client.get("/fournisseurs/?lettre=oups"))


def test_neither_accents_nor_capitals_change_the_order_of_suppliers(client: Client) -> None:
    names = ["Dawex Exemple", "DINUM Exemple", "Hébergement Exemple", "Hetzner Exemple"]
    for name in reversed(names):
        Supplier.objects.filter(pk=make_offer().supplier_id).update(name=name)
    page = text(client.get("/fournisseurs/"))
    assert sorted(names, key=page.index) == names


def test_the_map_of_free_software(client: Client) -> None:
    answers = {"name": "Libre Exemple", "open_source": True, "licence": "agpl", "sill_id": 33}
    make_offer(answers=answers)
    make_offer(answers={"name": "Tu Exemple", "open_source": True})
    make_offer(answers={"name": "Fermé Exemple", "open_source": False})
    with CaptureQueriesContext(connection) as seen:
        page = text(client.get("/logiciels-libres/"))
    assert "2 offres" in page
    assert "AGPL" in page
    assert "33" in page
    assert "Inconnu" in page
    assert "Fermé Exemple" not in page
    assert len(seen) <= 2


ROLES = (
    "requester", "approver", "supplier_editor", "supplier_manager", "curator", "qualification_officer",
    "decision_maker", "support", "auditor",
)  # fmt: skip
OWN = {
    "/mes-offres/": {"supplier_editor", "supplier_manager"},
    "/offres/nouvelle/": {"supplier_editor", "supplier_manager"},
    "/pilotage/qualifications/": {"curator", "qualification_officer", "decision_maker", "auditor"},
    "/pilotage/moderation/": {"curator"},
    "/pilotage/revendications/": {"curator"},
}
ON_OFFER = {
    "modifier/": set(),
    "modifier/hosting/": set(),
    "modifier/prix/": set(),
    "modifier/qualifications/": set(),
    "modifier/pile/": set(),
    "apercu/": set(),
    "proposer/": set(),
    "suspendre/": {"curator", "decision_maker"},
    "retirer/": {"curator"},
    "supprimer/": {"curator"},
}


@pytest.mark.parametrize("role", ROLES)
def test_pages_by_role(role: str) -> None:
    client = client_for(make_member(role))
    offer = make_offer()
    told = {url: client.get(url).status_code for url in OWN}
    assert told == {url: 200 if role in roles else 403 for url, roles in OWN.items()}
    told = {part: client.get(offer.get_absolute_url() + part).status_code for part in ON_OFFER}
    assert told == {part: 200 if role in roles else 403 for part, roles in ON_OFFER.items()}


def test_a_stranger_is_led_to_sign_in(client: Client) -> None:
    for url in (*OWN, make_offer().get_absolute_url() + "modifier/"):
        answer = client.get(url)
        assert answer.status_code == 302
        assert "connexion" in answer.url
