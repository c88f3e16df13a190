"""/donnees/, the Atom feeds, the site map, robots, and what a sheet says to search engines."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client, override_settings
from django.urls import resolve
from rest_framework.test import APIClient

from catalog.enums import OfferState
from catalog.models import Change
from catalog.trust import record_status
from tests.catalog.builders import ACTOR, make_mark, make_offer

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entries(url: str) -> list[dict[str, str]]:
    answer = Client().get(url)
    assert answer["Content-Type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.content)
    return [
        {
            "title": entry.findtext(f"{ATOM}title") or "",
            "summary": entry.findtext(f"{ATOM}summary") or "",
            "id": entry.findtext(f"{ATOM}id") or "",
            "link": entry.find(f"{ATOM}link").get("href"),
            "kind": entry.find(f"{ATOM}category").get("term"),
        }
        for entry in root.iter(f"{ATOM}entry")
    ]


def test_the_page_leads_to_every_file_and_every_link_answers() -> None:
    make_mark(make_offer())
    page = Client().get("/donnees/")
    text = page.content.decode()
    assert "1 offre publique, 1 fait daté" in text.replace("\u00a0", " ")
    assert "Licence Ouverte 2.0 (Etalab)" in text
    links = {href for href in re.findall(r'href="(/[^"#]*)"', text) if "/static/" not in href}
    files = {
        one["url"] for d in APIClient().get("/api/v1/open-data/").json()["datasets"] for one in d["files"]
    }
    assert {f"http://localhost:8000{href}" for href in links} >= files
    for href in links:
        assert resolve(href.partition("?")[0]).url_name != "api-unknown", href


def test_the_footer_and_the_site_map_lead_to_it() -> None:
    assert '<a class="fr-footer__bottom-link" href="/donnees/">' in Client().get("/aide/").content.decode()
    assert (
        '<li><a href="/donnees/">Données ouvertes</a></li>' in Client().get("/plan-du-site/").content.decode()
    )


def test_a_listing_is_in_the_feed_of_new_offers() -> None:
    offer = make_offer(answers={"name": "Nuage <b> & Exemple"})
    make_offer(state=OfferState.DRAFT)
    (entry,) = entries("/offres/flux/nouvelles.atom")
    change = Change.objects.get(offer=offer, kind="listed")
    assert entry == {
        "title": "Nuage <b> & Exemple\u00a0: référencée",
        "summary": "",
        "id": f"urn:uuid:{change.uuid}",
        "link": f"http://testserver{offer.get_absolute_url()}",
        "kind": "listed",
    }


def test_a_status_lost_is_in_the_feed_with_its_origin_and_its_source() -> None:
    mark = make_mark(make_offer(answers={"name": "Nuage Exemple"}), scheme="hds", source="Registre d’essai")
    record_status(
        mark,
        status="suspended",
        actor=ACTOR,
        issuer="Organisme",
        act_reference="7",
        act_date=mark.created_at.date(),
    )
    last, first = entries("/offres/flux/statuts.atom")
    assert first["title"] == "Nuage Exemple\u00a0: HDS, en vigueur"
    assert (last["title"], last["summary"]) == (
        "Nuage Exemple\u00a0: HDS, suspendue",
        "Constaté au registre. Source\u00a0: Registre d’essai.",
    )


def test_the_name_of_a_removed_offer_is_no_longer_said() -> None:
    offer = make_offer(answers={"name": "Nom à taire"})
    offer.remove(actor=ACTOR, reason="Doublon.")
    (entry,) = entries("/offres/flux/statuts.atom")
    assert (entry["title"], entry["summary"]) == (
        f"Offre n°\u00a0{offer.number}\u00a0: supprimée",
        "Doublon.",
    )
    assert "Nom à taire" not in Client().get("/offres/flux/nouvelles.atom").content.decode()


@pytest.mark.parametrize("name", ["nouvelles", "statuts"])
def test_rss_says_what_atom_says(name: str) -> None:
    make_mark(make_offer(answers={"name": "Nuage <b> & Exemple"}))
    answer = Client().get(f"/offres/flux/{name}.rss")
    assert answer["Content-Type"].startswith("application/rss+xml")
    channel = ElementTree.fromstring(answer.content).find("channel")
    assert channel is not None and channel.findtext("description")
    said = [
        {
            "title": item.findtext("title") or "",
            "summary": item.findtext("description") or "",
            "id": item.findtext("guid") or "",
            "link": item.findtext("link") or "",
            "kind": item.findtext("category") or "",
        }
        for item in channel.iter("item")
    ]
    assert said == entries(f"/offres/flux/{name}.atom") != []


@pytest.mark.parametrize(
    "url",
    ["/offres/flux/nouvelles.atom", "/offres/flux/statuts.atom", "/offres/flux/statuts.rss"],
)
def test_more_entries_cost_no_more_queries(url: str, django_assert_max_num_queries: Any) -> None:
    for _ in range(4):
        make_mark(make_offer())
    with django_assert_max_num_queries(1):
        Client().get(url)


@pytest.mark.parametrize("url", ["/offres/", "/donnees/"])
def test_pages_name_the_feeds(url: str) -> None:
    text = Client().get(url).content.decode()
    assert text.count('<link rel="alternate" type="application/atom+xml"') == 2


def addresses(section: str) -> dict[str, str | None]:
    root = ElementTree.fromstring(Client().get(f"/sitemap-{section}.xml").content)
    return {url.findtext(f"{MAP}loc") or "": url.findtext(f"{MAP}lastmod") for url in root.iter(f"{MAP}url")}


def test_the_site_map_holds_what_the_public_reads_with_true_dates() -> None:
    offer = make_offer()
    for state in (OfferState.DRAFT, OfferState.WITHDRAWN, OfferState.REMOVED):
        make_offer(state=state)
    day = Change.objects.latest("pk").at.date().isoformat()
    assert addresses("offres") == {f"http://testserver{offer.get_absolute_url()}": day}
    assert addresses("fournisseurs") == {f"http://testserver{offer.supplier.get_absolute_url()}": day}
    pages = addresses("pages")
    assert {"http://testserver/", "http://testserver/offres/", "http://testserver/donnees/"} <= set(pages)
    assert set(pages.values()) == {None}
    index = Client().get("/sitemap.xml").content.decode()
    assert [part for part in ("pages", "offres", "fournisseurs") if f"/sitemap-{part}.xml" in index] == [
        "pages",
        "offres",
        "fournisseurs",
    ]


def test_every_page_of_the_site_map_answers() -> None:
    make_offer()
    for section in ("pages", "offres", "fournisseurs"):
        for url in addresses(section):
            assert Client().get(url).status_code == 200, url


def test_a_demonstration_is_closed_to_robots_and_the_service_is_not() -> None:
    assert Client().get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"
    with override_settings(DEMONSTRATION=False, SITE_URL="https://marche.example"):
        text = Client().get("/robots.txt").content.decode()
    assert "Disallow: /\n" not in text
    assert text.endswith("\nSitemap: https://marche.example/sitemap.xml\n")


def data_block(url: str) -> tuple[str, dict[str, Any]]:
    text = Client().get(url).content.decode()
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, flags=re.S)
    return found, json.loads(found)


def test_a_sheet_tells_search_engines_what_is_proven_and_published() -> None:
    offer = make_offer(price="4.20")
    make_mark(offer, scope="Stockage", decision_number="2026-000", issuer="ANSSI", valid_until="2099-01-01")
    make_mark(offer, scheme="hds", origin="declared")
    make_mark(offer, scheme="c5", status="expired")
    _, said = data_block(offer.get_absolute_url())
    assert (said["@type"], said["name"]) == ("Service", offer.name)
    assert [one["name"] for one in said["hasCertification"]] == ["SecNumCloud"]
    assert said["hasCertification"][0]["about"] == "Stockage"
    price = said["offers"][0]["priceSpecification"]
    assert (price["price"], price["valueAddedTaxIncluded"]) == ("4.200000", False)
    assert price["unitText"] == "par poste et par mois"


def test_a_hostile_name_cannot_leave_the_block() -> None:
    offer = make_offer(answers={"name": "</script><script>alert(1)</script>&amp;"})
    raw, said = data_block(offer.get_absolute_url())
    assert said["name"] == "</script><script>alert(1)</script>&amp;"
    assert not re.search("[<>&]", raw)
