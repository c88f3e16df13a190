from __future__ import annotations

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.utils import timezone

from marketplace.accounts.enums import CONFIRMED_ROLES, Role
from marketplace.accounts.models.organisation import Organisation
from marketplace.accounts.models.user import User
from marketplace.tax_basis import basis_constraint, basis_field


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(ended_at__isnull=True, user__is_active=True)

    def holding(self, *roles: str, on: dt.date | None = None) -> Self:
        """Active memberships with one of ``roles`` in force on a day (default today), distinct."""
        day = on or timezone.localdate()
        grants = RoleGrant.objects.in_force(day).filter(role__in=roles)
        return self.active().filter(pk__in=grants.values("membership_id"))


class Membership(models.Model):
    """A person in an organisation. Without a grant it shows the organisation's pages and no more."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    joined_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                name="membership_once",
                violation_error_message="Cette personne est déjà membre de l’organisation.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} — {self.organisation}"

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def in_force(self, day: dt.date) -> Self:
        """Same rule as :meth:`RoleGrant.in_force`, in SQL."""
        return self.filter(
            models.Q(expires_on__isnull=True) | models.Q(expires_on__gte=day),
            models.Q(confirmed_by__isnull=False) | ~models.Q(role__in=sorted(CONFIRMED_ROLES)),
            starts_on__lte=day,
            revoked_at__isnull=True,
        )


class RoleGrant(models.Model):
    """A role held for a time, with who gave it. Approving needs the delegation order behind it."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="grants")
    role = models.CharField("rôle", max_length=30, choices=Role.choices)
    starts_on = models.DateField("à partir du", default=timezone.localdate)
    expires_on = models.DateField("jusqu’au", null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    ceiling_eur = models.DecimalField("plafond", max_digits=14, decimal_places=2, null=True, blank=True)
    ceiling_basis = basis_field("plafond exprimé")
    delegation_reference = models.CharField("arrêté de délégation", max_length=200, blank=True)
    delegation_date = models.DateField("date de la délégation", null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["role", "pk"]
        constraints = [
            models.CheckConstraint(
                name="role_grant_period",
                condition=models.Q(expires_on__isnull=True) | models.Q(expires_on__gte=models.F("starts_on")),
                violation_error_message="La fin du rôle précède son début. Choisissez une date postérieure.",
            ),
            models.UniqueConstraint(
                fields=["membership", "role"],
                condition=models.Q(revoked_at__isnull=True),
                name="role_grant_once",
                violation_error_message="Cette personne a déjà ce rôle.",
            ),
            models.CheckConstraint(
                name="role_grant_ceiling_positive",
                condition=models.Q(ceiling_eur__isnull=True) | models.Q(ceiling_eur__gte=0),
                violation_error_message="Le plafond ne peut pas être négatif.",
            ),
            basis_constraint("role_grant_ceiling_basis", field="ceiling_basis"),
            models.CheckConstraint(
                name="role_grant_confirmed_by_another",
                condition=~models.Q(confirmed_by=models.F("granted_by")),
                violation_error_message="Une autre personne que celle qui a donné le rôle doit le confirmer.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()

    def audit_organisation_ids(self) -> list[int]:
        return [self.membership.organisation_id]

    @property
    def waits_for_confirmation(self) -> bool:
        return self.revoked_at is None and self.confirmed_by_id is None and self.role in CONFIRMED_ROLES

    def in_force(self, day: dt.date) -> bool:
        """Started, not expired, not revoked, and confirmed where the role asks for it."""
        if self.revoked_at is not None or self.starts_on > day:
            return False
        if self.expires_on is not None and self.expires_on < day:
            return False
        return self.confirmed_by_id is not None or self.role not in CONFIRMED_ROLES
