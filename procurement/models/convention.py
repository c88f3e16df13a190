from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.workflow import Stateful, state_constraint
from procurement.conventions.enums import LIVING_CONVENTIONS, SIGNED_BY_BOTH, ConventionState
from procurement.conventions.states import CONVENTION
from procurement.models.readers import of_project

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class ConventionQuerySet(models.QuerySet["Convention"]):
    def visible_to(self, actor: Actor) -> Self:
        """Same readers as the project."""
        return of_project(self, actor)

    def living(self) -> Self:
        return self.filter(state__in=LIVING_CONVENTIONS)

    def for_pages(self) -> Self:
        return self.select_related(
            "project__organisation", "offer__supplier", "written_by", "signed_by", "document"
        ).prefetch_related("charges")


class Convention(Stateful):
    """Between two services of the State: it is no contract, so nothing is ordered nor published of it.

    `document` is the paper with both signatures. `provider` is the service that runs the cloud.
    """

    MOVES = CONVENTION

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=ConventionState, default=ConventionState.DRAFT, db_index=True
    )
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="conventions")
    offer = models.ForeignKey("catalog.Offer", models.PROTECT, related_name="+")
    provider = models.CharField("service qui exploite le cloud", max_length=200)
    subject = models.TextField("objet", max_length=3000)
    starts_on = models.DateField("premier jour")
    ends_on = models.DateField("dernier jour")
    written_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_on = models.DateField("signée par l’administration le", null=True, blank=True)
    countersigned_on = models.DateField("signée par le service le", null=True, blank=True)
    document = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    closing_reason = models.TextField("motif", max_length=2000, blank=True)

    objects = ConventionQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-pk")
        verbose_name = "convention"
        constraints = (
            state_constraint("convention_state", ConventionState.values),
            models.CheckConstraint(
                name="convention_period",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="Le dernier jour précède le premier.",
            ),
            models.CheckConstraint(
                name="convention_signed_by_both",
                condition=~models.Q(state__in=SIGNED_BY_BOTH)
                | models.Q(
                    signed_by__isnull=False,
                    signed_on__isnull=False,
                    countersigned_on__isnull=False,
                    document__isnull=False,
                ),
                violation_error_message="Une convention en vigueur porte deux signatures et le document.",
            ),
            models.CheckConstraint(
                name="convention_signed_by_another",
                condition=models.Q(signed_by__isnull=True)
                | models.Q(written_by__isnull=True)
                | ~models.Q(signed_by=models.F("written_by")),
                violation_error_message="Une autre personne que celle qui l’a écrite signe la convention.",
            ),
        )

    def __str__(self) -> str:
        return f"Convention {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:convention", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.project.organisation_id]

    @property
    def is_living(self) -> bool:
        return self.state in LIVING_CONVENTIONS


class ConventionCharge(models.Model):
    """What one calendar year is to cost, then what was re-invoiced of it. VAT does not apply between them."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    convention = models.ForeignKey(Convention, models.PROTECT, related_name="charges")
    year = models.PositiveSmallIntegerField("année")
    expected_eur_ht = models.DecimalField("montant prévu", max_digits=14, decimal_places=2)
    # None: not re-invoiced yet.
    charged_eur_ht = models.DecimalField(
        "montant refacturé", max_digits=14, decimal_places=2, null=True, blank=True
    )
    reference = models.CharField("référence de la refacturation", max_length=100, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("year",)
        constraints = (
            models.UniqueConstraint(
                fields=("convention", "year"),
                name="convention_charge_once_a_year",
                violation_error_message="Cette année est déjà enregistrée.",
            ),
            models.CheckConstraint(
                name="convention_charge_positive",
                condition=models.Q(expected_eur_ht__gte=0)
                & (models.Q(charged_eur_ht__isnull=True) | models.Q(charged_eur_ht__gte=0)),
                violation_error_message="Un montant n’est pas négatif.",
            ),
            models.CheckConstraint(
                name="convention_charge_referenced",
                condition=models.Q(charged_eur_ht__isnull=True) | ~models.Q(reference=""),
                violation_error_message="Un montant refacturé porte la référence de sa refacturation.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.convention} {self.year}"
