"""Who holds the key of a consultation, and the key itself: its public half, its shares wrapped."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.models import User
from procurement.consultations.enums import HolderRole, Purpose
from procurement.models.consultation import Consultation


class KeyHolderQuerySet(models.QuerySet["KeyHolder"]):
    def current(self) -> Self:
        return self.filter(ended_at__isnull=True)


class KeyHolder(models.Model):
    """One of the three people. The server keeps a salt and a public key; the secret is theirs alone.

    `position` is also the place of their share. A holder replaced stays, for the deposits made before.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="holders")
    position = models.PositiveSmallIntegerField()
    role = models.CharField("rôle", max_length=10, choices=HolderRole)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=timezone.now)
    salt = models.BinaryField(default=bytes)
    public_key = models.BinaryField(default=bytes)
    # When the secret was made and shown, once.
    taken_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = KeyHolderQuerySet.as_manager()

    class Meta:
        ordering = ("consultation", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "user"),
                condition=Q(ended_at__isnull=True),
                name="key_holder_three_people",
                violation_error_message="Trois personnes différentes tiennent la clé.",
            ),
            models.UniqueConstraint(
                fields=("consultation", "position"),
                condition=Q(ended_at__isnull=True),
                name="key_holder_one_a_place",
                violation_error_message="Cette place est déjà tenue.",
            ),
            models.CheckConstraint(
                name="key_holder_place",
                condition=Q(position__gte=1, position__lte=3),
                violation_error_message="Il y a trois places.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"

    @property
    def has_secret(self) -> bool:
        return self.taken_at is not None


class ConsultationKeyQuerySet(models.QuerySet["ConsultationKey"]):
    def current(self) -> Self:
        """The one that new deposits are sealed to."""
        return self.filter(proved_at__isnull=False, retired_at__isnull=True)

    def unproved(self) -> Self:
        return self.filter(proved_at__isnull=True, retired_at__isnull=True)


class ConsultationKey(models.Model):
    """A public key and its fingerprint. The private half was split in memory and forgotten.

    The rehearsal has a key of its own, split between the same people: proving their secrets never puts
    two shares of the true key together.
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="keys")
    serial = models.PositiveSmallIntegerField()
    public_key = models.BinaryField()
    fingerprint = models.CharField(max_length=64, unique=True)
    rehearsal_public = models.BinaryField()
    dummy = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    proved_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ConsultationKeyQuerySet.as_manager()

    class Meta:
        ordering = ("consultation", "serial")
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "serial"),
                name="consultation_key_serial",
                violation_error_message="Cette clé existe déjà.",
            ),
            models.UniqueConstraint(
                fields=("consultation",),
                condition=Q(proved_at__isnull=False, retired_at__isnull=True),
                name="consultation_key_one_current",
                violation_error_message="Une seule clé sert à la fois.",
            ),
        )

    def __str__(self) -> str:
        return f"Clé {self.serial} {self.fingerprint[:16]}"


class KeyShare(models.Model):
    """One share of a key, sealed to its holder; `digest` says whether what is unwrapped is that share."""

    key = models.ForeignKey(ConsultationKey, models.PROTECT, related_name="shares")
    holder = models.ForeignKey(KeyHolder, models.PROTECT, related_name="shares")
    position = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField()
    digest = models.CharField(max_length=64)
    rehearsal_wrapped = models.BinaryField()
    rehearsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("key", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("key", "position"),
                name="key_share_position",
                violation_error_message="Cette part existe déjà.",
            ),
            models.UniqueConstraint(
                fields=("key", "holder"),
                name="key_share_one_a_person",
                violation_error_message="Une personne tient une seule part.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.key}, part {self.position}"


class ShareGift(models.Model):
    """A share handed to another holder during the ceremony, sealed to that holder: it takes their secret.

    Rehearsals hand over shares of the rehearsal's key. Emptied once the ceremony is over.
    """

    purpose = models.CharField(max_length=10, choices=Purpose)
    giver = models.ForeignKey(KeyShare, models.PROTECT, related_name="given")
    receiver = models.ForeignKey(KeyShare, models.PROTECT, related_name="received")
    sealed = models.BinaryField()
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("purpose", "giver", "receiver"),
                name="share_gift_once",
                violation_error_message="Cette part est déjà remise.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.giver_id} → {self.receiver_id}"
