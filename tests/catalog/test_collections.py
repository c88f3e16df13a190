"""« Sélections »: who writes them, what the public reads and when, what falls out and since when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.collections import actions as collections
from catalog.models import Collection, Offer
from catalog.trust import record_status
from marketplace.errors import Gone, MoveRefused, NotAllowed, RuleBroken, VersionStale
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import ACTOR, make_mark, make_offer
from tests.catalog.test_pages import text

pytestmark = pytest.mark.django_db
LIST = "/selections/"
TODAY = timezone.localdate


def made(*offers: Offer, publish: bool = True, **values: Any) -> Collection:
    curator = actor_for("curator")
    values.setdefault("title", "Écrire et se réunir")
    found = collections.create(
        actor=curator,
        intro="Pour une équipe.",
        offers=[(offer, f"Pour {offer.name}") for offer in offers],
        **values,
    )
    return collections.publish(found, actor=curator) if publish else found


def test_only_a_curator_writes() -> None:
    collection = made(make_offer())
    for role in ("requester", "supplier_manager", "decision_maker", "auditor", "organisation_admin"):
        actor = actor_for(role)
        with pytest.raises(NotAllowed):
            collections.create(actor=actor, title="x", intro="x")
        for act in (collections.edit, collections.archive):
            with pytest.raises(NotAllowed):
                act(collection, actor=actor)


def test_the_public_reads_it_from_its_first_day_to_its_last(client: Client) -> None:
    offer, today = make_offer(answers={"name": "Facteur"}), TODAY()
    draft = made(offer, publish=False, title="Brouillon")
    later = made(offer, title="Demain", starts_on=today + dt.timedelta(1))
    over = made(offer, title="Hier", starts_on=today - dt.timedelta(9), ends_on=today - dt.timedelta(1))
    last_day = made(offer, title="Dernier jour", ends_on=today)
    assert draft.slug == "brouillon"
    page = text(client.get(LIST))
    assert [title in page for title in ("Brouillon", "Demain", "Hier", "Dernier jour")] == [
        False, False, False, True,
    ]  # fmt: skip
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(later.get_absolute_url()).status_code == 404
    gone = client.get(over.get_absolute_url())
    assert gone.status_code == 410
    assert "Sélection terminée le" in text(gone)
    shown = text(client.get(last_day.get_absolute_url()))
    assert "Pour Facteur" in shown
    assert "Modifier" not in shown
    curator = client_for(make_member("curator"))
    assert all(title in text(curator.get(LIST)) for title in ("Brouillon", "Demain", "Hier"))
    assert curator.get(draft.get_absolute_url()).status_code == 200


def test_archived_it_answers_410_and_may_be_taken_up_again() -> None:
    collection, curator = made(make_offer()), actor_for("curator")
    collections.archive(collection, actor=curator)
    with pytest.raises(Gone):
        collection.raise_if_gone()
    with pytest.raises(MoveRefused):
        collections.edit(collection, actor=curator, title="Autre")
    assert Client().get(collection.get_absolute_url()).status_code == 410
    collections.reopen(collection, actor=curator)
    assert Client().get(collection.get_absolute_url()).status_code == 404
    collections.publish(collection, actor=curator)
    assert Client().get(collection.get_absolute_url()).status_code == 200


def test_offers_stand_in_their_order_each_with_its_reason(client: Client) -> None:
    one, two = make_offer(answers={"name": "Une"}), make_offer(answers={"name": "Deux"})
    collection = made(two, one)
    page = text(client.get(collection.get_absolute_url()))
    assert page.index("Pour Deux") < page.index("Pour Une")
    added_on = collection.entries.get(offer=one).added_on
    collections.edit(collection, actor=actor_for("curator"), offers=[(one, "Mieux"), (two, "Aussi")])
    page = text(client.get(collection.get_absolute_url()))
    assert page.index("Mieux") < page.index("Aussi")
    assert collection.entries.get(offer=one).added_on == added_on


def test_an_offer_that_lost_its_listing_or_a_status_drops_with_the_day(client: Client) -> None:
    kept, gone, removed, lost = (
        make_offer(answers={"name": name}) for name in ("Reste", "Part", "Efface", "Perd")
    )
    mark = make_mark(lost, valid_until=TODAY() + dt.timedelta(90))
    collection = made(kept, gone, removed, lost)
    gone.suspend(actor=ACTOR, reason="Essai.")
    removed.remove(actor=ACTOR, reason="Essai.")
    when = timezone.now() - dt.timedelta(days=3)
    record_status(
        mark,
        actor=actor_for("curator"),
        status="suspended",
        effective_at=when,
        origin="register",
        issuer="ANSSI",
        act_reference="Décision 1",
        act_date=when.date(),
        source="Registre",
        reason="Essai.",
    )
    page = text(client.get(collection.get_absolute_url()))
    assert "1 offre" in page
    assert "3 ne sont plus disponibles" in page
    assert page.index("Pour Reste") < page.index("ne sont plus disponibles")
    assert "Pour Perd" not in page
    assert "Référencement suspendu" in page
    assert "SecNumCloud : suspendue" in page
    assert timezone.localdate(when).strftime("%d/%m/%Y") in page
    assert "Efface" not in page
    assert f"Offre n° {removed.number}" in page


def test_the_clock_alone_takes_an_offer_out(client: Client) -> None:
    offer = make_offer()
    make_mark(offer, scheme="hds", valid_until=TODAY() - dt.timedelta(1))
    collection = made(offer)
    assert "ne sont plus" not in text(client.get(collection.get_absolute_url()))
    collection.entries.update(held=["hds"])
    page = text(client.get(collection.get_absolute_url()))
    assert "HDS : expirée" in page
    assert TODAY().strftime("%d/%m/%Y") in page


def test_a_collection_may_follow_a_search(client: Client) -> None:
    collection = made(query="?q=&model=saas&page=3&projet=PRJ-1")
    assert collection.query == "q=&model=saas"
    make_offer(answers={"name": "Logicielle"})
    make_offer(answers={"name": "Machine", "service_models": ["iaas"]})
    page = text(client.get(collection.get_absolute_url()))
    assert "Logicielle" in page
    assert "Machine" not in page
    assert 'href="/offres/?q=&amp;model=saas"' in page
    make_offer(answers={"name": "Nouvelle venue"})
    assert "Nouvelle venue" in text(client.get(collection.get_absolute_url()))


def test_what_is_refused() -> None:
    curator, offer = actor_for("curator"), make_offer()
    empty, both = made(publish=False), made(offer, publish=False, query="model=saas")
    hidden = make_offer(state="draft")
    fallen = made(offer, publish=False)
    for act, code in (
        (lambda: collections.publish(empty, actor=curator), "collection_empty"),
        (lambda: collections.publish(both, actor=curator), "collection_both"),
        (lambda: collections.edit(empty, actor=curator, offers=[(offer, "a"), (offer, "b")]), "offer_twice"),
        (lambda: collections.edit(empty, actor=curator, offers=[(hidden, "a")]), "offer_not_public"),
        (lambda: collections.edit(empty, actor=curator, query="q=" + "x" * 3000), "query_too_long"),
        (
            lambda: collections.edit(
                empty, actor=curator, starts_on=dt.date(2027, 3, 2), ends_on=dt.date(2027, 3, 1)
            ),
            "days_reversed",
        ),
        (lambda: collections.edit(made(offer), actor=curator, offers=[]), "collection_empty"),
    ):
        with pytest.raises(RuleBroken) as refused:
            act()
        assert refused.value.code == code
    offer.suspend(actor=ACTOR, reason="Essai.")
    with pytest.raises(RuleBroken, match="Ne sont plus disponibles"):
        collections.publish(fallen, actor=curator)
    fallen.refresh_from_db()
    assert fallen.state == "draft"
    with pytest.raises(VersionStale):
        collections.edit(empty, actor=curator, title="x", expected_version=9)


def test_a_curator_goes_from_nothing_to_public_by_the_pages() -> None:
    client = client_for(make_member("curator"))
    offer = make_offer(answers={"name": "Facteur"})
    fresh = {"title": "Nouvelle", "intro": "Essai.", "query": "", "starts_on": "", "ends_on": ""}
    started = client.post(f"{LIST}nouvelle/", fresh)
    collection = Collection.objects.get()
    assert (started.status_code, collection.slug) == (302, "nouvelle-2")
    url = collection.get_absolute_url()
    wrong = client.post(f"{url}offres/", {"add": "999999", "add_why": "", "version": "1"})
    assert wrong.status_code == 400
    assert "Aucune offre en ligne ne porte ce numéro" in text(wrong)
    assert client.post(f"{url}offres/", {"add": str(offer.number), "add_why": ""}).status_code == 400
    added = client.post(f"{url}offres/", {"add": str(offer.number), "add_why": "Simple", "version": "1"})
    assert added.status_code == 302
    entry = collection.entries.get()
    assert "Rang de « Facteur »" in text(client.get(f"{url}offres/"))
    kept = {f"rank-{entry.pk}": "1", f"why-{entry.pk}": "Très simple", "add": "", "add_why": ""}
    assert client.post(f"{url}offres/", {**kept, "version": "1"}).status_code == 412
    assert client.post(f"{url}offres/", {**kept, "version": "2"}).status_code == 302
    assert client.get(f"{url}publier/").status_code == 200
    assert client.post(f"{url}publier/", {"version": "3"}).status_code == 302
    assert "Très simple" in text(Client().get(url))
    assert "Nouvelle" in text(Client().get("/"))
    emptied = client.post(f"{url}offres/", {**kept, f"drop-{entry.pk}": "on", "version": "4"})
    assert emptied.status_code == 400
    assert "Cette sélection est vide" in text(emptied)
    assert client.post(f"{url}publier/", {}).status_code == 409
    assert client.get(f"{url}effacer/").status_code == 404


def test_the_feed_and_the_sitemap_hold_those_on_show(client: Client) -> None:
    shown, draft = made(make_offer()), made(make_offer(), publish=False, title="Brouillon")
    for address in (f"{LIST}flux.atom", "/sitemap-selections.xml"):
        body = client.get(address).content.decode()
        assert shown.get_absolute_url() in body
        assert draft.get_absolute_url() not in body
