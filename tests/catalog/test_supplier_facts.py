"""What a supplier says of itself: on its word, dated, unknown until then; page, list, API, journal."""

from __future__ import annotations

import html
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from catalog.models import Offer, OfferSearchRow, Supplier
from catalog.supplier_facts.actions import declare
from catalog.supplier_facts.words import facts_of
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.audit.models import AuditEvent
from marketplace.errors import NotAllowed, RuleBroken
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
SAID = {
    "size": "pme",
    "region": "53",
    "is_ess": True,
    "inclusion": "siae",
    "is_independent": False,
    "group_name": "Groupe Essai",
    "founded_year": 2012,
    "public_share_percent": Decimal("40.5"),
}


@pytest.fixture
def member() -> Membership:
    return make_member("supplier_manager")


@pytest.fixture
def offer(member: Membership) -> Offer:
    return make_offer(organisation=member.organisation)


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).replace("\u00a0", " ").split())


def page_of(offer: Offer) -> str:
    return text_of(Client().get(offer.supplier.get_absolute_url()))


def test_nothing_is_known_before_the_supplier_says_it(offer: Offer) -> None:
    assert {fact.words for fact in facts_of(offer.supplier)} == {None}
    page = page_of(offer)
    assert "Le fournisseur n’a rien déclaré" in page
    assert page.count("<dd>Inconnu</dd>") == len(facts_of(offer.supplier)) + 1, "and its identifier"


def test_who_declares(offer: Offer, member: Membership) -> None:
    editor = actor_for("supplier_editor", organisation=member.organisation)
    for actor in (actor_for("supplier_manager"), actor_for("curator"), actor_for("requester"), Actor()):
        with pytest.raises(NotAllowed):
            declare(offer.supplier, actor=actor, size="pme")
    assert declare(offer.supplier, actor=editor, size="pme").size == "pme"


def test_each_declaration_replaces_the_one_before_and_the_journal_keeps_what_changed(
    offer: Offer, member: Membership
) -> None:
    supplier, actor = offer.supplier, Actor.of(member)
    declare(supplier, actor=actor, **SAID)
    first = supplier.facts_declared_at
    assert {fact.label: fact.words for fact in facts_of(supplier)} == {
        "Taille": "PME",
        "Petite ou moyenne entreprise": "Oui",
        "Région du siège": "Bretagne",
        "Économie sociale et solidaire": "Oui",
        "Structure d’inclusion": "Structure d’insertion par l’activité économique (SIAE)",
        "Indépendant de tout groupe": "Non, Groupe Essai",
        "Année de création": "2012",
        "Part du chiffre d’affaires avec le secteur public": "40,5\u00a0%",
    }
    declare(supplier, actor=actor, size="eti")
    assert (supplier.size, supplier.is_ess, supplier.group_name) == ("eti", None, "")
    assert first is not None and supplier.facts_declared_at > first
    lines = AuditEvent.objects.filter(what="declare_facts").order_by("pk")
    assert [line.object_id for line in lines] == [supplier.pk, supplier.pk]
    changed = lines[1].side.detail
    assert changed["size"] == ["pme", "eti"] and changed["is_ess"] == [True, None]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"founded_year": 1492}, "founded_year"),
        ({"founded_year": 2999}, "founded_year"),
        ({"public_share_percent": Decimal(101)}, "public_share_percent"),
        ({"public_share_percent": Decimal(-1)}, "public_share_percent"),
        ({"group_name": "Groupe"}, "group_name"),
        ({"group_name": "Groupe", "is_independent": True}, "group_name"),
    ],
)
def test_bad_facts_are_named_and_nothing_is_kept(
    offer: Offer, member: Membership, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        declare(offer.supplier, actor=Actor.of(member), size="pme", **facts)
    assert list(refused.value.fields) == [field]
    assert Supplier.objects.get(pk=offer.supplier_id).size == ""


def test_a_region_is_of_a_french_supplier(offer: Offer, member: Membership) -> None:
    Supplier.objects.filter(pk=offer.supplier_id).update(country="DE")
    with pytest.raises(RuleBroken) as refused:
        declare(offer.supplier, actor=Actor.of(member), region="53")
    assert "region" in refused.value.fields
    offer.supplier.refresh_from_db()
    assert "Région du siège" not in {fact.label for fact in facts_of(offer.supplier)}


def test_the_form_keeps_what_was_typed_and_shows_what_is_kept(offer: Offer, member: Membership) -> None:
    browser, url = client_for(member), f"{offer.supplier.get_absolute_url()}declarer/"
    assert url in browser.get("/mes-offres/").content.decode()
    wrong = browser.post(url, {"size": "pme", "public_share_percent": "beaucoup", "group_name": "G"})
    assert wrong.status_code == 400 and "beaucoup" in text_of(wrong)
    typed = {"size": "pme", "is_ess": "true", "public_share_percent": "40,5", "founded_year": "2012"}
    assert browser.post(url, typed)["Location"] == "/mes-offres/"
    again = browser.get(url).content.decode()
    assert 'value="40,5' in again and 'value="pme" selected' in again
    page = page_of(offer)
    assert "Déclaré par le fournisseur" in page and "40,5 %" in page
    assert "Modifier la déclaration" in text_of(browser.get(offer.supplier.get_absolute_url()))
    assert "Modifier la déclaration" not in page


def test_before_the_first_public_offer_only_its_own_people_find_the_form(member: Membership) -> None:
    draft = make_offer(state="draft", organisation=member.organisation)
    url = f"{draft.supplier.get_absolute_url()}declarer/"
    assert client_for(member).get(url).status_code == 200
    assert client_for(make_member("supplier_manager")).get(url).status_code == 404
    assert "/connexion/" in Client().get(url)["Location"]


def test_the_list_is_narrowed_and_unknown_is_never_counted_in(offer: Offer, member: Membership) -> None:
    silent = make_offer()
    declare(offer.supplier, actor=Actor.of(member), **SAID)

    def found(query: str) -> set[str]:
        page = text_of(Client().get(f"/fournisseurs/?{query}"))
        return {one.supplier.name for one in (offer, silent) if one.supplier.name in page}

    mine = {offer.supplier.name}
    for query in ("taille=pme", "statut=ess", "statut=siae", "taille=pme&statut=ess"):
        assert found(query) == mine, query
    for query in ("taille=ge", "statut=ea", "statut=independent"):
        assert found(query) == set(), query
    both = mine | {silent.supplier.name}
    for query in ("", "taille=enorme", "statut=%00", "statut='"):
        assert found(query) == both, query
    kept = Client().get("/fournisseurs/?taille=pme").content.decode()
    assert "taille=pme" in kept.split("Fournisseurs par première lettre")[1].split("</nav>")[0]


def test_the_search_follows_the_size(offer: Offer, member: Membership) -> None:
    declare(offer.supplier, actor=Actor.of(member), size="pme")
    assert "supplier_size=pme" in OfferSearchRow.objects.get(pk=offer.pk).tags
    cards = Client().get("/api/v1/offers/?supplier_size=pme").json()["results"]
    assert [card["number"] for card in cards] == [offer.number]


def test_by_api(offer: Offer, member: Membership) -> None:
    url = f"/api/v1/suppliers/{offer.supplier.uuid}/"
    facts = {**SAID, "public_share_percent": "40.5"}
    told = client_for_token(member).post(f"{url}declare/", facts, format="json")
    assert told.status_code == 200, told.content
    read = Client().get(url).json()
    assert {name: read[name] for name in SAID} == {**SAID, "public_share_percent": "40.50"}
    assert read["facts_declared_at"] is not None
    for wrong, field in (({"size": "enorme"}, "size"), ({"couleur": "bleu"}, "couleur"),
                         ({"founded_year": 1}, "founded_year")):  # fmt: skip
        refused = client_for_token(member).post(f"{url}declare/", wrong, format="json")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, field)
    other = client_for_token(make_member("supplier_manager"))
    assert other.post(f"{url}declare/", facts, format="json").status_code == 403
