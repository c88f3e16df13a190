"""« Un pair l’utilise »: agreeing to be contacted, writing, answering, declining, withdrawing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.accounts.models import Membership
from marketplace.errors import MoveRefused, RuleBroken, TooManyTries
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import datetime_text, plural
from procurement.models import PeerConsent, PeerMessage
from procurement.peers.abilities import consent_abilities, message_abilities, offer_peer_abilities
from procurement.voices.actions import refuse_public_sheet

if TYPE_CHECKING:
    from catalog.models import Offer
    from marketplace.accounts.actors import Actor

DAY = dt.timedelta(days=1)
GONE = "Cet accord a été retiré, ou la personne a changé de fonction. Votre message n’est pas envoyé."


def consent(offer: Offer, *, actor: Actor) -> PeerConsent:
    """In the name of who acts, for their administration.

    An open agreement of somebody who left or lost the role gives way. Raises NotAllowed, RuleBroken (a
    public sheet, a second agreement of the same administration).
    """
    require(offer_peer_abilities(actor, offer), "consent")
    refuse_public_sheet(offer, "Cette fiche publique n’est pas tenue par un fournisseur.")
    organisation, user = actor.organisation, actor.user
    assert organisation is not None and user is not None  # `consent` asks for a person of an administration
    try:
        with transaction.atomic():
            own = PeerConsent.objects.filter(offer=offer, organisation=organisation, state="open")
            for stale in own.exclude(PeerConsent.objects.in_reach()).select_for_update(of=("self",)):
                _close(stale, actor=actor, reason="La personne n’est plus joignable.")
            made = PeerConsent.objects.create(offer=offer, organisation=organisation, user=user)
            made.journal_creation(actor=actor)
    except IntegrityError as error:
        if "peer_consent_open_once" not in str(error):
            raise
        raise RuleBroken(
            "consented_already",
            "Votre administration a déjà un accord pour cette offre. Retirez-le pour en donner un autre.",
            field="offer",
        ) from error
    return made


def withdraw(given: PeerConsent, *, actor: Actor, expected_version: int | None = None) -> PeerConsent:
    """At any time. What waits for an answer is closed, and its author told."""
    require(consent_abilities(actor, given), "withdraw")
    with transaction.atomic():
        _close(given, actor=actor, expected_version=expected_version)
    return given


def _close(
    given: PeerConsent, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> None:
    given.withdraw(actor=actor, reason=reason, expected_version=expected_version)
    for message in given.messages.waiting().select_for_update(of=("self",)).select_related("user"):
        message.lapse(actor=actor)
        _tell_author(message, f"Sans suite : {given.offer.name}", "L’administration a retiré son accord.")


def write(given: PeerConsent, *, actor: Actor, text: str) -> PeerMessage:
    """Reaches the person by the service and by e-mail, with no address of the author in it.

    Raises NotAllowed, MoveRefused (withdrawn meanwhile), RuleBroken (one already waits), TooManyTries.
    """
    require(consent_abilities(actor, given), "write")
    member = actor.membership
    assert member is not None  # `write` asks for a person of an administration
    try:
        with transaction.atomic():
            # Two tabs of one person wait for one another: what they sent is counted under this lock.
            Membership.objects.select_for_update(of=("self",)).get(pk=member.pk)
            _refuse_too_many(member)
            # Locked before it is judged: an agreement withdrawn a moment ago must read as withdrawn.
            PeerConsent.objects.select_for_update().get(pk=given.pk)
            if not PeerConsent.objects.reachable().filter(pk=given.pk).exists():
                raise MoveRefused("peer_gone", GONE)
            made = PeerMessage.objects.create(
                consent=given, organisation=member.organisation, user=member.user, text=text
            )
            made.journal_creation(actor=actor)
            _tell_peer(made)
    except IntegrityError as error:
        if "peer_message_waiting_once" not in str(error):
            raise
        raise RuleBroken(
            "message_waits",
            "Un message de votre administration attend déjà la réponse de ce pair.",
            field="text",
        ) from error
    return made


def _refuse_too_many(member: Membership) -> None:
    most = settings.PEER_MESSAGES_A_DAY
    sent = PeerMessage.objects.filter(user=member.user_id, sent_at__gt=timezone.now() - DAY)
    times = list(sent.order_by("-sent_at").values_list("sent_at", flat=True)[:most])
    if len(times) >= most:
        at_most, until = plural(most, one="message", many="messages"), datetime_text(times[-1] + DAY)
        raise TooManyTries(
            "too_many_messages",
            f"{at_most} au plus en 24 heures. Réessayez après le {until}.",
            field="text",
        )


def answer(
    message: PeerMessage, *, actor: Actor, text: str, expected_version: int | None = None
) -> PeerMessage:
    """From then on, each of the two reads the other's name and address."""
    require(message_abilities(actor, message), "answer")
    with transaction.atomic():
        message.answer(actor=actor, text=text, expected_version=expected_version)
        _tell_author(message, f"Réponse d’un pair : {message.consent.offer.name}", text)
    return message


def decline(message: PeerMessage, *, actor: Actor, expected_version: int | None = None) -> PeerMessage:
    """No reason is asked; the agreement stays."""
    require(message_abilities(actor, message), "decline")
    with transaction.atomic():
        message.decline(actor=actor, expected_version=expected_version)
        _tell_author(
            message,
            f"Demande déclinée : {message.consent.offer.name}",
            f"{message.consent.organisation} ne donne pas suite à votre message.",
        )
    return message


def _tell_peer(message: PeerMessage) -> None:
    asked = message.consent
    notify(
        [asked.user],
        subject=f"Une administration vous écrit : {asked.offer.name}",
        body=f"{message.organisation} vous écrit au sujet d’une offre que vous utilisez :\n\n{message.text}",
        url=message.get_absolute_url(),
        organisation=asked.organisation,
    )


def _tell_author(message: PeerMessage, subject: str, body: str) -> None:
    """Somebody who left their administration is not told what its peers say."""
    here = Membership.objects.active().filter(organisation=message.organisation_id, user=message.user_id)
    notify(
        [member.user for member in here.select_related("user")],
        subject=subject,
        body=body,
        url=message.get_absolute_url(),
        organisation=message.organisation,
    )
