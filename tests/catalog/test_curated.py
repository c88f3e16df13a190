"""« Offres retenues »: the administrator writes, the members read, nobody else ever learns of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.collections import actions as collections
from catalog.curated import actions as curated
from catalog.models import CuratedOffer, Offer
from catalog.search.memory import rows
from catalog.search.memory.generation import build
from catalog.search.memory.keeper import keeper
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.audit.models import AuditEvent
from marketplace.errors import NotAllowed, RuleBroken
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import ACTOR, make_offer
from tests.catalog.test_pages import text

LIST = "/organisation/offres-retenues/"
Rows = list[CuratedOffer]
MARK = "Retenue par votre administration"


def in_list(
    admin: Membership, *offers: Offer, kind: str = "recommended", note: str = ""
) -> list[CuratedOffer]:
    return [curated.retain(offer, actor=Actor.of(admin), kind=kind, note=note) for offer in offers]


def colleague(admin: Membership, role: str = "requester") -> Client:
    return client_for(make_member(role, organisation=admin.organisation))


@pytest.mark.django_db
def test_only_the_administrator_of_an_administration_writes() -> None:
    offer, admin = make_offer(), make_member("organisation_admin")
    (row,) = in_list(admin, offer)
    for role in ("requester", "purchasing", "supplier_manager", "curator", "auditor"):
        with pytest.raises(NotAllowed):
            curated.retain(offer, actor=actor_for(role), kind="allowed")
    stranger = actor_for("organisation_admin")
    with pytest.raises(NotAllowed):
        curated.edit(row, actor=stranger, note="x")
    with pytest.raises(NotAllowed):
        curated.drop(row, actor=stranger)
    for refused, code in ((offer, "already_retained"), (make_offer(state="draft"), "offer_not_public")):
        with pytest.raises(RuleBroken) as said:
            in_list(admin, refused)
        assert (said.value.code, list(said.value.fields)) == (code, ["offer"])
    curated.edit(row, actor=Actor.of(admin), kind="allowed", note="Petits volumes.")
    curated.drop(row, actor=Actor.of(admin))
    acts = AuditEvent.objects.filter(object_type="catalog.curatedoffer").order_by("pk")
    assert list(acts.values_list("what", flat=True)) == ["retain", "edit", "drop"]
    assert {tuple(ids) for ids in acts.values_list("concerned_ids", flat=True)} == {(admin.organisation_id,)}


@pytest.mark.django_db
def test_the_list_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curated, "MOST_CURATED", 1)
    admin = make_member("organisation_admin")
    in_list(admin, make_offer())
    with pytest.raises(RuleBroken, match="1 offres au plus"):
        in_list(admin, make_offer())


@pytest.mark.django_db
def test_members_read_the_mark_on_cards_and_sheet_and_filter_by_it() -> None:
    offer, other = make_offer(answers={"name": "Facteur"}), make_offer(answers={"name": "Parloir"})
    admin = make_member("organisation_admin")
    in_list(admin, offer, note="Moins de 500 postes.")
    member = colleague(admin)
    page = text(member.get("/offres/"))
    assert page.count(f">{MARK}<") == 1
    assert "recommandée" in page
    assert 'id="n-retained">(1)' in page
    narrowed = text(member.get("/offres/?retained=1&model=saas"))
    assert ">Facteur</a>" in narrowed
    assert ">Parloir</a>" not in narrowed
    assert 'href="/offres/?model=saas"' in narrowed
    assert '<input type="hidden" name="retained" value="1">' in narrowed
    assert 'name="retained" value="1" checked' in narrowed
    assert "pas été comprise" not in narrowed
    assert "1 offre" in text(member.get("/offres/filtres/?retained=1"))
    nothing = text(member.get("/offres/?retained=1&model=iaas"))
    assert "Retenues par votre administration" in nothing
    sheet = text(member.get(offer.get_absolute_url()))
    assert MARK in sheet
    assert "Moins de 500 postes." in sheet
    assert MARK not in text(member.get(other.get_absolute_url()))


@pytest.mark.django_db
def test_the_mark_is_on_the_cards_of_a_supplier_and_of_a_collection_too() -> None:
    offer, admin, curator = make_offer(), make_member("organisation_admin"), actor_for("curator")
    in_list(admin, offer)
    named = collections.create(actor=curator, title="Nommée", intro="x", offers=[(offer, "Essai.")])
    live = collections.create(actor=curator, title="Vivante", intro="x", query="model=saas")
    shown = [collections.publish(each, actor=curator).get_absolute_url() for each in (named, live)]
    for address in (offer.supplier.get_absolute_url(), *shown):
        assert f">{MARK}<" in text(colleague(admin).get(address)), address
        assert MARK not in text(Client().get(address)), address


@pytest.mark.django_db
@pytest.mark.parametrize("who", [None, "organisation_admin", "supplier_manager", "curator", "auditor"])
def test_nobody_else_learns_of_it(who: str | None) -> None:
    """The administrator is another administration's; the auditor reads the list and no mark."""
    offer = make_offer(answers={"name": "Facteur"})
    make_offer(answers={"name": "Parloir"})
    admin = make_member("organisation_admin")
    (row,) = in_list(admin, offer, note="Moins de 500 postes.")
    reader = client_for(make_member(who) if who else None)
    before = text(colleague(admin).get("/offres/"))
    assert MARK in before
    for address in (
        "/offres/",
        "/offres/?retained=1",
        "/offres/filtres/?retained=1",
        offer.get_absolute_url(),
    ):
        page = text(reader.get(address))
        assert f">{MARK}" not in page, address
        assert "Moins de 500 postes." not in page
        assert 'id="n-retained">(1)' not in page
    if who != "organisation_admin":
        assert ">Parloir</a>" in text(reader.get("/offres/?retained=1"))
        assert "pas été comprise" in text(reader.get("/offres/?retained=1"))
    assert reader.get(f"{LIST}{row.uuid}/retirer/").status_code in (302, 403, 404)
    if who == "auditor":
        assert "Facteur" in text(reader.get(LIST))
    else:
        assert "Facteur" not in text(reader.get(LIST, follow=True))


@pytest.mark.django_db
def test_exports_hold_what_the_list_holds() -> None:
    offer = make_offer(answers={"name": "Facteur"})
    make_offer(answers={"name": "Parloir"})
    admin = make_member("organisation_admin")
    in_list(admin, offer)

    def lines(client: Client) -> int:
        answer: Any = client.get("/offres/resultats.csv?retained=1")
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return len(list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))) - 1

    assert lines(colleague(admin)) == 1
    assert lines(Client()) == 2


@pytest.mark.django_db
def test_the_administrator_keeps_the_list_by_the_pages() -> None:
    offer, admin = make_offer(answers={"name": "Facteur"}), make_member("organisation_admin")
    client, url = client_for(admin), offer.get_absolute_url()
    assert f'href="{url}retenir/"' in text(client.get(url))
    assert f'href="{LIST}"' in text(client.get("/organisation/"))
    wrong = client.post(f"{url}retenir/", {"kind": "aimée", "note": "Gardé"})
    assert wrong.status_code == 400
    assert "Gardé" in text(wrong)
    assert client.post(f"{url}retenir/", {"kind": "recommended", "note": ""}).status_code == 302
    assert client.post(f"{url}retenir/", {"kind": "allowed", "note": "Essai."}).status_code == 302
    row = CuratedOffer.objects.get()
    assert (row.kind, row.note, row.organisation) == ("allowed", "Essai.", admin.organisation)
    offer.withdraw(actor=ACTOR, reason="Essai.")
    page = text(colleague(admin).get(LIST))
    assert "Offre retirée le" in page
    assert "retirer/" not in page
    assert client.get(f"{LIST}{row.uuid}/retirer/").status_code == 200
    assert client.post(f"{LIST}{row.uuid}/retirer/").status_code == 302
    assert "Aucune offre n’est retenue." in text(client.get(LIST))


@pytest.fixture
def in_memory(settings: Settings) -> Iterator[None]:
    settings.SEARCH_IN_MEMORY = True
    keeper.generation = build(rows.everything(), day=timezone.localdate())
    yield
    keeper.generation = None


@pytest.mark.django_db(transaction=True)
def test_the_shared_index_answers_each_administration_its_own(in_memory: None) -> None:
    assert live_settings.SEARCH_IN_MEMORY
    first, second = make_offer(answers={"name": "Facteur"}), make_offer(answers={"name": "Parloir"})
    one, two = make_member("organisation_admin"), make_member("organisation_admin")
    in_list(one, first)
    in_list(two, second)
    for admin, name, absent in ((one, "Facteur", "Parloir"), (two, "Parloir", "Facteur")):
        page = text(colleague(admin).get("/offres/?retained=1"))
        assert f">{name}</a>" in page
        assert f">{absent}</a>" not in page
    whole = text(Client().get("/offres/"))
    assert MARK not in whole
    assert ">Facteur</a>" in whole
    first.suspend(actor=ACTOR, reason="Essai.")
    curated.drop(CuratedOffer.objects.get(offer=second), actor=Actor.of(two))
    assert ">Facteur</a>" in text(colleague(one).get("/offres/?retained=1"))
    assert ">Parloir</a>" not in text(colleague(two).get("/offres/?retained=1"))
