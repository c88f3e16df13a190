"""A dynamic purchasing system and the applications to it, with their papers."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Organisation, User
from marketplace.workflow import state_constraint
from procurement.applications.enums import MOST_REASON, MOST_TEXT
from procurement.dynamic.enums import LIVING_ADMISSIONS, REASONED, AdmissionState
from procurement.dynamic.rules import first_invitation_on
from procurement.dynamic.states import ADMISSION
from procurement.models.application import Application, ApplicationPaper
from procurement.models.vehicle import PurchasingVehicle

if TYPE_CHECKING:
    from catalog.models import Supplier
    from marketplace.accounts.actors import Actor


class DynamicSystemQuerySet(models.QuerySet["DynamicSystem"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody: it is open to any supplier all along its life, and stays readable after."""
        return self

    def open_on(self, day: dt.date) -> Self:
        return self.filter(vehicle__starts_on__lte=day, vehicle__ends_on__gte=day)

    def for_pages(self) -> Self:
        return self.select_related("vehicle", "organisation")


class DynamicSystem(models.Model):
    """What is told to suppliers of a vehicle of that kind: what is bought, whom it admits."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    vehicle = models.OneToOneField(PurchasingVehicle, models.PROTECT, related_name="dynamic_system")
    # Who admits; other buyers of the vehicle consult those who are admitted.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="dynamic_systems")
    description = models.TextField("achats envisagés et quantité estimée", max_length=MOST_TEXT)
    criteria = models.TextField("critères de sélection", max_length=MOST_TEXT)
    # None: not told; the first reception of applications is then counted from the first day of the vehicle.
    notice_sent_on = models.DateField("avis de marché envoyé le", null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = DynamicSystemQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "système d’acquisition dynamique"
        constraints = (
            models.CheckConstraint(
                name="dynamic_system_told",
                condition=~Q(description="") & ~Q(criteria=""),
                violation_error_message="Un système dit ce qu’il achète et qui il admet.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.vehicle.number} {self.vehicle.title}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:dynamic_system", args=[self.vehicle.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    @property
    def invites_from(self) -> dt.date:
        """The first day to invite to a specific contract, its vehicle joined."""
        return first_invitation_on(self.notice_sent_on or self.vehicle.starts_on)


class SystemCategory(models.Model):
    """A part of a system with criteria of its own; suppliers are admitted to it, and consulted for it.

    Written once, with the system or until somebody applies (a trigger)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    system = models.ForeignKey(DynamicSystem, models.PROTECT, related_name="categories")
    number = models.PositiveSmallIntegerField("numéro")
    title = models.CharField("intitulé", max_length=160)
    criteria = models.TextField("critères de sélection", max_length=MOST_TEXT)

    class Meta:
        ordering = ("system", "number")
        verbose_name = "catégorie d’un système d’acquisition dynamique"
        constraints = (
            models.UniqueConstraint(
                fields=("system", "number"),
                name="system_category_number",
                violation_error_message="Deux catégories portent le même numéro.",
            ),
            models.CheckConstraint(
                name="system_category_told",
                condition=~Q(title="") & ~Q(criteria=""),
                violation_error_message="Une catégorie dit ce qu’elle achète et qui elle admet.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def visible_to(self, actor: Actor) -> Self:
        """The administration that admits, the auditor, and the supplier its own."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.roles:
            return self.none()
        if actor.is_buyer:
            return self.filter(system__organisation=actor.organisation)
        return self.filter(supplier__organisation=actor.organisation)

    def living(self) -> Self:
        return self.filter(state__in=[state.value for state in LIVING_ADMISSIONS])

    def admitted(self) -> Self:
        return self.filter(state=AdmissionState.ADMITTED)

    def for_pages(self) -> Self:
        joined = self.select_related(
            "system__vehicle", "system__organisation", "category", "supplier__organisation", "decided_by"
        )
        return joined.prefetch_related("papers__file")


class Admission(Application):
    """One supplier's application. `answer_by`: the last day to answer, by the dated rule."""

    MOVES = ADMISSION

    state = models.CharField(
        "état", max_length=40, choices=AdmissionState, default=AdmissionState.ASKED, db_index=True
    )
    system = models.ForeignKey(DynamicSystem, models.PROTECT, related_name="admissions")
    # None: to a system without categories.
    category = models.ForeignKey(
        SystemCategory, models.PROTECT, null=True, blank=True, related_name="admissions"
    )
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, related_name="admissions")
    statement = models.TextField("présentation", max_length=MOST_TEXT, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateField("réponse avant la fin du")
    # Why more days were needed; blank: they were not.
    extension_reason = models.TextField("motif de la prolongation", max_length=MOST_REASON, blank=True)

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        verbose_name = "candidature à un système d’acquisition dynamique"
        constraints = (
            state_constraint("admission_state", AdmissionState.values),
            models.UniqueConstraint(
                fields=("system", "category", "supplier"),
                condition=Q(state__in=[state.value for state in LIVING_ADMISSIONS]),
                nulls_distinct=False,
                name="admission_one_living",
                violation_error_message="Une candidature de ce fournisseur est déjà en cours ou admise.",
            ),
            models.CheckConstraint(
                name="admission_attested",
                condition=Q(not_excluded=True),
                violation_error_message="Le candidat atteste n’être dans aucun cas d’exclusion.",
            ),
            models.CheckConstraint(
                name="admission_decided_whole",
                condition=~Q(state__in=[AdmissionState.ADMITTED, *REASONED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                violation_error_message="Une candidature répondue dit par qui et quand.",
            ),
            models.CheckConstraint(
                name="admission_reasoned",
                condition=~Q(state__in=[state.value for state in REASONED]) | ~Q(reason=""),
                violation_error_message="Un refus ou une fin d’admission porte son motif.",
            ),
        )

    def get_absolute_url(self) -> str:
        return reverse("procurement:admission", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.system.organisation_id, *self.supplier.audit_organisation_ids()]

    def is_late(self, on: dt.date) -> bool:
        """Not answered, and the last day is past."""
        return self.state == AdmissionState.ASKED and on > self.answer_by


class AdmissionPaper(ApplicationPaper):
    admission = models.ForeignKey(Admission, models.PROTECT, related_name="papers")

    class Meta:
        ordering = ("admission", "added_at", "pk")


def admitted_suppliers(vehicle: PurchasingVehicle, category: SystemCategory | None) -> list[Supplier]:
    """Those admitted now, to that category if one is given, by name; one query."""
    from catalog.models import Supplier

    rows = Admission.objects.admitted().filter(system__vehicle=vehicle, category=category)
    return list(Supplier.objects.filter(pk__in=rows.values("supplier_id")).order_by("name", "pk"))
