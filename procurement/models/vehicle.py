from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from catalog.models import Supplier
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Organisation, User
from marketplace.tax_basis import TaxBasis, basis_constraint, basis_field
from procurement.enums_orders import VehicleKind
from procurement.models.consumption import Consumed, consumed, with_consumption

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


# Where a commitment and an award say their vehicle. The award's own vehicle is the contract that it makes.
OF_VEHICLE = {"commitment": "vehicle", "award": "consultation__route_choice__vehicle"}


class PurchasingVehicleQuerySet(models.QuerySet["PurchasingVehicle"]):
    def visible_to(self, actor: Actor) -> Self:
        """Its buyers; the auditor reads all."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.is_buyer:
            return self.none()
        return self.filter(buyers=actor.organisation)

    def with_consumption(self) -> Self:
        """Adds `ordered` (commitments of orders under it) and `awarded` (marchés passed under it, signed), in
        the basis of its maximum, and `without_ttc`: how many a maximum in TTC cannot count."""
        found: Self = with_consumption(self, **OF_VEHICLE)
        return found

    def open_on(self, day: dt.date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class PurchasingVehicle(models.Model):
    """The contract or body through which an administration may order (« support d’achat »)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    kind = models.CharField("nature", max_length=30, choices=VehicleKind.choices)
    title = models.CharField("objet", max_length=200)
    reference = models.CharField("référence", max_length=100)
    # The central body or the firm that holds the contract, in its own words.
    holder_name = models.CharField("titulaire", max_length=200)
    # When known here, only that supplier's offers are ordered; None: any offer (a central body resells), or
    # a framework agreement, whose holders are those of its lots.
    holder = models.ForeignKey(
        "catalog.Supplier", models.PROTECT, null=True, blank=True, related_name="purchasing_vehicles"
    )
    # Of a central body, who answers orders and invoices them, when it is known here: the body itself or its
    # holder, as the vehicle says. None: the offer's own supplier does.
    counterpart = models.ForeignKey(
        "catalog.Supplier", models.PROTECT, null=True, blank=True, related_name="+"
    )
    buyers = models.ManyToManyField(Organisation, related_name="purchasing_vehicles")
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    # None: the maximum is not known here.
    maximum_eur = models.DecimalField("maximum", max_digits=14, decimal_places=2, null=True, blank=True)
    maximum_basis = basis_field("maximum exprimé")
    version = models.PositiveIntegerField("version", default=1)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    # Annotated by `with_consumption`.
    ordered: Decimal
    awarded: Decimal
    without_ttc: int

    objects = PurchasingVehicleQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="vehicle_period",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="La date de fin précède le début. Choisissez une date postérieure.",
            ),
            models.CheckConstraint(
                name="vehicle_maximum_positive",
                condition=models.Q(maximum_eur__isnull=True) | models.Q(maximum_eur__gt=0),
                violation_error_message="Le maximum est un montant positif.",
            ),
            basis_constraint("vehicle_maximum_basis", field="maximum_basis"),
            models.CheckConstraint(
                name="vehicle_counterpart_of_central_body",
                condition=models.Q(counterpart__isnull=True) | models.Q(kind=VehicleKind.CENTRAL_PURCHASING),
                violation_error_message="Seule une centrale d’achat a un cocontractant à désigner.",
            ),
            models.CheckConstraint(
                name="vehicle_kind",
                condition=models.Q(kind__in=sorted(VehicleKind.values)),
                violation_error_message="Cette nature de support d’achat n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} — {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:vehicle", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return list(self.buyers.values_list("pk", flat=True))

    def consumed(self, *, without: int | None = None) -> Consumed:
        """Orders and marchés passed under it, but for the order `without`; two queries."""
        return consumed(self, basis=self.maximum_basis, without=without, **OF_VEHICLE)

    @property
    def consumed_so_far(self) -> Decimal:
        """In the basis of its maximum, as `with_consumption` read it."""
        return self.ordered + self.awarded

    @property
    def maximum_eur_ht(self) -> Decimal | None:
        """None as well when it is stated with tax: what is published is without."""
        return self.maximum_eur if self.maximum_basis == TaxBasis.HT else None

    @property
    def known_holders(self) -> list[Supplier]:
        """The firm that holds it, or those that hold its lots; at most one query."""
        if self.holder is not None:
            return [self.holder]
        of_lots = Supplier.objects.filter(lot_holdings__lot__vehicle=self).distinct()
        return list(of_lots.select_related("organisation").order_by("name", "pk"))

    def is_open(self, on: dt.date) -> bool:
        return self.starts_on <= on <= self.ends_on

    @property
    def consumption_unit(self) -> str:
        return f"euros {self.maximum_basis}"
