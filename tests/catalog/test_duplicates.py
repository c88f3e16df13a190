"""Offers that look like one another: what is compared, what is shown, what a curator concludes, races."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection, transaction

from catalog.duplicates import actions as duplicates
from catalog.duplicates.looking import alike, look, look_for_duplicates, to_look_at
from catalog.likeness import likeness
from catalog.models import DuplicatePair, Offer, OfferVersion
from catalog.reference.loader import load
from catalog.tasks import BEAT
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.audit.models import AuditEvent
from marketplace.notifications.models import Notification
from tests.builders import client_for, make_member, make_organisation
from tests.catalog.builders import make_offer, make_supplier
from tests.rest.builders import client_for_token, faults, problem_of
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db
MAIL = {
    "name": "Messagerie Boréale",
    "description": "Courriel, agendas et contacts hébergés en France pour les agents publics.",
    "website": "https://www.boreale.example/messagerie/",
}
TWIN = {
    "name": "Messagerie Boreale",
    "description": "Courriel, agendas et contacts, hébergés en France pour les agents.",
    "website": "http://boreale.example/messagerie",
}
OTHER = {"name": "Coffre Austral", "description": "Archivage à froid.", "website": "https://austral.example/"}


def fresh(member: Membership) -> Actor:
    return Actor.of(Membership.objects.get(pk=member.pk))


def pair_of(**twin: Any) -> DuplicatePair:
    make_offer(answers=MAIL)
    make_offer(answers=TWIN, **twin)
    look_for_duplicates()
    return DuplicatePair.objects.with_offers().get()


# -- the rule


@pytest.mark.parametrize(
    ("shares", "score", "likely"),
    [
        ({"name": 1.0, "description": 1.0, "same_website": True}, 100, True),
        ({"name": 1.0, "description": None, "same_website": None}, 100, True),
        ({"name": 1.0, "description": 0.4, "same_website": False}, 67, True),
        ({"name": 0.68, "description": 0.08, "same_website": True}, 55, False),
        ({"name": 0.3, "description": None, "same_website": True}, 45, False),
    ],
)
def test_what_is_unknown_is_not_counted(shares: dict[str, Any], score: int, likely: bool) -> None:
    found = likeness(**shares)
    assert (found.score, found.is_likely) == (score, likely)


def test_the_words_say_which_fields_and_how_much() -> None:
    assert likeness(name=0.92, description=0.7, same_website=False).sentence == (
        "nom 92\u00a0%, description 70\u00a0%, sites différents"
    )


def test_accents_and_the_form_of_an_address_do_not_hide_a_twin() -> None:
    first, twin = make_offer(answers=MAIL), make_offer(answers=TWIN)
    make_offer(answers=OTHER)
    (found,) = alike(first)
    assert found.offer == twin.pk
    assert found.likeness.parts["name"] == 100 and found.likeness.parts["website"] == 100
    assert 60 < found.likeness.parts["description"] < 100


def test_no_two_real_sheets_are_taken_for_one() -> None:
    load()
    assert Offer.objects.public().count() == 44
    assert look_for_duplicates() == 44
    assert not DuplicatePair.objects.exists() and not to_look_at().exists()


# -- found, found again, ended


def test_pairs_are_found_once_and_looked_at_again_when_a_version_changes() -> None:
    pair = pair_of()
    assert (pair.first.name, pair.second.name, pair.state) == (MAIL["name"], TWIN["name"], "open")
    assert look_for_duplicates() == 0 and DuplicatePair.objects.count() == 1
    second = pair.second
    version = OfferVersion.objects.create(offer=second, number=2, answers={**TWIN, **OTHER}).freeze()

    def apply(row: Offer) -> None:
        row.show_version(version)

    second.touch("version_online", actor=fresh(make_member("curator")), apply=apply)
    assert look_for_duplicates() == 1
    pair.refresh_from_db()
    assert pair.state == "lapsed"


def test_a_pair_ends_when_one_leaves_the_catalogue() -> None:
    pair = pair_of()
    pair.second.withdraw(actor=fresh(make_member("curator")), reason="Fin.")
    look_for_duplicates()
    pair.refresh_from_db()
    assert pair.state == "lapsed"
    look(pair.first)
    assert DuplicatePair.objects.get().state == "lapsed"


def test_a_draft_is_compared_with_nothing() -> None:
    make_offer(answers=MAIL)
    make_offer(answers=TWIN, state="draft")
    look_for_duplicates()
    assert not DuplicatePair.objects.exists()


def test_a_comparison_reads_the_indexes(django_assert_num_queries: Any) -> None:
    offer = make_offer(answers=MAIL)
    with django_assert_num_queries(1):
        alike(offer)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM catalog_offer WHERE name % 'Messagerie'")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "catalog_offer_name_trgm" in plan


# -- who, and what they conclude


def test_only_a_curator_concludes() -> None:
    pair = pair_of()
    page, api = pair.get_absolute_url(), f"/api/v1/duplicates/{pair.uuid}/"
    for role in (None, "requester", "supplier_manager", "decision_maker"):
        member = make_member(role) if role else None
        assert client_for(member).get(page).status_code in (302, 403)
        problem_of(client_for_token(member).get(api), 404 if member else 401)
    auditor = make_member("auditor")
    assert client_for(auditor).get(page).status_code == 200
    assert "Conclure" not in client_for(auditor).get(page).content.decode()
    assert client_for(auditor).post(page, {"move": "dismiss", "reason": "x"}).status_code == 403
    problem_of(client_for_token(auditor).post(f"{api}dismiss/", {"reason": "x"}), 403)
    pair.refresh_from_db()
    assert pair.state == "open"


def test_not_a_duplicate_is_remembered_with_its_reason() -> None:
    pair, curator = pair_of(), make_member("curator")
    browser, page = client_for(curator), pair.get_absolute_url()
    shown = browser.get(page).content.decode()
    assert "Ressemblance de" in shown and "même site" in shown and MAIL["description"] in shown
    empty = browser.post(page, {"move": "dismiss", "reason": ""})
    assert empty.status_code == 400 and "Répondez à «\u00a0Motif\u00a0»" in empty.content.decode()
    assert browser.post(page, {"move": "dismiss", "reason": "Deux gammes."}).status_code == 302
    pair.refresh_from_db()
    assert (pair.state, pair.reason, pair.decided_by) == ("dismissed", "Deux gammes.", curator.user)
    look(pair.first)
    assert DuplicatePair.objects.get().state == "dismissed"
    assert "Deux gammes." in browser.get(page).content.decode()
    assert browser.post(page, {"move": "confirm", "reason": "x"}).status_code == 409
    assert browser.post(page, {"move": "reopen", "reason": "À revoir."}).status_code == 302
    assert DuplicatePair.objects.get().state == "open"
    assert AuditEvent.objects.filter(what="dismiss", object_id=pair.pk).count() == 1


def test_the_supplier_is_asked_then_the_duplicate_is_withdrawn() -> None:
    manager, curator = make_member("supplier_manager"), make_member("curator")
    pair = pair_of(organisation=manager.organisation)
    browser, page = client_for(curator), pair.get_absolute_url()
    unsaid = browser.post(page, {"move": "ask", "reason": "Même service."})
    assert unsaid.status_code == 400 and "laquelle des deux" in unsaid.content.decode()
    assert "Même service." in unsaid.content.decode()
    said = {"move": "ask", "reason": "Même service.", "duplicate": str(pair.second.uuid)}
    assert browser.post(page, said).status_code == 302
    assert Notification.objects.filter(user=manager.user, subject__contains="doubler").count() == 1
    assert Offer.objects.get(pk=pair.second_id).state == "listed"
    assert browser.post(page, {**said, "move": "confirm"}).status_code == 302
    gone = client_for(None).get(pair.second.get_absolute_url())
    assert gone.status_code == 410
    assert f"Doublon de l’offre n° {pair.first.number}" in gone.content.decode()
    assert client_for(None).get(pair.first.get_absolute_url()).status_code == 200
    pair.refresh_from_db()
    assert (pair.state, pair.duplicate) == ("confirmed", pair.second)


def test_a_public_sheet_is_removed_and_nobody_is_asked_for_it() -> None:
    pair, api = pair_of(state="unclaimed"), client_for_token(make_member("curator"))
    url = f"/api/v1/duplicates/{pair.uuid}/"
    given = {"reason": "Même service.", "duplicate": str(pair.second.uuid)}
    assert faults(api.post(f"{url}ask/", given, format="json")) == {"duplicate"}
    done = api.post(f"{url}confirm/", given, format="json")
    assert done.status_code == 200 and done.json()["state"] == "confirmed"
    assert Offer.objects.get(pk=pair.second_id).state == "removed"
    problem_of(client_for_token(None).get(f"/api/v1/offers/{pair.second.uuid}/"), 410)


def test_the_api_says_what_the_page_says() -> None:
    pair, api = pair_of(), client_for_token(make_member("curator"))
    url = f"/api/v1/duplicates/{pair.uuid}/"
    (row,) = api.get("/api/v1/duplicates/?state=open").json()["results"]
    assert row == api.get(url).json()
    assert row["likeness"] == {
        "name": pair.parts["name"], "description": pair.parts["description"], "website": 100,
    }  # fmt: skip
    assert (row["score"], row["same_supplier"], row["duplicate"]) == (pair.score, False, None)
    assert api.get("/api/v1/duplicates/?same_supplier=true").json()["count"] == 0
    assert faults(api.get("/api/v1/duplicates/?state=perdu")) == {"state"}
    wrong = {"reason": "x", "duplicate": str(uuid.uuid4())}
    assert faults(api.post(f"{url}confirm/", wrong, format="json")) == {"duplicate"}
    assert faults(api.post(f"{url}dismiss/", {}, format="json")) == {"reason"}
    problem_of(api.post(f"{url}dismiss/", {"reason": "x"}, format="json", HTTP_IF_MATCH='"9"'), 412)
    done = api.post(f"{url}dismiss/", {"reason": "Deux gammes."}, format="json")
    assert (done.json()["state"], done.json()["reason"]) == ("dismissed", "Deux gammes.")


def test_a_real_sheet_is_not_withdrawn_in_a_demonstration(settings: Any) -> None:
    pair, api = pair_of(source_key="vraie-offre"), client_for_token(make_member("curator"))
    settings.DEMONSTRATION = True
    given = {"reason": "x", "duplicate": str(pair.second.uuid)}
    assert faults(api.post(f"/api/v1/duplicates/{pair.uuid}/confirm/", given, format="json")) == {"duplicate"}


# -- races, and what a list costs


@pytest.mark.django_db(transaction=True)
def test_race_two_curators_conclude_at_once() -> None:
    pair, one, other = pair_of(), make_member("curator"), make_member("curator")

    def again() -> DuplicatePair:
        return DuplicatePair.objects.with_offers().get(pk=pair.pk)

    outcomes = at_once(
        lambda: (
            duplicates.confirm(again(), actor=fresh(one), reason="Même.", duplicate=pair.first.uuid).state
        ),
        lambda: (
            duplicates.confirm(again(), actor=fresh(other), reason="Même.", duplicate=pair.second.uuid).state
        ),
    )
    assert "confirmed" in outcomes and len({*outcomes} & {"offer_closed", "wrong_state"}) == 1
    states = Offer.objects.filter(pk__in=(pair.first_id, pair.second_id)).values_list("state", flat=True)
    assert sorted(states) == ["listed", "withdrawn"]


@pytest.mark.django_db(transaction=True)
def test_race_two_workers_look_at_once() -> None:
    first, twin = make_offer(answers=MAIL), make_offer(answers=TWIN)
    outcomes = at_once(lambda: look(first), lambda: look(twin))
    assert outcomes == [True, True]
    assert DuplicatePair.objects.count() == 1 and not to_look_at().exists()


@pytest.mark.django_db(transaction=True)
def test_a_second_round_of_the_clock_waits_for_nobody() -> None:
    make_offer(answers=MAIL)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog.duplicates'))")
        assert at_once(look_for_duplicates) == [0]
    assert look_for_duplicates() == 1


def test_offers_named_alike_open_a_bounded_number_of_pairs(monkeypatch: Any) -> None:
    monkeypatch.setattr("catalog.duplicates.looking.PAIRS_AN_OFFER", 2)
    supplier = make_supplier(make_organisation(kind="supplier"))
    offers = [make_offer(answers=MAIL, supplier=supplier) for _ in range(5)]
    look(offers[0])
    assert DuplicatePair.objects.count() == 2
    look_for_duplicates()
    look(offers[0])
    assert set(DuplicatePair.objects.values_list("state", flat=True)) == {"open"}


def test_the_queue_costs_the_same_whatever_the_pairs(django_assert_max_num_queries: Any) -> None:
    supplier = make_supplier(make_organisation(kind="supplier"))
    pair_of(supplier=supplier)
    client, api = client_for(make_member("curator")), client_for_token(make_member("curator"))
    api.get("/api/v1/duplicates/")
    client.get("/pilotage/doublons/")
    counts = []
    for more in (0, 4):
        for _ in range(more):
            make_offer(answers=TWIN, supplier=supplier)
        look_for_duplicates()
        row = []
        for ask in (
            lambda: client.get("/pilotage/doublons/"),
            lambda: api.get("/api/v1/duplicates/"),
        ):
            with django_assert_max_num_queries(40) as seen:
                assert ask().status_code == 200
            row.append(len(seen))
        counts.append(row)
    assert counts[0] == counts[1] and DuplicatePair.objects.count() == 15
    same = client.get("/pilotage/doublons/?fournisseurs=meme")
    assert len(same.context["rows"]) == 10
    assert len(client.get("/pilotage/doublons/?fournisseurs=autre&etat=open").context["rows"]) == 5
    assert len(client.get("/pilotage/doublons/?etat=dismissed").context["rows"]) == 0
    assert client.get("/pilotage/doublons/?etat=%00&fournisseurs=x&page=zz").status_code == 200
    queues = {row["code"]: row for row in api.get("/api/v1/moderation-queues/").json()}
    assert queues["duplicates"]["count"] == 15
    assert "Doublons probables" in client.get("/bureau/").content.decode()
    assert "catalog.look_for_duplicates" in {entry["task"] for entry in BEAT.values()}
