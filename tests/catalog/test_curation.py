"""Claims on an independent proof; losses recorded in two pages, effects shown first."""

from __future__ import annotations

import pytest

from catalog.actions.claims import check_dns, dns_name_of, grant, open_claim, refuse
from catalog.enums import OfferState
from catalog.hooks import _EFFECTS, Effect, register_effects
from catalog.models import Offer, OfferClaim
from marketplace.accounts.actors import Actor
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.models import Notification
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import make_mark, make_offer

pytestmark = pytest.mark.django_db


def sheet() -> Offer:
    return make_offer(
        state=OfferState.UNCLAIMED,
        source_key="essai",
        answers={"name": "Nuage", "website": "https://www.nuage.example/a"},
    )


def test_a_dns_proof_then_a_grant_leaves_the_sheet_online() -> None:
    offer, member = sheet(), make_member("supplier_manager")
    actor = Actor.of(member)
    claim = open_claim(offer, actor=actor, proof="dns")
    assert dns_name_of(offer) == "nuage.example"
    curator = actor_for("curator")
    with pytest.raises(RuleBroken):
        grant(claim, actor=curator, reason="x")
    assert not check_dns(claim, actor=actor, resolver=lambda name: ["autre"])
    asked: list[str] = []

    def zone(name: str) -> list[str]:
        asked.append(name)
        return [claim.record_value]

    assert check_dns(claim, actor=actor, resolver=zone)
    assert asked == ["_place-de-marche.nuage.example"]
    grant(claim, actor=curator, reason="Preuve vue.")
    offer.refresh_from_db()
    assert (offer.state, offer.live_version.number, offer.draft_version.number) == ("draft", 1, 2)
    assert offer.supplier.organisation == member.organisation
    assert Offer.objects.public().filter(pk=offer.pk).exists()
    assert not offer.is_orderable
    assert Notification.objects.filter(user=member.user).exists()
    with pytest.raises(MoveRefused):
        open_claim(offer, actor=actor_for("supplier_manager"), proof="dns")


def test_rival_claims_freeze_and_the_refused_one_is_told() -> None:
    offer = sheet()
    first = open_claim(
        offer, actor=actor_for("supplier_manager"), proof="register_contact", register_contact="A"
    )
    second = open_claim(
        offer, actor=actor_for("supplier_manager"), proof="register_contact", register_contact="B"
    )
    first.refresh_from_db()
    assert (first.state, second.state) == ("contested", "contested")
    curator = actor_for("curator")
    with pytest.raises(MoveRefused, match="Refusez-la d’abord"):
        grant(second, actor=curator, reason="Contact joint.")
    first.refresh_from_db()
    offer.refresh_from_db()
    assert (first.state, offer.state) == ("contested", "unclaimed")
    refuse(first, actor=curator, reason="Contact inconnu.")
    assert Notification.objects.filter(user=first.claimed_by, body__contains="Contact inconnu.").exists()
    second.refresh_from_db()
    grant(second, actor=curator, reason="Contact joint.")
    assert second.state == "granted"


def test_a_rival_still_open_is_a_conflict_on_the_page() -> None:
    offer = sheet()
    for name in ("A", "B"):
        open_claim(
            offer, actor=actor_for("supplier_manager"), proof="register_contact", register_contact=name
        )
    claim = OfferClaim.objects.first()
    assert claim is not None
    page = f"/pilotage/revendications/{claim.uuid}/"
    answer = client_for(make_member("curator")).post(page, {"move": "grant", "reason": "x"})
    assert answer.status_code == 409


def test_claim_pages_by_person() -> None:
    offer, member = sheet(), make_member("supplier_manager")
    browser, url = client_for(member), offer.get_absolute_url() + "revendiquer/"
    assert client_for(make_member("supplier_editor")).get(url).status_code == 403
    assert client_for(make_member("requester")).get(url).status_code == 403
    assert browser.post(url, {"proof": "register_contact"}).status_code == 400
    assert browser.post(url, {"proof": "zzz"}).status_code == 400
    page = browser.post(
        url, {"proof": "register_contact", "register_contact": "Camille Exemple, gérante"}
    ).url
    claim = OfferClaim.objects.get()
    assert browser.get(url).url == page
    assert client_for(make_member("supplier_manager")).get(page).status_code == 404
    assert browser.post(page, {"move": "grant", "reason": "moi"}).status_code == 403
    curator = client_for(make_member("curator"))
    assert "Camille Exemple" in curator.get(page).content.decode()
    assert "Nuage" in curator.get("/pilotage/revendications/").content.decode()
    assert curator.post(page, {"move": "refuse", "reason": ""}).status_code == 400
    assert curator.post(page, {"move": "zzz"}).status_code == 403
    assert curator.post(page, {"move": "grant", "reason": "Personne jointe."}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == "granted"
    assert browser.get(offer.get_absolute_url() + "modifier/").status_code == 200


FACT = {
    "effective_at": "2026-11-02T09:00",
    "issuer": "ANSSI",
    "act_reference": "DEC-9",
    "act_date": "2026-11-01",
    "reason": "Essai.",
}


def test_a_loss_takes_two_pages_and_shows_its_effects() -> None:
    mark = make_mark(make_offer(answers={"name": "Nuage"}))
    url = f"/pilotage/qualifications/{mark.uuid}/suspendre/"
    curator = client_for(make_member("curator"))
    kept = dict(_EFFECTS)
    register_effects(
        "essai",
        lambda offers: [Effect("projet", "projets", (("PRJ-2026-0001", "/projets/x/"),), frozenset({1, 2}))],
    )
    try:
        assert curator.get(url).status_code == 200
        refused = curator.post(url, {**FACT, "act_reference": ""})
        assert refused.status_code == 400
        assert "signalement" in refused.content.decode()
        shown = curator.post(url, FACT)
        page = shown.content.decode()
        assert shown.status_code == 200
        assert "touche 1 offre et 1 projet. 2 personnes seront prévenues." in page
        assert "PRJ-2026-0001" in page
        mark.refresh_from_db()
        assert mark.status == "in_force"
        assert curator.post(url, {**FACT, "confirmed": "99"}).status_code == 200
        done = curator.post(url, {**FACT, "confirmed": str(mark.version)})
    finally:
        _EFFECTS.clear()
        _EFFECTS.update(kept)
    assert done.url == f"/pilotage/qualifications/{mark.uuid}/"
    mark.refresh_from_db()
    assert (mark.status, mark.facts.last().act_reference) == ("suspended", "DEC-9")
    assert curator.post(url, FACT).status_code == 409
    assert "DEC-9" in curator.get(done.url).content.decode()


def test_only_a_curator_records_and_a_report_changes_nothing() -> None:
    mark = make_mark(make_offer())
    base = f"/pilotage/qualifications/{mark.uuid}/"
    for role in ("auditor", "qualification_officer", "supplier_manager", "requester"):
        assert client_for(make_member(role)).get(f"{base}suspendre/").status_code == 403
    curator = client_for(make_member("curator"))
    assert curator.get(f"{base}zzz/").status_code == 404
    assert curator.post(f"{base}signaler/", {"text": "", "source": ""}).status_code == 400
    assert curator.post(f"{base}signaler/", {"text": "Entendu.", "source": "Presse"}).status_code == 302
    mark.refresh_from_db()
    assert (mark.status, mark.reports.count()) == ("in_force", 1)
    assert "Entendu." in curator.get(base).content.decode()


def test_the_offer_s_own_suspension_leaves_its_marks_alone() -> None:
    offer = make_offer()
    mark = make_mark(offer)
    curator = client_for(make_member("curator"))
    assert curator.post(offer.get_absolute_url() + "suspendre/", {"reason": ""}).status_code == 400
    assert curator.post(offer.get_absolute_url() + "suspendre/", {"reason": "Doute."}).status_code == 302
    offer.refresh_from_db()
    mark.refresh_from_db()
    assert (offer.state, offer.is_orderable, mark.status) == ("suspended", False, "in_force")
    assert "Doute." in curator.get(offer.get_absolute_url()).content.decode()
    assert curator.post(offer.get_absolute_url() + "suspendre/", {"reason": "x"}).status_code == 409
    assert curator.post(offer.get_absolute_url() + "lever/", {"reason": "Levé."}).status_code == 302
