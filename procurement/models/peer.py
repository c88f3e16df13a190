"""« Un pair l’utilise »: who agreed to speak of an offer, and what other administrations asked."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import OrganisationState, Role
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.workflow import Stateful, state_constraint
from procurement.enums_orders import OrderState
from procurement.peers import states as states_peers
from procurement.peers.enums import MOST_TEXT, PEER_ROLES, PeerConsentState, PeerMessageState

if TYPE_CHECKING:
    from catalog.models import Offer
    from marketplace.accounts.actors import Actor


def users_of(offer: Offer) -> models.QuerySet[Organisation]:
    """Administrations with a contract or an acknowledged order on it, ended ones too."""
    contracts = offer.contracts.values("buyer_id")
    orders = offer.orders.filter(state=OrderState.ACKNOWLEDGED).values("buyer_id")
    return Organisation.objects.filter(Q(pk__in=contracts) | Q(pk__in=orders))


class PeerConsentQuerySet(models.QuerySet["PeerConsent"]):
    def visible_to(self, actor: Actor) -> Self:
        """Administrations: those in reach, and every one of their own. The auditor: all. Others: none."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.is_buyer or not actor.roles:
            return self.none()
        return self.filter(self.in_reach() | Q(organisation=actor.organisation))

    @staticmethod
    def in_reach() -> Q:
        """Open, and whoever agreed is still there with a role that speaks, in a verified organisation."""
        there = Membership.objects.holding(*PEER_ROLES).filter(
            user=models.OuterRef("user"), organisation=models.OuterRef("organisation")
        )
        verified = Q(organisation__state=OrganisationState.VERIFIED)
        return Q(models.Exists(there)) & Q(state=PeerConsentState.OPEN) & verified

    def reachable(self) -> Self:
        return self.filter(self.in_reach())

    def with_reach(self) -> Self:
        """`has_reach`: whether a message would reach somebody."""
        reach = models.ExpressionWrapper(self.in_reach(), output_field=models.BooleanField())
        return self.annotate(has_reach=reach)

    def for_pages(self) -> Self:
        return self.select_related("organisation", "user", "offer__supplier")


class PeerConsent(Stateful):
    """One person agrees, for their administration, to be asked about an offer that it ordered.

    One open at a time for an administration and an offer; a withdrawn one stays, and a new one is another
    row. Never read by search, order, filters or eligibility.
    """

    MOVES = states_peers.PEER_CONSENT

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=PeerConsentState, default=PeerConsentState.OPEN, db_index=True
    )
    offer = models.ForeignKey("catalog.Offer", models.PROTECT, related_name="peer_consents")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    consented_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = PeerConsentQuerySet.as_manager()

    class Meta:
        ordering = ("consented_at", "pk")
        verbose_name = "accord de mise en relation"
        constraints = (
            state_constraint("peer_consent_state", PeerConsentState.values),
            models.UniqueConstraint(
                fields=("organisation", "offer"),
                condition=Q(state=PeerConsentState.OPEN),
                name="peer_consent_open_once",
                violation_error_message="Votre administration a déjà donné son accord pour cette offre.",
            ),
            models.CheckConstraint(
                name="peer_consent_withdrawn_when",
                condition=Q(state=PeerConsentState.OPEN, withdrawn_at__isnull=True)
                | Q(state=PeerConsentState.WITHDRAWN, withdrawn_at__isnull=False),
                violation_error_message="Un accord retiré porte sa date.",
            ),
        )

    def __str__(self) -> str:
        return f"Accord de {self.organisation} pour {self.offer}"

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    def withdraw(self, *, actor: Actor, reason: str = "", expected_version: int | None = None) -> Self:
        def apply(row: Self) -> None:
            row.withdrawn_at = timezone.now()

        return self.perform(
            "withdraw", actor=actor, reason=reason, expected_version=expected_version, apply=apply
        )


class PeerMessageQuerySet(models.QuerySet["PeerMessage"]):
    def visible_to(self, actor: Actor) -> Self:
        """The two people who write to one another, each for their own organisation; the auditor."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.user is None or actor.organisation is None:
            return self.none()
        sent = Q(user=actor.user, organisation=actor.organisation)
        received = Q(consent__user=actor.user, consent__organisation=actor.organisation)
        return self.filter(sent | received)

    def waiting(self) -> Self:
        return self.filter(state=PeerMessageState.SENT)

    def for_pages(self) -> Self:
        return self.select_related(
            "organisation", "user", "consent__organisation", "consent__user", "consent__offer"
        )


class PeerMessage(Stateful):
    """What an administration asks of a peer, and the one answer. Nobody's address is shown before it."""

    MOVES = states_peers.PEER_MESSAGE

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=PeerMessageState, default=PeerMessageState.SENT, db_index=True
    )
    consent = models.ForeignKey(PeerConsent, models.PROTECT, related_name="messages")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField("message", max_length=MOST_TEXT)
    sent_at = models.DateTimeField(default=timezone.now)
    answer_text = models.TextField("réponse", max_length=MOST_TEXT, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = PeerMessageQuerySet.as_manager()

    class Meta:
        ordering = ("-sent_at", "-pk")
        verbose_name = "message entre pairs"
        constraints = (
            state_constraint("peer_message_state", PeerMessageState.values),
            models.UniqueConstraint(
                fields=("consent", "organisation"),
                condition=Q(state=PeerMessageState.SENT),
                name="peer_message_waiting_once",
                violation_error_message="Un message de votre administration attend déjà une réponse.",
            ),
            models.CheckConstraint(
                name="peer_message_answered_what",
                condition=~Q(state=PeerMessageState.ANSWERED)
                | (~Q(answer_text="") & Q(answered_at__isnull=False)),
                violation_error_message="Une réponse porte un texte et sa date.",
            ),
        )
        indexes = (models.Index(fields=("user", "sent_at"), name="peer_message_sent_by"),)

    def __str__(self) -> str:
        return f"Message : {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:peer_message", args=[self.uuid])

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id, self.consent.organisation_id]

    @property
    def shows_addresses(self) -> bool:
        return self.state == PeerMessageState.ANSWERED

    def answer(self, *, actor: Actor, text: str, expected_version: int | None = None) -> Self:
        def apply(row: Self) -> None:
            row.answer_text, row.answered_at = text, timezone.now()

        return self.perform("answer", actor=actor, expected_version=expected_version, apply=apply)

    def decline(self, *, actor: Actor, expected_version: int | None = None) -> Self:
        return self.perform("decline", actor=actor, expected_version=expected_version)

    def lapse(self, *, actor: Actor) -> Self:
        return self.perform("lapse", actor=actor)
