from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from marketplace.accounts.models import User
from procurement.models.vehicle import PurchasingVehicle
from procurement.models.vehicle_lot import VehicleLot

if TYPE_CHECKING:
    from catalog.models import Supplier
    from marketplace.accounts.actors import Actor


class VehicleDiscountQuerySet(models.QuerySet["VehicleDiscount"]):
    def visible_to(self, actor: Actor) -> Self:
        """Same readers as its vehicle."""
        return self.filter(vehicle__in=PurchasingVehicle.objects.visible_to(actor).values("pk"))

    def in_force(self, day: dt.date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def for_pages(self) -> Self:
        return self.select_related("vehicle", "lot", "supplier")

    def fitting(self, supplier: Supplier, *, lot_id: int | None) -> Self:
        """Those of the lot first, then of every lot; of each, that supplier's own, then of every offer."""
        rows = self.filter(
            Q(lot_id=lot_id) | Q(lot__isnull=True), Q(supplier=supplier) | Q(supplier__isnull=True)
        )
        return rows.order_by(
            F("lot").asc(nulls_last=True), F("supplier").asc(nulls_last=True), "-starts_on", "-pk"
        )


class VehicleDiscount(models.Model):
    """A percentage off the prices of the offers of one supplier, or of all; days included at both ends.

    What is written only ends (a trigger): an order keeps the percentage of the day it was written.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    vehicle = models.ForeignKey(PurchasingVehicle, models.PROTECT, related_name="discounts")
    # None: every lot, or a vehicle without any.
    lot = models.ForeignKey(VehicleLot, models.PROTECT, null=True, blank=True, related_name="discounts")
    # None: every offer ordered under the vehicle, or its lot.
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, null=True, blank=True, related_name="+")
    percent = models.DecimalField("remise en %", max_digits=5, decimal_places=2)
    starts_on = models.DateField("premier jour")
    # None: as long as the vehicle.
    ends_on = models.DateField("dernier jour", null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = VehicleDiscountQuerySet.as_manager()

    class Meta:
        ordering = ("vehicle", F("supplier").asc(nulls_first=True), "starts_on", "pk")
        verbose_name = "remise d’un support d’achat"
        constraints = (
            models.CheckConstraint(
                name="vehicle_discount_percent",
                condition=Q(percent__gt=0, percent__lt=100),
                violation_error_message="Une remise va de 0,01 à 99,99 %.",
            ),
            models.CheckConstraint(
                name="vehicle_discount_period",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="Le dernier jour précède le premier.",
            ),
        )

    def __str__(self) -> str:
        of_lot = f", lot {self.lot.number}" if self.lot is not None else ""
        return f"Remise de {self.percent} % sur {self.vehicle.reference}{of_lot}"

    def audit_organisation_ids(self) -> list[int]:
        return self.vehicle.audit_organisation_ids()

    def is_over(self, on: dt.date) -> bool:
        return self.ends_on is not None and self.ends_on < on

    @property
    def over_today(self) -> bool:
        return self.is_over(timezone.localdate())
