"""« Un pair l’utilise »: who agrees, who is told what, one waiting message, the limit, withdrawing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import Error, transaction
from django.utils import timezone

from catalog.models import Offer
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership, RoleGrant
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken, TooManyTries
from marketplace.notifications.models import Notification, OutgoingEmail
from procurement.models import PeerConsent, PeerMessage
from procurement.models.peer import users_of
from procurement.peers import actions as peers
from tests.builders import actor_for, make_member
from tests.procurement.order_builders import Purchase, make_order, make_purchase
from tests.procurement.peer_builders import agreed, asked
from tests.procurement.voice_builders import used
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase() -> Purchase:
    return used()


def last_told(user: Any) -> str:
    return Notification.objects.filter(user=user).latest("pk").subject


def test_only_a_user_of_the_offer_with_a_role_that_speaks_agrees(purchase: Purchase) -> None:
    elsewhere = [actor_for(role) for role in ("requester", "supplier_manager", "curator", "auditor")]
    for actor in (*elsewhere, purchase.actor("finance"), purchase.actor("manager")):
        with pytest.raises(NotAllowed):
            peers.consent(purchase.offer, actor=actor)
    assert agreed(purchase).user == purchase.requester.user


@pytest.mark.parametrize("state", ["draft", "sent", "refused"])
def test_an_order_that_nobody_acknowledged_is_no_use(state: str) -> None:
    purchase = make_purchase()
    make_order(purchase, state=state)
    assert users_of(purchase.offer).count() == 0
    with pytest.raises(NotAllowed):
        agreed(purchase)


def test_never_on_a_public_sheet(purchase: Purchase) -> None:
    Offer.objects.filter(pk=purchase.offer.pk).update(state="unclaimed")
    purchase.offer.refresh_from_db()
    with pytest.raises(RuleBroken) as refused:
        agreed(purchase)
    assert refused.value.code == "public_sheet"


def test_one_open_agreement_for_an_administration_then_another_row(purchase: Purchase) -> None:
    first = agreed(purchase)
    with pytest.raises(RuleBroken) as refused:
        agreed(purchase)
    assert refused.value.code == "consented_already"
    peers.withdraw(first, actor=purchase.actor("requester"))
    assert first.state == "withdrawn" and first.withdrawn_at is not None
    second = agreed(purchase)
    assert list(PeerConsent.objects.reachable()) == [second]
    whats = AuditEvent.objects.filter(object_type="procurement.peerconsent").order_by("pk")
    assert list(whats.values_list("what", "to_state")) == [
        ("create", "open"),
        ("withdraw", "withdrawn"),
        ("create", "open"),
    ]


def test_who_sees_an_agreement(purchase: Purchase) -> None:
    given = agreed(purchase)
    seen = {
        "colleague": purchase.actor("finance"),
        "peer": actor_for("security_officer"),
        "auditor": actor_for("auditor"),
        "supplier": purchase.actor("manager"),
        "curator": actor_for("curator"),
        "no role": actor_for(),
    }

    def readers() -> set[str]:
        return {who for who, actor in seen.items() if PeerConsent.objects.visible_to(actor).exists()}

    assert readers() == {"colleague", "peer", "auditor"}
    peers.withdraw(given, actor=purchase.actor("requester"))
    assert readers() == {"colleague", "auditor"}


def test_who_withdraws(purchase: Purchase) -> None:
    given = agreed(purchase)
    for actor in (purchase.actor("finance"), actor_for("organisation_admin"), purchase.actor("manager")):
        with pytest.raises(NotAllowed):
            peers.withdraw(given, actor=actor)
    admin = actor_for("organisation_admin", organisation=purchase.buyer)
    assert peers.withdraw(given, actor=admin).state == "withdrawn"


def test_whoever_left_is_out_of_reach_and_gives_way(purchase: Purchase) -> None:
    given = agreed(purchase)
    message = asked(purchase, consent=given)
    RoleGrant.objects.filter(membership=purchase.requester).update(revoked_at=timezone.now())
    assert not PeerConsent.objects.reachable().exists()
    with pytest.raises(MoveRefused) as gone:
        peers.write(given, actor=actor_for("requester"), text="Essai")
    assert gone.value.code == "peer_gone"
    admin = actor_for("organisation_admin", organisation=purchase.buyer)
    taken_over = peers.consent(purchase.offer, actor=admin)
    assert list(PeerConsent.objects.reachable()) == [taken_over]
    message.refresh_from_db()
    assert message.state == "lapsed"


def test_a_message_reaches_the_person_and_shows_no_address(purchase: Purchase) -> None:
    given, author = agreed(purchase), make_member("requester")
    made = peers.write(given, actor=Actor.of(author), text="Combien de temps ?")
    told = Notification.objects.filter(user=purchase.requester.user).latest("pk")
    email = OutgoingEmail.objects.get(notification=told)
    assert "Combien de temps ?" in told.body and "Combien de temps ?" in email.body
    for text in (told.subject, told.body, email.subject, email.body):
        assert author.user.email not in text and "@essai.example" not in text
    assert not made.shows_addresses


def test_nobody_writes_to_their_own_nor_from_outside_the_public_sector(purchase: Purchase) -> None:
    given = agreed(purchase)
    for actor in (purchase.actor("finance"), purchase.actor("manager"), actor_for("curator"), actor_for()):
        with pytest.raises(NotAllowed):
            peers.write(given, actor=actor, text="Essai")


def test_one_message_waits_at_a_time(purchase: Purchase) -> None:
    given, author = agreed(purchase), actor_for("requester")
    first = peers.write(given, actor=author, text="Un")
    with pytest.raises(RuleBroken) as refused:
        peers.write(given, actor=author, text="Deux")
    assert refused.value.code == "message_waits" and "text" in refused.value.fields
    peers.decline(first, actor=purchase.actor("requester"))
    assert peers.write(given, actor=author, text="Deux").state == "sent"


def test_so_many_in_a_day(purchase: Purchase, settings: Any) -> None:
    settings.PEER_MESSAGES_A_DAY = 2
    given, author = agreed(purchase), actor_for("requester")
    for text in ("Un", "Deux"):
        peers.decline(peers.write(given, actor=author, text=text), actor=purchase.actor("requester"))
    with pytest.raises(TooManyTries) as refused:
        peers.write(given, actor=author, text="Trois")
    assert "2 messages au plus" in refused.value.message.replace("\u00a0", " ")
    PeerMessage.objects.filter(text="Un").update(sent_at=timezone.now() - dt.timedelta(hours=25))
    assert peers.write(given, actor=author, text="Trois").state == "sent"


def test_answering_declining_and_who_may(purchase: Purchase) -> None:
    message = asked(purchase)
    for actor in (purchase.actor("finance"), actor_for("requester"), actor_for("auditor")):
        with pytest.raises(NotAllowed):
            peers.answer(message, actor=actor, text="Essai")
        with pytest.raises(NotAllowed):
            peers.decline(message, actor=actor)
    peers.answer(message, actor=purchase.actor("requester"), text="Trois semaines.")
    assert message.shows_addresses and message.answer_text == "Trois semaines."
    assert last_told(message.user) == f"Réponse d’un pair : {purchase.offer.name}"
    with pytest.raises(MoveRefused):
        peers.decline(message, actor=purchase.actor("requester"))


def test_withdrawing_closes_what_waits_and_keeps_what_was_answered(purchase: Purchase) -> None:
    given = agreed(purchase)
    answered, waiting = asked(purchase, consent=given), asked(purchase, consent=given)
    peers.answer(answered, actor=purchase.actor("requester"), text="Trois semaines.")
    peers.withdraw(given, actor=purchase.actor("requester"))
    answered.refresh_from_db()
    waiting.refresh_from_db()
    assert (answered.state, waiting.state) == ("answered", "lapsed")
    assert last_told(waiting.user) == f"Sans suite : {purchase.offer.name}"
    with pytest.raises(MoveRefused):
        asked(purchase, consent=given)


def test_messages_are_between_two_people(purchase: Purchase) -> None:
    message = asked(purchase)
    colleague = actor_for("requester", organisation=message.organisation)
    for actor in (purchase.actor("finance"), colleague, actor_for("curator"), purchase.actor("manager")):
        assert not PeerMessage.objects.visible_to(actor).exists()
    for actor in (purchase.actor("requester"), actor_for("auditor")):
        assert PeerMessage.objects.visible_to(actor).get() == message
    Membership.objects.filter(user=message.user).update(ended_at=timezone.now())
    peers.answer(message, actor=purchase.actor("requester"), text="Trop tard.")
    assert not Notification.objects.filter(user=message.user).exists()


def test_the_database_says_it_too(purchase: Purchase) -> None:
    message = asked(purchase)
    with pytest.raises(Error), transaction.atomic():
        PeerMessage.objects.filter(pk=message.pk).update(state="answered")
    with pytest.raises(Error), transaction.atomic():
        PeerConsent.objects.update(state="withdrawn")


@pytest.mark.django_db(transaction=True)
def test_a_message_and_a_withdrawal_at_once_leave_nothing_waiting() -> None:
    purchase = used()
    given, author = agreed(purchase), actor_for("requester")
    at_once(
        lambda: peers.write(given, actor=author, text="Essai"),
        lambda: peers.withdraw(PeerConsent.objects.get(pk=given.pk), actor=purchase.actor("requester")),
    )
    given.refresh_from_db()
    assert given.state == "withdrawn"
    assert not PeerMessage.objects.waiting().exists()


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_agree_at_once() -> None:
    purchase = used()
    colleague = actor_for("purchasing", organisation=purchase.buyer)
    outcomes = at_once(
        lambda: agreed(purchase).state, lambda: peers.consent(purchase.offer, actor=colleague).state
    )
    assert sorted(outcomes) == ["consented_already", "open"]
