from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models.membership import Membership
from marketplace.accounts.models.organisation import Organisation
from marketplace.accounts.models.user import User

TOKEN_PREFIX = "pmc_"  # noqa: S105 - the visible mark of our tokens, not a secret


class ServiceAccount(models.Model):
    """A machine of an organisation. It never gives an avis, approves or decides (see Actor.roles)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="service_accounts")
    name = models.CharField("nom", max_length=100)
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices), default=list)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="service_account_name_once",
                violation_error_message="Un compte de service porte déjà ce nom.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]


class ApiToken(models.Model):
    """A bearer token of a membership or of a service account. The secret is shown once, kept hashed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    label = models.CharField("libellé", max_length=100)
    prefix = models.CharField(max_length=12)
    token_sha256 = models.CharField(max_length=64, unique=True)
    membership = models.ForeignKey(Membership, models.CASCADE, null=True, blank=True, related_name="tokens")
    service_account = models.ForeignKey(
        ServiceAccount, models.CASCADE, null=True, blank=True, related_name="tokens"
    )
    # Roles the token may use, at most those held at the moment of each request.
    scopes = ArrayField(models.CharField(max_length=30, choices=Role.choices), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_with_totp = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="api_token_one_holder",
                condition=models.Q(membership__isnull=True) ^ models.Q(service_account__isnull=True),
                violation_error_message="Un jeton appartient à un membre ou à un compte de service.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"

    def audit_organisation_ids(self) -> list[int]:
        holder = self.membership or self.service_account
        return [holder.organisation_id] if holder is not None else []

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    @staticmethod
    def digest(secret: str) -> str:
        """SHA-256 in hexadecimal: enough for a 256-bit random secret, no salt needed."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(
        cls,
        *,
        label: str,
        scopes: list[str],
        lifetime: dt.timedelta,
        membership: Membership | None = None,
        service_account: ServiceAccount | None = None,
        created_with_totp: bool = False,
    ) -> tuple[ApiToken, str]:
        """Insert a token and return it with its secret, which is never readable again."""
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        token = cls.objects.create(
            label=label,
            prefix=secret[:8],
            token_sha256=cls.digest(secret),
            membership=membership,
            service_account=service_account,
            scopes=sorted(scopes),
            created_with_totp=created_with_totp,
            expires_at=timezone.now() + lifetime,
        )
        return token, secret
