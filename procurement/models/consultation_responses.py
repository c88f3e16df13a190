"""Responses: the draft of a supplier, what it deposited under seal, what the opening gave."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from marketplace.files.models import StoredFile
from procurement.models.consultation import Consultation, ConsultationLot
from procurement.models.consultation_keys import ConsultationKey

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class OwnQuerySet(models.QuerySet["models.Model"]):
    """Rows that a supplier alone sees, whoever else asks."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.organisation is None or not actor.is_supplier or not actor.roles:
            return self.none()
        return self.filter(supplier__organisation=actor.organisation)

    def for_pages(self) -> Self:
        return self.select_related("consultation__organisation", "lot", "supplier")


class ResponseDraft(models.Model):
    """What a supplier writes before it deposits. Encrypted under a key of its own, kept out of the database
    and of the backups (`vault.py`); key, text and files are destroyed at the deposit."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="drafts")
    lot = models.ForeignKey(ConsultationLot, models.PROTECT, related_name="drafts")
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    content = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ("consultation", "lot__number")
        constraints = (
            models.UniqueConstraint(
                fields=("lot", "supplier"),
                name="response_draft_one_a_lot",
                violation_error_message="Vous avez déjà un brouillon pour ce lot.",
            ),
        )

    def __str__(self) -> str:
        return f"Brouillon, {self.lot}"


class SealedDepositQuerySet(models.QuerySet["SealedDeposit"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier's own. Its administration and the auditor: those of an opened consultation."""
        opened = Q(consultation__opened_at__isnull=False)
        if actor.has(Role.AUDITOR):
            return self.filter(opened)
        if actor.organisation is None or not actor.roles:
            return self.none()
        if actor.is_buyer:
            return self.filter(opened, consultation__organisation=actor.organisation)
        return self.filter(supplier__organisation=actor.organisation)

    def for_pages(self) -> Self:
        return self.select_related("consultation__organisation", "lot", "supplier", "key")


class SealedDeposit(models.Model):
    """One deposit: a line of a register that the database lets nobody change or delete.

    The ciphertext lies beside, under `uuid`. `receipt` is what was signed for the supplier.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="deposits")
    lot = models.ForeignKey(ConsultationLot, models.PROTECT, related_name="deposits")
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, related_name="sealed_deposits")
    sequence = models.PositiveIntegerField()
    key = models.ForeignKey(ConsultationKey, models.PROTECT, related_name="deposits")
    # By the clock of the database, when the last byte had come.
    received_at = models.DateTimeField()
    ciphertext_sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    receipt = models.JSONField()
    signature = models.CharField(max_length=200)
    deposited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = SealedDepositQuerySet.as_manager()

    class Meta:
        ordering = ("consultation", "lot__number", "supplier", "sequence")
        constraints = (
            models.UniqueConstraint(
                fields=("lot", "supplier", "sequence"),
                name="sealed_deposit_sequence",
                violation_error_message="Ce dépôt existe déjà.",
            ),
        )

    def __str__(self) -> str:
        return f"Dépôt {self.sequence}, {self.lot}"

    def audit_organisation_ids(self) -> list[int]:
        """Read once the consultation is opened: before, nothing is journalled of a deposit."""
        return [self.consultation.organisation_id, *self.supplier.audit_organisation_ids()]


class OpenedResponseQuerySet(models.QuerySet["OpenedResponse"]):
    def visible_to(self, actor: Actor) -> Self:
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.roles:
            return self.none()
        if actor.is_buyer:
            return self.filter(deposit__consultation__organisation=actor.organisation)
        return self.filter(deposit__supplier__organisation=actor.organisation)

    def for_pages(self) -> Self:
        joined = self.select_related("deposit__consultation", "deposit__lot", "deposit__supplier")
        return joined.prefetch_related("files__file", "deposit__lot__price_items")


class OpenedResponse(models.Model):
    """The last deposit of a supplier for a lot, as the opening gave it. Rows made only by the opening."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    deposit = models.OneToOneField(SealedDeposit, models.PROTECT, related_name="opened")
    content = models.JSONField()

    objects = OpenedResponseQuerySet.as_manager()

    class Meta:
        ordering = ("deposit__lot__number", "deposit__received_at", "pk")

    def __str__(self) -> str:
        return f"Réponse de {self.deposit.supplier}"


class OpenedFile(models.Model):
    response = models.ForeignKey(OpenedResponse, models.PROTECT, related_name="files")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.file)
