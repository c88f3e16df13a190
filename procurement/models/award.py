"""The award of one lot, the certificates of who is to have it, and the letters to the others."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from marketplace.files.models import StoredFile
from marketplace.workflow import Stateful, state_constraint
from procurement.awards.enums import BOUND_STATES, AwardState, CertificateKind
from procurement.awards.states import AWARD
from procurement.evaluation.enums import MOST_REASON
from procurement.models.consultation import Consultation, ConsultationLot
from procurement.models.consultation_responses import OpenedResponse
from procurement.models.vehicle import PurchasingVehicle

if TYPE_CHECKING:
    from catalog.models import Supplier
    from marketplace.accounts.actors import Actor

BOUND = [state.value for state in BOUND_STATES]
AFTER_LETTERS = [AwardState.LETTERS_SENT.value, *BOUND]


class AwardQuerySet(models.QuerySet["Award"]):
    def visible_to(self, actor: Actor) -> Self:
        """The administration, the auditor, and the supplier that is to have it."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.roles:
            return self.none()
        if actor.is_buyer:
            return self.filter(consultation__organisation=actor.organisation)
        return self.filter(response__deposit__supplier__organisation=actor.organisation)

    def living(self) -> Self:
        return self.exclude(state=AwardState.DROPPED)

    def bound(self) -> Self:
        return self.filter(state__in=BOUND)

    def for_pages(self) -> Self:
        joined = self.select_related(
            "consultation__organisation",
            "consultation__route_choice__vehicle",
            "consultation__evaluation",
            "lot",
            "response__deposit__supplier__organisation",
            "decided_by",
            "vehicle",
        )
        return joined.prefetch_related(
            "certificates__file",
            "letters__response__deposit__supplier",
            "consultation__evaluation__evaluators",
        )


class Award(Stateful):
    """`standings`: the ranking of the lot as it was when this was proposed. One lives for each lot."""

    MOVES = AWARD

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    state = models.CharField(
        "état", max_length=40, choices=AwardState, default=AwardState.PROPOSED, db_index=True
    )
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="awards")
    lot = models.ForeignKey(ConsultationLot, models.PROTECT, related_name="awards")
    response = models.ForeignKey(OpenedResponse, models.PROTECT, related_name="awards")
    reason = models.TextField("motif", max_length=MOST_REASON)
    # None: the response has no total (nothing was asked of the price).
    amount_eur_ht = models.DecimalField("montant HT", max_digits=14, decimal_places=2, null=True, blank=True)
    # Told at the signature; None: not known, and then no maximum in TTC lets it pass.
    amount_eur_ttc = models.DecimalField(
        "montant TTC", max_digits=14, decimal_places=2, null=True, blank=True
    )
    standings = models.JSONField("classement")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    letters_sent_at = models.DateTimeField(null=True, blank=True)
    standstill_days = models.PositiveSmallIntegerField("jours avant signature", default=0)
    # First day on which it may be signed.
    signable_on = models.DateField(null=True, blank=True)
    signed_on = models.DateField("signée le", null=True, blank=True)
    notified_on = models.DateField("notifiée le", null=True, blank=True)
    vehicle = models.OneToOneField(
        PurchasingVehicle, models.PROTECT, null=True, blank=True, related_name="award"
    )
    dropped_reason = models.TextField("motif de l’abandon", max_length=MOST_REASON, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "attribution"
        constraints = (
            state_constraint("award_state", AwardState.values),
            models.CheckConstraint(
                name="award_ttc_at_least_ht",
                condition=Q(amount_eur_ttc__isnull=True)
                | Q(amount_eur_ttc__gt=0, amount_eur_ht__isnull=True)
                | Q(amount_eur_ttc__gt=0, amount_eur_ttc__gte=F("amount_eur_ht")),
                violation_error_message="Le montant TTC n’est pas inférieur au montant HT.",
            ),
            models.UniqueConstraint(
                fields=("lot",),
                condition=~Q(state=AwardState.DROPPED),
                name="award_one_living_a_lot",
                violation_error_message="Une attribution de ce lot est déjà en cours.",
            ),
            models.CheckConstraint(
                name="award_decided_whole",
                condition=Q(state__in=[AwardState.PROPOSED, AwardState.DROPPED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                violation_error_message="Une attribution décidée dit par qui et quand.",
            ),
            models.CheckConstraint(
                name="award_letters_dated",
                condition=~Q(state__in=AFTER_LETTERS)
                | Q(letters_sent_at__isnull=False, signable_on__isnull=False),
                violation_error_message="Les lettres envoyées sont datées.",
            ),
            models.CheckConstraint(
                name="award_not_signed_before_delay",
                condition=~Q(state__in=BOUND) | Q(signed_on__isnull=False, signed_on__gte=F("signable_on")),
                violation_error_message="Le délai avant signature n’est pas passé.",
            ),
            models.CheckConstraint(
                name="award_notified_whole",
                condition=~Q(state=AwardState.NOTIFIED)
                | Q(notified_on__gte=F("signed_on"), vehicle__isnull=False),
                violation_error_message="Un marché notifié porte sa date et son support d’achat.",
            ),
            models.CheckConstraint(
                name="award_dropped_why",
                condition=~Q(state=AwardState.DROPPED) | ~Q(dropped_reason=""),
                violation_error_message="Un abandon porte son motif.",
            ),
        )

    def __str__(self) -> str:
        return f"Attribution {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:award", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.consultation.organisation_id, *self.supplier.audit_organisation_ids()]

    @property
    def supplier(self) -> Supplier:
        return self.response.deposit.supplier

    def may_be_signed(self, on: dt.date) -> bool:
        return self.signable_on is not None and self.signable_on <= on

    @property
    def missing_certificates(self) -> list[str]:
        """Labels of those that nobody gave; no query when they were prefetched."""
        given = {one.kind for one in self.certificates.all()}
        return [str(kind.label) for kind in CertificateKind if kind not in given]


class AwardCertificate(models.Model):
    """What shows that taxes or social dues are paid; the newest of each kind counts, all are kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="certificates")
    kind = models.CharField("nature", max_length=10, choices=CertificateKind)
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("award", "kind", "given_at")

    def __str__(self) -> str:
        return self.get_kind_display()


class RejectionLetterQuerySet(models.QuerySet["RejectionLetter"]):
    def visible_to(self, actor: Actor) -> Self:
        """The administration, the auditor, and the one supplier it is for."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.roles:
            return self.none()
        if actor.is_buyer:
            return self.filter(award__consultation__organisation=actor.organisation)
        return self.filter(response__deposit__supplier__organisation=actor.organisation)

    def for_pages(self) -> Self:
        return self.select_related(
            "award__consultation__organisation", "award__lot", "response__deposit__supplier"
        )


class RejectionLetter(models.Model):
    """Why a response is not retained, as it was told. Written once, after the decision (a trigger)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="letters")
    response = models.ForeignKey(OpenedResponse, models.PROTECT, related_name="letters")
    content = models.JSONField()
    sent_at = models.DateTimeField(default=timezone.now)

    objects = RejectionLetterQuerySet.as_manager()

    class Meta:
        ordering = ("award", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("award", "response"),
                name="rejection_letter_once",
                violation_error_message="Cette lettre est déjà envoyée.",
            ),
        )

    def __str__(self) -> str:
        return f"Lettre de rejet, {self.response.deposit.supplier}"

    def get_absolute_url(self) -> str:
        return f"{self.award.consultation.get_absolute_url()}lettres/{self.uuid}/"
