"""The lots of a framework agreement, each with its own holders, maximum and dates."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from marketplace.tax_basis import basis_constraint, basis_field
from procurement.models.consumption import Consumed, consumed, with_consumption
from procurement.models.vehicle import PurchasingVehicle

if TYPE_CHECKING:
    from catalog.models import Supplier
    from marketplace.accounts.actors import Actor

# Where a commitment and an award say their lot.
OF_LOT = {"commitment": "order__vehicle_lot", "award": "consultation__route_choice__vehicle_lot"}


class VehicleLotQuerySet(models.QuerySet["VehicleLot"]):
    def visible_to(self, actor: Actor) -> Self:
        """Same readers as its vehicle."""
        return self.filter(vehicle__in=PurchasingVehicle.objects.visible_to(actor).values("pk"))

    def open_on(self, day: dt.date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def with_consumption(self) -> Self:
        """Adds `ordered` (commitments of orders under it), `awarded` (marchés subséquents signed) and
        `without_ttc`, as for its vehicle."""
        found: Self = with_consumption(self, **OF_LOT)
        return found

    def for_pages(self) -> Self:
        return self.select_related("vehicle").prefetch_related("holdings__supplier").with_consumption()


class VehicleLot(models.Model):
    """What is bought apart under a framework agreement. Without holders named here, the administration
    checks who they are."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    vehicle = models.ForeignKey(PurchasingVehicle, models.PROTECT, related_name="lots")
    number = models.PositiveSmallIntegerField("numéro")
    title = models.CharField("objet", max_length=200)
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    # None: the maximum is not known here.
    maximum_eur = models.DecimalField("maximum", max_digits=14, decimal_places=2, null=True, blank=True)
    maximum_basis = basis_field("maximum exprimé")

    # Annotated by `with_consumption`.
    ordered: Decimal
    awarded: Decimal
    without_ttc: int

    objects = VehicleLotQuerySet.as_manager()

    class Meta:
        ordering = ("vehicle", "number")
        verbose_name = "lot d’un support d’achat"
        constraints = (
            models.UniqueConstraint(
                fields=("vehicle", "number"),
                name="vehicle_lot_number",
                violation_error_message="Deux lots portent le même numéro.",
            ),
            models.CheckConstraint(
                name="vehicle_lot_from_one",
                condition=Q(number__gte=1),
                violation_error_message="Les lots se numérotent à partir de 1.",
            ),
            models.CheckConstraint(
                name="vehicle_lot_period",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="La date de fin précède le début. Choisissez une date postérieure.",
            ),
            models.CheckConstraint(
                name="vehicle_lot_maximum_positive",
                condition=Q(maximum_eur__isnull=True) | Q(maximum_eur__gt=0),
                violation_error_message="Le maximum est un montant positif.",
            ),
            basis_constraint("vehicle_lot_maximum_basis", field="maximum_basis"),
        )

    def __str__(self) -> str:
        return f"Lot {self.number} : {self.title}"

    def get_absolute_url(self) -> str:
        return f"{reverse('procurement:vehicle', args=[self.vehicle.number])}#lot-{self.number}"

    def audit_organisation_ids(self) -> list[int]:
        return self.vehicle.audit_organisation_ids()

    def is_open(self, on: dt.date) -> bool:
        return self.starts_on <= on <= self.ends_on

    @property
    def consumption_unit(self) -> str:
        return f"euros {self.maximum_basis}"

    @property
    def ident(self) -> str:
        """Names the parts of its picture."""
        return f"lot-consomme-{self.number}"

    @property
    def consumption_caption(self) -> str:
        return f"Consommation du lot {self.number}"

    @property
    def holders(self) -> list[Supplier]:
        """By name; no query when prefetched (`holdings__supplier`)."""
        return sorted((one.supplier for one in self.holdings.all()), key=lambda one: (one.name, one.pk))

    def consumed(self, *, without: int | None = None) -> Consumed:
        """Orders and marchés subséquents, but for the order `without`; two queries."""
        return consumed(self, basis=self.maximum_basis, without=without, **OF_LOT)


class LotHolding(models.Model):
    """One of the firms that hold a lot."""

    lot = models.ForeignKey(VehicleLot, models.CASCADE, related_name="holdings")
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, related_name="lot_holdings")

    class Meta:
        ordering = ("lot", "supplier__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("lot", "supplier"),
                name="lot_holding_once",
                violation_error_message="Ce fournisseur est déjà titulaire de ce lot.",
            ),
        )

    def __str__(self) -> str:
        return str(self.supplier)
