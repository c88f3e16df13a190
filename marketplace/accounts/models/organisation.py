from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from marketplace.accounts import states
from marketplace.accounts.enums import BUYER_KINDS, IdentifierScheme, OrganisationKind, OrganisationState
from marketplace.validators import identifier_error
from marketplace.workflow import Stateful, state_constraint

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def buyers(self) -> Self:
        return self.filter(kind__in=BUYER_KINDS)

    def verified(self) -> Self:
        return self.filter(state=OrganisationState.VERIFIED)


class Organisation(Stateful):
    """An administration, a supplier, the operator or the overseer.

    Until support verifies its first admin on dated proof it has no powers and reserves nothing: two
    pending organisations may claim one identifier, a verified one holds it alone.
    """

    MOVES = states.ORGANISATION

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField("numéro", unique=True)
    state = models.CharField(
        "état",
        max_length=40,
        choices=OrganisationState.choices,
        default=OrganisationState.PENDING,
        db_index=True,
    )
    kind = models.CharField("nature", max_length=30, choices=OrganisationKind.choices)
    name = models.CharField("nom", max_length=200)
    identifier_scheme = models.CharField(
        "type d’identifiant", max_length=10, choices=IdentifierScheme.choices, default=IdentifierScheme.SIRET
    )
    identifier = models.CharField("identifiant", max_length=30)
    service_code = models.CharField("code service Chorus Pro", max_length=100, blank=True)
    # Metropolitan unless said: VAT rates differ overseas.
    vat_territory = models.CharField("territoire de TVA", max_length=20, default="metropole")
    proof_kind = models.CharField("preuve de vérification", max_length=100, blank=True)
    proof_reference = models.CharField("référence de la preuve", max_length=200, blank=True)
    proof_date = models.DateField("date de la preuve", null=True, blank=True)
    verified_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            state_constraint("organisation_state", OrganisationState.values),
            models.UniqueConstraint(
                fields=["identifier_scheme", "identifier", "service_code"],
                condition=models.Q(state="verified"),
                name="organisation_identifier_once_verified",
                violation_error_message="Une organisation vérifiée porte déjà cet identifiant.",
            ),
            models.CheckConstraint(
                name="organisation_verified_on_proof",
                condition=~models.Q(state="verified") | models.Q(proof_date__isnull=False),
                violation_error_message="Une organisation est vérifiée sur une preuve datée.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def audit_organisation_ids(self) -> list[int]:
        return [self.pk]

    def clean(self) -> None:
        from django.core.exceptions import ValidationError

        if error := identifier_error(self.identifier_scheme, self.identifier):
            raise ValidationError({"identifier": error})

    @property
    def is_buyer(self) -> bool:
        return self.kind in BUYER_KINDS

    def verify(
        self,
        *,
        actor: Actor,
        proof_kind: str,
        proof_reference: str,
        proof_date: object,
        expected_version: int | None = None,
    ) -> Organisation:
        def apply(row: Organisation) -> None:
            row.proof_kind, row.proof_reference, row.proof_date = proof_kind, proof_reference, proof_date
            row.verified_by = actor.user

        return self.perform("verify", actor=actor, apply=apply, expected_version=expected_version)

    def reject(self, *, actor: Actor, reason: str) -> Organisation:
        return self.perform("reject", actor=actor, reason=reason)

    def close(self, *, actor: Actor, reason: str) -> Organisation:
        return self.perform("close", actor=actor, reason=reason)


class PublicEmailDomain(models.Model):
    """A domain whose confirmed addresses may join one administration, without any role."""

    domain = models.CharField("domaine", max_length=253)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="email_domains")
    source = models.CharField("source", max_length=300, blank=True)
    added_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(
                fields=["domain", "organisation"],
                name="public_email_domain_once",
                violation_error_message="Ce domaine est déjà rattaché à cette organisation.",
            ),
            models.CheckConstraint(
                name="public_email_domain_lower",
                condition=models.Q(domain=models.functions.Lower("domain")),
                violation_error_message="Écrivez le domaine en minuscules.",
            ),
        ]

    def __str__(self) -> str:
        return self.domain

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]
