"""Missing needs: likeness, joining once, merging, and two people at once."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import MissingNeed, NeedJoin
from catalog.needs import actions as needs
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken, VersionStale
from marketplace.notifications.models import Notification
from tests.builders import actor_for, make_member
from tests.catalog.builders import make_offer
from tests.support.racing import at_once

AT_ONCE = pytest.mark.django_db(transaction=True)


def said(title: str = "Signature de gros fichiers", **values: Any) -> MissingNeed:
    return needs.report(actor=values.pop("actor", None) or actor_for("requester"), title=title, **values)


def names(rows: Any) -> list[str]:
    return [need.title for need in rows]


@pytest.mark.django_db
def test_only_administrations_say_what_they_lack() -> None:
    for role in ("supplier_manager", "curator", "auditor", "approver"):
        with pytest.raises(NotAllowed):
            said(actor=actor_for(role))
    made = said()
    assert made.number.startswith("BES-") and made.organisations_count == 1
    assert AuditEvent.objects.filter(object_number=made.number, what="create").exists()


@pytest.mark.django_db
def test_suppliers_and_visitors_see_none() -> None:
    said()
    for role, seen in (("supplier_manager", 0), ("approver", 1), ("curator", 1), ("auditor", 1)):
        assert MissingNeed.objects.visible_to(actor_for(role)).count() == seen, role
    assert not MissingNeed.objects.visible_to(Actor()).exists()
    assert not MissingNeed.objects.visible_to(actor_for()).exists()  # a member without a role


@pytest.mark.django_db
def test_likeness_is_of_french_words_nearest_first() -> None:
    said("Messagerie instantanée chiffrée", description="Pour les agents en mission")
    said("Agenda partagé")
    said("Messageries des agents")
    assert names(needs.near_needs("Messagerie d’agents")) == [
        "Messageries des agents",
        "Messagerie instantanée chiffrée",
    ]
    assert names(needs.near_needs("messagerie")) != []
    # One word out of four in common is no likeness, stop words count for nothing.
    assert names(needs.near_needs("Signature électronique de marchés et messagerie")) == []
    assert names(needs.near_needs("le la de")) == [] == names(needs.near_needs(""))
    assert names(needs.near_needs("l'\\'; DROP -- messagerie & | ! (agents")) != []


@pytest.mark.django_db
def test_a_closed_need_is_not_proposed() -> None:
    need = said()
    needs.dismiss(need, actor=actor_for("curator"), reason="Doublon d’un service existant.")
    assert needs.near_needs(need.title) == []


@pytest.mark.django_db
def test_an_administration_counts_once() -> None:
    need, other = said(), actor_for("requester")
    colleague = actor_for("purchasing", organisation=other.organisation)
    for actor in (other, colleague, other):
        needs.join(MissingNeed.objects.get(pk=need.pk), actor=actor)
    assert NeedJoin.objects.filter(need=need).count() == 2
    assert AuditEvent.objects.filter(object_number=need.number, what="join").count() == 1


@pytest.mark.django_db
def test_an_administration_leaves_for_all_its_people_and_is_told_no_more() -> None:
    author, other = actor_for("requester"), actor_for("requester")
    need = said(actor=author)
    needs.join(need, actor=other)
    colleague = actor_for("purchasing", organisation=author.organisation)
    for _ in range(2):
        needs.leave(again(need), actor=colleague)
    assert [row.organisation for row in need.joins.all()] == [other.organisation]
    assert AuditEvent.objects.filter(object_number=need.number, what="leave_need").count() == 1
    needs.answer(again(need), actor=actor_for("curator"), reason="Bientôt.")
    assert [told.user for told in Notification.objects.all()] == [other.user]
    needs.leave(again(need), actor=other)
    needs.join(again(need), actor=author)
    needs.dismiss(again(need), actor=actor_for("curator"), reason="Couvert ailleurs.")
    with pytest.raises(MoveRefused, match="clos"):
        needs.leave(again(need), actor=author)


@pytest.mark.django_db
def test_those_who_joined_are_told_of_each_answer() -> None:
    author, other, curator = actor_for("requester"), actor_for("requester"), actor_for("curator")
    need = said(actor=author)
    needs.join(need, actor=other)
    needs.answer(need, actor=curator, reason="Une offre est en cours de référencement.")
    needs.cover(need, actor=curator, offer=make_offer(answers={"name": "Coffre"}), reason="Jusqu’à 2 Go.")
    needs.reopen(need, actor=curator, reason="Le plafond est trop bas.")
    needs.dismiss(need, actor=curator, reason="Hors du périmètre.")
    told = Notification.objects.order_by("pk").values_list("user_id", "subject")
    each = [
        f"Réponse au besoin {need.number}",
        f"Besoin {need.number} couvert",
        f"Besoin {need.number} rouvert",
        f"Besoin {need.number} écarté",
    ]
    for person in (author, other):
        assert person.user is not None
        assert [subject for pk, subject in told if pk == person.user.pk] == each
    assert {pk for pk, _ in told} == {author.user.pk, other.user.pk}
    need.refresh_from_db()
    assert need.covering_offer is None


@pytest.mark.django_db
def test_an_offer_nobody_can_read_covers_nothing() -> None:
    hidden = make_offer(state="withdrawn")
    with pytest.raises(RuleBroken) as refused:
        needs.cover(said(), actor=actor_for("curator"), offer=hidden)
    assert "offer" in refused.value.fields


@pytest.mark.django_db
def test_a_merge_moves_every_administration_once() -> None:
    both, curator = actor_for("requester"), actor_for("curator")
    kept, gone, older = said("Gros fichiers", actor=both), said(), said("Signature")
    needs.merge(older, actor=curator, into=gone)
    needs.join(gone, actor=both)
    needs.merge(gone, actor=curator, into=kept, reason="Même chose.")
    kept, gone, older = (MissingNeed.objects.get(pk=row.pk) for row in (kept, gone, older))
    assert (kept.joins.count(), gone.joins.count(), older.joins.count()) == (3, 0, 0)
    # The address of what was merged before follows to the one that stays.
    assert gone.merged_into_id == older.merged_into_id == kept.pk
    told = Notification.objects.filter(subject__contains=f"{gone.number} fusionné avec {kept.number}")
    assert told.count() == 3
    with pytest.raises(MoveRefused, match=kept.number):
        needs.join(gone, actor=actor_for("requester"))


@pytest.mark.django_db
def test_what_a_merge_refuses() -> None:
    need, closed, curator = said(), said("Autre"), actor_for("curator")
    needs.dismiss(closed, actor=curator, reason="Non.")
    for into in (need, closed):
        with pytest.raises(RuleBroken) as refused:
            needs.merge(need, actor=curator, into=into)
        assert "into" in refused.value.fields
    with pytest.raises(VersionStale):
        needs.merge(need, actor=curator, into=said("Encore"), expected_version=9)
    need.refresh_from_db()
    assert need.state == "open" and need.joins.count() == 1


def again(need: MissingNeed) -> MissingNeed:
    return MissingNeed.objects.get(pk=need.pk)


def fresh(member: Membership) -> Actor:
    return Actor.of(Membership.objects.select_related("user", "organisation").get(pk=member.pk))


@AT_ONCE
def test_two_colleagues_at_once_are_one_administration() -> None:
    need, first = said(), make_member("requester")
    second = make_member("dnum", organisation=first.organisation)
    outcomes = at_once(
        lambda: needs.join(again(need), actor=fresh(first)).state,
        lambda: needs.join(again(need), actor=fresh(second)).state,
    )
    assert outcomes == ["open", "open"]
    assert (need.joins.count(), again(need).version) == (2, 2)


@AT_ONCE
def test_two_opposite_merges_at_once_one_passes() -> None:
    one, two, curator = said(), said("Autre"), make_member("curator")
    outcomes = at_once(
        lambda: needs.merge(again(one), actor=fresh(curator), into=again(two)).state,
        lambda: needs.merge(again(two), actor=fresh(curator), into=again(one)).state,
    )
    assert outcomes.count("merged") == 1 and None not in outcomes
    kept = MissingNeed.objects.exclude(state="merged").get()
    assert kept.joins.count() == 2


@AT_ONCE
def test_a_join_while_it_is_merged_is_not_lost() -> None:
    one, two = said(), said("Autre")
    curator, other = make_member("curator"), make_member("requester")
    outcomes = at_once(
        lambda: needs.merge(again(one), actor=fresh(curator), into=again(two)).state,
        lambda: needs.join(again(one), actor=fresh(other)).state,
    )
    assert outcomes[0] == "merged"
    joined = NeedJoin.objects.filter(organisation=other.organisation)
    # Either moved with the others, or told to join the one that stays: never left on the closed one.
    assert [row.need_id for row in joined] == ([two.pk] if outcomes[1] == "open" else [])
    assert outcomes[1] in ("open", "merged", "need_merged")
