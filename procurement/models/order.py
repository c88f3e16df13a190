from __future__ import annotations

import hashlib
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Organisation, User
from marketplace.audit.journal import canonical
from marketplace.workflow import Stateful, state_constraint
from procurement import states_orders
from procurement.enums_orders import STATES_SEEN_BY_SUPPLIER, OrderState, VatRegime
from procurement.models.period_count import PeriodCount

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST_MESSAGE = 4000
_NOT_NULL_TOTAL = models.Q(total_eur_ht__gte=0)


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, actor: Actor) -> Self:
        """The buyer's members from the draft on, the supplier's once sent, the auditor always."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None:
            return self.none()
        if actor.is_supplier:
            return self.filter(supplier__organisation=actor.organisation).filter(
                models.Q(state__in=STATES_SEEN_BY_SUPPLIER) | models.Q(sent_at__isnull=False)
            )
        return self.filter(buyer=actor.organisation)

    def for_lists(self) -> Self:
        return self.select_related("buyer", "supplier", "offer", "project", "plan")


class Order(Stateful):
    """A purchase order (« bon de commande »): amounts copied from one frozen version of an offer."""

    MOVES = states_orders.ORDER

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    state = models.CharField(
        "état", max_length=40, choices=OrderState.choices, default=OrderState.DRAFT, db_index=True
    )
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="orders")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="orders")
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, related_name="orders")
    offer = models.ForeignKey("catalog.Offer", models.PROTECT, related_name="orders")
    offer_version = models.ForeignKey("catalog.OfferVersion", models.PROTECT, related_name="orders")
    plan = models.ForeignKey("catalog.Plan", models.PROTECT, related_name="orders")
    authors = models.ManyToManyField(User, related_name="authored_orders")

    vehicle = models.ForeignKey(
        "procurement.PurchasingVehicle", models.PROTECT, null=True, blank=True, related_name="orders"
    )
    # Of a framework agreement: the lot it is ordered under, whose maximum it consumes.
    vehicle_lot = models.ForeignKey(
        "procurement.VehicleLot", models.PROTECT, null=True, blank=True, related_name="orders"
    )
    below_threshold_reason = models.TextField("justification sous le seuil", max_length=2000, blank=True)
    # In the administration's own words; `budget` is the line followed here.
    budget_line = models.CharField("ligne budgétaire", max_length=100, blank=True)
    budget = models.ForeignKey(
        "procurement.BudgetLine", models.PROTECT, null=True, blank=True, related_name="orders"
    )
    # First and last day, both included.
    starts_on = models.DateField("début", null=True, blank=True)
    ends_on = models.DateField("fin", null=True, blank=True)

    # Blank or None is unknown, and then no VAT is computed.
    supplier_vat_regime = models.CharField(
        "régime de TVA du fournisseur", max_length=20, choices=VatRegime.choices, blank=True
    )
    buyer_vat_identified = models.BooleanField("administration identifiée à la TVA", null=True, blank=True)
    total_eur_ht = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal("0.00"))
    # Of an order paid by usage, whose total is an estimate: what it may cost at most.
    maximum_eur_ht = models.DecimalField("maximum HT", max_digits=14, decimal_places=2, null=True, blank=True)
    vat_lines = models.JSONField(null=True, blank=True)
    vat_eur = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    total_eur_ttc = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

    opinions_requested_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="approved_orders"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_hash = models.CharField(max_length=64, blank=True)
    rejection_reason = models.TextField("motif du refus d’approuver", max_length=2000, blank=True)
    commitment_number = models.CharField("numéro d’engagement", max_length=30, blank=True)
    sent_number = models.CharField("numéro du bon de commande", max_length=40, null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reply_due_on = models.DateField("réponse attendue le", null=True, blank=True)
    document = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    # The same order in UBL 2.1; None for those sent before it was made.
    ubl = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.TextField("motif du refus", max_length=2000, blank=True)
    # The one that this order takes up, and what was agreed beside prices and dates.
    counter_proposal = models.OneToOneField(
        "procurement.CounterProposal", models.PROTECT, null=True, blank=True, related_name="made"
    )
    # Of its vehicle on the day it was written; None without any.
    discount_percent = models.DecimalField(
        "remise en %", max_digits=5, decimal_places=2, null=True, blank=True
    )
    agreed_terms = models.TextField("conditions convenues", max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            state_constraint("order_state", OrderState.values),
            models.CheckConstraint(
                name="order_period",
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="La date de fin précède le début. Choisissez une date postérieure.",
            ),
            models.CheckConstraint(
                name="order_total_positive",
                condition=_NOT_NULL_TOTAL,
                violation_error_message="Le total ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                name="order_maximum_positive",
                condition=models.Q(maximum_eur_ht__isnull=True) | models.Q(maximum_eur_ht__gt=0),
                violation_error_message="Le maximum est un montant positif.",
            ),
            models.CheckConstraint(
                name="order_ttc_whole",
                condition=models.Q(total_eur_ttc__isnull=True, vat_eur__isnull=True)
                | models.Q(total_eur_ttc=models.F("total_eur_ht") + models.F("vat_eur")),
                violation_error_message="Le total TTC doit être le total HT augmenté de la TVA.",
            ),
            models.CheckConstraint(
                name="order_route_before_opinions",
                condition=models.Q(state__in=[OrderState.DRAFT, OrderState.CANCELLED])
                | models.Q(vehicle__isnull=False)
                | ~models.Q(below_threshold_reason=""),
                violation_error_message=(
                    "Indiquez un support d’achat ou justifiez le montant sous le seuil. "
                    "Sinon, le bon de commande reste en brouillon."
                ),
            ),
            models.CheckConstraint(
                name="order_approval_signed",
                condition=~models.Q(
                    state__in=[
                        OrderState.APPROVED,
                        OrderState.COMMITTED,
                        OrderState.SENT,
                        OrderState.ACKNOWLEDGED,
                    ]
                )
                | (models.Q(approved_by__isnull=False) & ~models.Q(approved_hash="")),
                violation_error_message="Un bon de commande approuvé nomme la personne qui approuve.",
            ),
            models.CheckConstraint(
                name="order_committed_before_sent",
                condition=~models.Q(
                    state__in=[OrderState.COMMITTED, OrderState.SENT, OrderState.ACKNOWLEDGED]
                )
                | ~models.Q(commitment_number=""),
                violation_error_message="Le numéro d’engagement précède l’envoi.",
            ),
            models.UniqueConstraint(
                fields=["buyer", "sent_number"],
                condition=models.Q(sent_number__isnull=False),
                name="order_sent_number_once",
                violation_error_message="Ce numéro de bon de commande est déjà pris.",
            ),
            models.CheckConstraint(
                name="order_negotiated_without_vehicle",
                condition=models.Q(counter_proposal__isnull=True) | models.Q(vehicle__isnull=True),
                violation_error_message="Rien ne se négocie sous un support d’achat.",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("procurement:order", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        supplier_side = self.supplier.organisation_id if self.sent_at else None
        return [self.buyer_id, *([supplier_side] if supplier_side else [])]

    def is_author(self, user: User | None) -> bool:
        """Compares people: a second membership of the same person is the same author."""
        return user is not None and self.authors.filter(pk=user.pk).exists()

    @property
    def has_route(self) -> bool:
        return self.vehicle_id is not None or bool(self.below_threshold_reason.strip())

    def content(self) -> dict[str, Any]:
        """Everything an approval binds; the order of the lines counts."""
        # Said only when given: what was approved before these fields existed keeps its hash.
        added = {
            "budget": self.budget_id,
            "maximum_eur_ht": self.maximum_eur_ht,
            "counter_proposal": self.counter_proposal_id,
            "agreed_terms": self.agreed_terms or None,
            "vehicle_lot": self._lot_said,
            "discount_percent": self.discount_percent,
        }
        return {
            **{name: value for name, value in added.items() if value is not None},
            "buyer": self.buyer_id,
            "supplier": self.supplier_id,
            "offer_version": self.offer_version_id,
            "plan": self.plan_id,
            "project": self.project_id,
            "vehicle": self.vehicle_id,
            "below_threshold_reason": self.below_threshold_reason,
            "budget_line": self.budget_line,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "supplier_vat_regime": self.supplier_vat_regime,
            "buyer_vat_identified": self.buyer_vat_identified,
            "total_eur_ht": self.total_eur_ht,
            "vat_lines": self.vat_lines,
            "total_eur_ttc": self.total_eur_ttc,
            "lines": [line.content() for line in self.lines.order_by("position", "pk")],
        }

    @property
    def _lot_said(self) -> int | None:
        """The number of its lot; nothing for the first, which an agreement without lots became."""
        return (
            self.vehicle_lot.number if self.vehicle_lot is not None and self.vehicle_lot.number > 1 else None
        )

    def quantities(self) -> dict[str, Decimal]:
        """What is ordered, by code of price line, its tiers together; one query."""
        found: dict[str, Decimal] = {}
        for line in self.lines.select_related("price_line"):
            code = line.price_line.code
            found[code] = found.get(code, Decimal(0)) + line.quantity
        return found

    def content_hash(self) -> str:
        """SHA-256 of :meth:`content` as the database holds it; one query for the lines."""
        return hashlib.sha256(canonical(self.content())).hexdigest()


class OrderLine(PeriodCount):
    """One price of the frozen formula (one tier of it), with its amounts copied the day it was written."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    price_line = models.ForeignKey("catalog.PriceLine", models.PROTECT, related_name="order_lines")
    # Rank among the lines of one price: a quantity that reaches several tiers makes several lines.
    band = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    unit = models.CharField(max_length=100, blank=True)
    period = models.CharField(max_length=20)
    unit_price_eur_ht = models.DecimalField(max_digits=18, decimal_places=6)
    # Before the vehicle's discount; None: none was taken off.
    list_price_eur_ht = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=3, validators=[MinValueValidator(0)])
    periods = models.PositiveIntegerField()
    total_eur_ht = models.DecimalField(max_digits=14, decimal_places=2)
    # None: the offer's own price, or one agreed for this order.
    private_price = models.ForeignKey(
        "procurement.PrivatePrice", models.PROTECT, null=True, blank=True, related_name="order_lines"
    )

    class Meta(PeriodCount.Meta):
        abstract = False
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="order_line_amounts_positive",
                condition=models.Q(quantity__gt=0, unit_price_eur_ht__gte=0, total_eur_ht__gte=0),
                violation_error_message="Quantités et montants sont positifs.",
            ),
            models.CheckConstraint(
                name="order_line_list_price_above",
                condition=models.Q(list_price_eur_ht__isnull=True)
                | models.Q(list_price_eur_ht__gt=models.F("unit_price_eur_ht")),
                violation_error_message="Une remise diminue le prix.",
            ),
            models.UniqueConstraint(
                fields=["order", "price_line", "band"],
                name="order_line_price_once",
                violation_error_message="Cette ligne de prix figure déjà dans le bon de commande.",
            ),
            models.UniqueConstraint(
                fields=["order", "position"],
                name="order_line_position_once",
                violation_error_message="Deux lignes ont le même rang.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def plain_quantity(self) -> str:
        """Without the zeros that the column adds: « 10 », « 2.5 »."""
        return f"{self.quantity.normalize():f}"

    def content(self) -> dict[str, Any]:
        return {
            "price_line": self.price_line_id,
            "label": self.label,
            "unit": self.unit,
            "period": self.period,
            "unit_price_eur_ht": self.unit_price_eur_ht,
            "quantity": self.quantity,
            "periods": self.periods,
            "total_eur_ht": self.total_eur_ht,
            # Said only when given: what was approved before it was kept has the same hash.
            **({} if self.list_price_eur_ht is None else {"list_price_eur_ht": self.list_price_eur_ht}),
            **self.counted_content(),
        }


class OrderMessage(models.Model):
    """A line of the exchange between buyer and supplier, once the order was sent."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="messages")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    body = models.TextField("message", max_length=MOST_MESSAGE)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"{self.order} {self.written_at:%Y-%m-%d}"


class OrderFlag(models.Model):
    """A status this order leans on was lost or suspended; the order's own state is left alone."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="flags")
    event_uuid = models.UUIDField()
    scheme = models.CharField(max_length=40)
    status = models.CharField(max_length=40)
    order_state = models.CharField(max_length=40)
    raised_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "event_uuid"],
                name="order_flag_once",
                violation_error_message="Ce signal est déjà posé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.scheme} {self.status}"
