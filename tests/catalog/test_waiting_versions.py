"""Several versions of one offer wait; each is decided by itself; an edition starts again from an old one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from catalog.actions import reviews
from catalog.actions.authoring import save_answers, supplier_of
from catalog.actions.editions import restart_from
from catalog.hooks import _MATERIAL, register_material_change
from catalog.models import Offer, VersionReview
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.errors import MoveRefused, RuleBroken, VersionStale
from marketplace.notifications.models import Notification
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import add_price, make_offer
from tests.rest.builders import client_for_token, faults, problem_of
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_dossier() -> Iterator[None]:
    kept = list(_MATERIAL)
    _MATERIAL.clear()
    yield
    _MATERIAL[:] = kept


@pytest.fixture
def member() -> Membership:
    return make_member("supplier_manager")


@pytest.fixture
def offer(member: Membership) -> Offer:
    return make_offer(supplier=supplier_of(member.organisation), price="10")


def fresh(member: Membership) -> Actor:
    return Actor.of(Membership.objects.select_related("user", "organisation").get(pk=member.pk))


def again(offer: Offer) -> Offer:
    return Offer.objects.get(pk=offer.pk)


def propose(offer: Offer, member: Membership, **answers: Any) -> VersionReview:
    save_answers(again(offer), actor=fresh(member), answers=answers)
    return reviews.propose(again(offer), actor=fresh(member))


def read(review: VersionReview) -> VersionReview:
    return VersionReview.objects.with_versions().get(pk=review.pk)


def page_of(review: VersionReview) -> str:
    return f"/pilotage/moderation/{review.uuid}/"


def text(response: Any) -> str:
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def test_an_edit_made_meanwhile_stays_in_the_queue(offer: Offer, member: Membership) -> None:
    two = propose(offer, member, description="Deuxième.")
    three = propose(offer, member, website="https://trois.example/")
    reviews.accept(read(two), actor=actor_for("curator"))
    assert again(offer).live_version.number == 2
    assert VersionReview.objects.get(pk=three.pk).state == "pending"
    body = client_for_token(make_member("curator")).get(f"/api/v1/version-reviews/{three.uuid}/").json()
    assert (body["replaces"], [c["question"] for c in body["changes"]]) == (2, ["website"])
    reviews.accept(read(three), actor=actor_for("curator"))
    decided = read(three)
    assert (decided.replaces.number, decided.compared_with.number) == (2, 2)
    assert again(offer).live_version.number == 3


def test_the_newest_accepted_first_supersedes_and_tells(offer: Offer, member: Membership) -> None:
    two = propose(offer, member, description="Deuxième.")
    three = propose(offer, member, website="https://trois.example/")
    curator = make_member("curator")
    shown = text(client_for(curator).get(page_of(three)))
    assert "Attend aussi : version 2. Accepter la version 3 la remplace." in shown
    assert client_for(curator).post(page_of(three), {"move": "accept", "seen": "3"}).status_code == 302
    assert VersionReview.objects.get(pk=two.pk).state == "superseded"
    assert again(offer).live_version.answers["description"] == "Deuxième."
    told = Notification.objects.filter(user=member.user).latest("pk")
    assert "La version 2, qui attendait, est remplacée" in told.body
    with pytest.raises(MoveRefused):
        reviews.accept(read(two), actor=actor_for("curator"))
    page = text(client_for(curator).get(page_of(two)))
    assert "Remplacée par une version plus récente" in page and "Accepter cette version" not in page
    own = text(client_for(member).get(offer.get_absolute_url() + "historique/"))
    assert "Remplacée par une version plus récente" in own


def test_what_came_during_the_reading_is_told(offer: Offer, member: Membership) -> None:
    two = propose(offer, member, description="Deuxième.")
    curator = client_for(make_member("curator"))
    assert 'name="seen" value="2"' in curator.get(page_of(two)).content.decode()
    propose(offer, member, website="https://trois.example/")
    done = curator.post(page_of(two), {"move": "accept", "seen": "2"}, follow=True)
    assert "Une version 3 est arrivée pendant votre lecture." in text(done)
    assert "Vous acceptez la version 2 ; la 3 reste à modérer." in text(done)
    assert again(offer).live_version.number == 2


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 40, "\u0663"])
def test_a_forged_seen_changes_nothing(offer: Offer, member: Membership, seen: str) -> None:
    two = propose(offer, member, description="Deuxième.")
    curator = client_for(make_member("curator"))
    assert curator.post(page_of(two), {"move": "accept", "seen": seen}).status_code == 302
    assert again(offer).live_version.number == 2


def test_a_refused_one_leaves_the_next(offer: Offer, member: Membership) -> None:
    two, three = propose(offer, member, description="Deuxième."), propose(offer, member, description="Trois.")
    reviews.refuse(read(two), actor=actor_for("curator"), reason="Trop vague.")
    assert (read(two).state, read(three).state) == ("refused", "pending")
    assert again(offer).live_version.number == 1


def test_nothing_is_proposed_while_a_dossier_examines(offer: Offer, member: Membership) -> None:
    register_material_change(lambda version, actor: None)
    two = propose(offer, member, description="Deuxième.")
    three = propose(offer, member, storage_regions=["DE"])
    assert (read(two).state, read(three).state) == ("pending", "in_dossier")
    with pytest.raises(MoveRefused) as refused:
        propose(offer, member, description="Quatrième.")
    assert refused.value.code == "version_in_dossier"
    assert again(offer).draft_version.answers["description"] == "Quatrième."
    reviews.accept(read(three), actor=actor_for("decision_maker"))
    assert read(two).state == "superseded"


def test_a_change_become_important_is_not_accepted_by_a_curator(offer: Offer, member: Membership) -> None:
    two = propose(offer, member, storage_regions=["DE"])
    register_material_change(lambda version, actor: None)
    with pytest.raises(MoveRefused) as refused:
        reviews.accept(read(two), actor=actor_for("curator"))
    assert refused.value.code == "material_now"


def test_a_closed_offer_takes_no_version(offer: Offer, member: Membership) -> None:
    two = propose(offer, member, description="Deuxième.")
    again(offer).withdraw(actor=fresh(member), reason="Fin de l’essai.")
    with pytest.raises(MoveRefused) as refused:
        reviews.accept(read(two), actor=actor_for("curator"))
    assert refused.value.code == "offer_closed"


@pytest.mark.django_db(transaction=True)
def test_race_a_proposal_while_the_curator_accepts() -> None:
    member, curator = make_member("supplier_manager"), make_member("curator")
    offer = make_offer(supplier=supplier_of(member.organisation))
    two = propose(offer, member, description="Deuxième.")
    save_answers(again(offer), actor=fresh(member), answers={"website": "https://trois.example/"})
    outcomes = at_once(
        lambda: reviews.accept(read(two), actor=fresh(curator)).state,
        lambda: reviews.propose(again(offer), actor=fresh(member)).version_proposed.number,
    )
    assert outcomes == ["accepted", 3]
    assert again(offer).live_version.number == 2
    left = VersionReview.objects.get(version_proposed__number=3)
    assert (left.state, read(left).compared_with.number) == ("pending", 2)


@pytest.mark.django_db(transaction=True)
def test_race_two_curators_on_two_versions_never_wait_for_one_another() -> None:
    member, one, other = make_member("supplier_manager"), make_member("curator"), make_member("curator")
    offer = make_offer(supplier=supplier_of(member.organisation))
    two, three = propose(offer, member, description="Deuxième."), propose(offer, member, description="Trois.")
    outcomes = at_once(
        lambda: reviews.accept(read(two), actor=fresh(one)).state,
        lambda: reviews.accept(read(three), actor=fresh(other)).state,
    )
    assert outcomes in (["accepted", "accepted"], ["wrong_state", "accepted"])
    assert again(offer).live_version.number == 3
    assert read(two).state == ("accepted" if outcomes[0] == "accepted" else "superseded")


# -- an edition that starts from an older version


@pytest.fixture
def browser(member: Membership) -> Client:
    return client_for(member)


def changed_twice(offer: Offer, member: Membership) -> Offer:
    """Versions 1, 2 and 3, the last one online; version 2 has another price."""
    save_answers(again(offer), actor=fresh(member), answers={"description": "Deuxième."})
    draft = again(offer).draft_version
    add_price(draft, "12", plan="plus")
    reviews.accept(read(reviews.propose(again(offer), actor=fresh(member))), actor=actor_for("curator"))
    reviews.accept(read(propose(offer, member, description="Troisième.")), actor=actor_for("curator"))
    return again(offer)


def test_going_back_prepares_a_version_and_overwrites_nothing(
    offer: Offer, member: Membership, browser: Client
) -> None:
    offer = changed_twice(offer, member)
    save_answers(offer, actor=fresh(member), answers={"description": "En cours."})
    url = f"{offer.get_absolute_url()}versions/1/reprendre/"
    assert f'href="{url}"' in browser.get(f"{offer.get_absolute_url()}versions/1/").content.decode()
    shown = text(browser.get(url))
    assert "gardée telle quelle : version 4, non envoyée" in shown and "Troisième." in shown
    assert browser.post(url).status_code == 302
    offer = again(offer)
    draft = offer.draft_version
    assert (draft.number, draft.answers["description"]) == (5, "Un service fictif pour les essais.")
    assert [p.code for p in draft.plans.all()] == ["standard"]
    assert offer.versions.get(number=4).answers["description"] == "En cours."
    assert offer.live_version.number == 3
    # The same road: proposed, then accepted.
    review = reviews.propose(offer, actor=fresh(member))
    reviews.accept(read(review), actor=actor_for("curator"))
    assert again(offer).description == "Un service fictif pour les essais."
    assert browser.get(f"{offer.get_absolute_url()}versions/4/").status_code == 200
    assert Client().get(f"{offer.get_absolute_url()}versions/4/").status_code == 404
    assert Client().get(f"{offer.get_absolute_url()}versions/2/").status_code == 200


def test_the_one_online_and_the_one_in_edition_are_not_started_from(
    offer: Offer, member: Membership, browser: Client
) -> None:
    offer = changed_twice(offer, member)
    assert "reprendre/" not in browser.get(f"{offer.get_absolute_url()}versions/3/").content.decode()
    save_answers(offer, actor=fresh(member), answers={"description": "En cours."})
    for number in (4, 99):
        assert browser.get(f"{offer.get_absolute_url()}versions/{number}/reprendre/").status_code == 404
        with pytest.raises(RuleBroken):
            restart_from(again(offer), number=number, actor=fresh(member))
    draft = make_offer(state="draft", supplier=offer.supplier)
    with pytest.raises(MoveRefused):
        restart_from(draft, number=1, actor=fresh(member))


def test_who_may_go_back_by_api(offer: Offer, member: Membership) -> None:
    offer = changed_twice(offer, member)
    url = f"/api/v1/offers/{offer.uuid}/restart/"
    problem_of(client_for_token(None).post(url, {"number": 1}), 401)
    for other in (make_member("supplier_manager"), make_member("curator")):
        problem_of(client_for_token(other).post(url, {"number": 1}), 403)
    mine = client_for_token(member)
    assert faults(mine.post(url, {})) == {"number"}
    assert faults(mine.post(url, {"number": 99})) == {"number"}
    problem_of(mine.post(url, {"number": 1}, headers={"If-Match": '"1"'}), 412)
    made = mine.post(url, {"number": 1}, headers={"If-Match": f'"{offer.version}"'})
    assert made.status_code == 201, made.content
    assert made.json()["draft"]["number"] == 4
    with pytest.raises(VersionStale):
        restart_from(again(offer), number=1, actor=fresh(member), expected_version=offer.version)
