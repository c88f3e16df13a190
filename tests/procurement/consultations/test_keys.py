"""Who holds the key: three people, a secret each, a rehearsal, a replacement."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, RuleBroken
from procurement.consultations import keys, publishing
from procurement.consultations.rehearsing import rehearse
from procurement.consultations.sealing import ceremony
from procurement.consultations.sealing.box import SealBroken
from procurement.models import ConsultationKey, KeyHolder, KeyShare, ShareGift
from tests.builders import actor_for, make_user
from tests.procurement.consultation_builders import Room, make_deposit, make_supplier


def journalled(consultation, what):
    return AuditEvent.objects.filter(
        object_type="procurement.consultation", object_id=consultation.pk, what=what
    ).select_related("side")


def test_the_key_is_made_when_the_third_secret_is_taken(room):
    consultation = room.name(room.draft())
    for actor in room.holders[:2]:
        room.take(consultation, actor)
    assert not ConsultationKey.objects.exists()
    room.take(consultation, room.holders[2])
    key = ConsultationKey.objects.get()
    assert key.shares.count() == 3 and key.proved_at is None and consultation.state == "draft"
    assert journalled(consultation, "make_key").get().side.detail["fingerprint"] == key.fingerprint


def test_a_secret_may_be_taken_again_until_the_key_is_made_and_never_after(room):
    consultation = room.name(room.draft())
    first = room.take(consultation, room.holders[0])
    assert room.take(consultation, room.holders[0]) != first
    for actor in room.holders[1:]:
        room.take(consultation, actor)
    with pytest.raises(MoveRefused) as refused:
        room.take(consultation, room.holders[0])
    assert refused.value.code == "secret_taken"


def test_somebody_who_holds_nothing_takes_nothing(room):
    consultation = room.name(room.draft())
    with pytest.raises(MoveRefused):
        keys.take_secret(consultation, actor=room.purchasing)


@pytest.mark.parametrize("who", ["twice", "elsewhere", "two"])
def test_three_different_people_of_the_administration(room, who):
    people = {place: actor.user for place, actor in enumerate(room.holders, start=1)}
    if who == "twice":
        people[2] = people[1]
    elif who == "elsewhere":
        people[3] = make_user()
    else:
        del people[3]
    with pytest.raises(RuleBroken):
        keys.name_holders(room.draft(), actor=room.purchasing, people=people)


def test_the_database_too_wants_three_people(room):
    consultation = room.name(room.draft())
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyHolder.objects.create(
            consultation=consultation, position=3, role="opener", user=room.holders[0].user
        )


def test_three_rehearsals_prove_the_key_and_every_couple(room):
    consultation = room.keyed()
    for count, actor in enumerate(room.holders, start=1):
        done = rehearse(consultation, actor=actor, secret=room.secret(actor))
        assert (done.given, done.proved) == (count, count == 3)
    assert consultation.state == "keys_proved"
    assert ConsultationKey.objects.current().get().fingerprint
    # What the rehearsal left behind would be another way in.
    assert not ShareGift.objects.exists()


def test_the_rehearsal_never_hands_over_a_share_of_the_true_key(room):
    """The gifts of the rehearsal, opened with every secret of the room, give the rehearsal's key alone."""
    consultation = room.keyed()
    rehearse(consultation, actor=room.holders[0], secret=room.secret(room.holders[0]))
    key = ConsultationKey.objects.get()
    gift = ShareGift.objects.get(receiver__position=2)
    pair = keys.pair_of(gift.receiver.holder, room.secret(room.holders[1]))
    with pytest.raises(SealBroken):
        ceremony.receive(bytes(gift.sealed), holder=pair, key=key.fingerprint, giver=1, receiver=2)


@pytest.mark.parametrize(("typed", "code"), [("ABCD", "not_a_secret"), ("A" * 32, "wrong_secret")])
def test_a_wrong_secret_says_so(room, typed, code):
    consultation = room.keyed()
    with pytest.raises(RuleBroken) as refused:
        rehearse(consultation, actor=room.holders[0], secret=typed)
    assert refused.value.code == code and "secret" in refused.value.fields


def test_the_secret_of_another_holder_is_not_mine(room):
    consultation = room.keyed()
    with pytest.raises(RuleBroken) as refused:
        rehearse(consultation, actor=room.holders[0], secret=room.secret(room.holders[1]))
    assert refused.value.code == "wrong_secret"


def test_nobody_rehearses_twice(room):
    consultation = room.keyed()
    rehearse(consultation, actor=room.holders[0], secret=room.secret(room.holders[0]))
    with pytest.raises(MoveRefused):
        rehearse(consultation, actor=room.holders[0], secret=room.secret(room.holders[0]))


def test_a_share_that_was_altered_is_found_by_the_rehearsal(room):
    consultation = room.keyed()
    share = KeyShare.objects.get(position=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        KeyShare.objects.filter(pk=share.pk).update(wrapped=b"x" * 100)
    told = bytes(share.rehearsal_wrapped)
    KeyShare.objects.filter(pk=share.pk).update(rehearsal_wrapped=told[:-1] + bytes([told[-1] ^ 1]))
    with pytest.raises(MoveRefused) as refused:
        rehearse(consultation, actor=room.holders[0], secret=room.secret(room.holders[0]))
    assert refused.value.code == "key_broken"


def test_publication_asks_for_a_proved_key_and_fixes_its_fingerprint(room):
    with pytest.raises(MoveRefused):
        publishing.publish(room.keyed(), actor=room.purchasing)
    consultation = room.published()
    key = consultation.keys.current().get()
    assert journalled(consultation, "publish").get().side.detail == {"key_fingerprint": key.fingerprint}


def test_a_replaced_holder_makes_a_new_key_for_later_deposits_only(room):
    consultation = room.published()
    first = consultation.keys.current().get()
    _, one = make_supplier()
    before = make_deposit(consultation, one)
    newcomer = actor_for(Role.DNUM, organisation=room.organisation)
    keys.replace_holder(
        consultation, actor=room.purchasing, position=2, person=newcomer.user, reason="Départ."
    )
    assert make_deposit(consultation, one).key == first, "until the new key is proved the first one serves"
    room.take(consultation, newcomer)
    for actor in (room.holders[0], newcomer, room.holders[2]):
        rehearse(consultation, actor=actor, secret=room.secret(actor))
    second = consultation.keys.current().get()
    assert second.serial == 2 and second != first and consultation.state == "published"
    assert (before.key, make_deposit(consultation, one).key) == (first, second)
    assert journalled(consultation, "replace_holder").count() == 1
    assert journalled(consultation, "use_key").get().side.detail["fingerprint"] == second.fingerprint


def test_before_the_publication_a_replacement_asks_for_another_rehearsal(room):
    consultation = room.proved()
    person = actor_for(Role.DNUM, organisation=room.organisation)
    keys.replace_holder(consultation, actor=room.purchasing, position=3, person=person.user, reason="Départ.")
    assert consultation.state == "draft" and not consultation.keys.current().exists()


def test_a_lost_secret_is_replaced_by_another_one_of_the_same_person(room):
    consultation = room.keyed()
    lost = room.secret(room.holders[0])
    keys.replace_holder(
        consultation, actor=room.purchasing, position=1, person=room.holders[0].user, reason="Perdu."
    )
    room.take(consultation, room.holders[0])
    with pytest.raises(RuleBroken):
        rehearse(consultation, actor=room.holders[0], secret=lost)
    assert rehearse(consultation, actor=room.holders[0], secret=room.secret(room.holders[0])).given == 1


def test_nobody_is_replaced_after_the_deadline(room):
    consultation = room.closed()
    with pytest.raises(MoveRefused):
        keys.replace_holder(
            consultation,
            actor=room.purchasing,
            position=1,
            person=actor_for(Role.DNUM, organisation=room.organisation).user,
            reason="Départ.",
        )


def test_two_rooms_never_share_a_key(room):
    prints = [made.keys.get().fingerprint for made in (room.keyed(), Room(room.organisation).keyed())]
    assert len(set(prints)) == 2 and all(map(len, prints))
