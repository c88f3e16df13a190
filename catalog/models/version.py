from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from catalog.enums import UNTIMED_KINDS, Meter, PriceKind, PricePeriod, Prorata, TierMode
from catalog.prices.components import Component, Tier
from catalog.prices.cost import PricedPlan
from marketplace.errors import MoveRefused

if TYPE_CHECKING:
    from marketplace.accounts.models import User


class OfferVersionQuerySet(models.QuerySet["OfferVersion"]):
    def editing(self) -> OfferVersionQuerySet:
        return self.filter(frozen_at__isnull=True)

    def with_prices(self) -> OfferVersionQuerySet:
        return self.prefetch_related("plans__lines")


class OfferVersion(models.Model):
    """What was said of an offer at one moment: answers, plans and prices.

    Free to edit until `frozen_at`; afterwards a database trigger refuses any change to it, to its plans
    and to its price lines. Orders and dossiers point to frozen versions.
    """

    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    frozen_at = models.DateTimeField(null=True, blank=True)

    objects = OfferVersionQuerySet.as_manager()

    class Meta:
        ordering = ("offer", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("offer", "number"),
                name="offer_version_number_unique",
                violation_error_message="Cette version existe déjà.",
            ),
            models.UniqueConstraint(
                fields=("offer",),
                condition=models.Q(frozen_at__isnull=True),
                name="offer_one_version_in_edition",
                violation_error_message="Une version est déjà en préparation pour cette offre.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer} – version {self.number}"

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None

    def freeze(self) -> OfferVersion:
        """Raises MoveRefused when already frozen."""
        changed = OfferVersion.objects.filter(pk=self.pk, frozen_at__isnull=True).update(
            frozen_at=timezone.now()
        )
        if not changed:
            raise MoveRefused("version_frozen", "Cette version est figée : préparez-en une nouvelle.")
        self.refresh_from_db()
        return self

    def successor(self, *, created_by: User | None) -> OfferVersion:
        """A version to edit, copied from this one with its plans and prices. Call inside a transaction."""
        number = (
            OfferVersion.objects.filter(offer_id=self.offer_id).aggregate(top=models.Max("number"))["top"] + 1
        )
        copy = OfferVersion.objects.create(
            offer_id=self.offer_id, number=number, answers=dict(self.answers), created_by=created_by
        )
        for plan in self.plans.prefetch_related("lines"):
            plan.copy_to(copy)
        return copy

    def answer(self, question: str) -> Any:
        """None means not answered: shown as unknown, never as no."""
        return self.answers.get(question)


class Plan(models.Model):
    """A formula (« formule ») that can be ordered."""

    version = models.ForeignKey(OfferVersion, on_delete=models.CASCADE, related_name="plans")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    commitment_months = models.PositiveSmallIntegerField(
        "engagement minimal, en mois", default=0, validators=[MaxValueValidator(120)]
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "code"),
                name="plan_code_unique",
                violation_error_message="Deux formules portent le même code.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def copy_to(self, version: OfferVersion) -> Plan:
        copy = Plan.objects.create(
            version=version,
            code=self.code,
            name=self.name,
            description=self.description,
            commitment_months=self.commitment_months,
            position=self.position,
        )
        PriceLine.objects.bulk_create(line.copied(copy) for line in self.lines.all())
        return copy

    @property
    def priced(self) -> PricedPlan:
        """No query once the lines are prefetched."""
        components = tuple(line.component for line in self.lines.all())
        return PricedPlan(self.code, self.name, components, self.commitment_months)

    def entry_price(self) -> PriceLine | None:
        """What « à partir de » says: the dearest fixed line, else the cheapest unit line; None: unknown.

        Support sold apart is not counted: it is not what enters the service.
        """
        recurring = [line for line in self.lines.all() if line.is_due]
        fixed = [line for line in recurring if line.kind == PriceKind.FIXED]
        if fixed:
            return max(fixed, key=lambda line: line.monthly_eur_ht or Decimal(0))
        return min(recurring, key=lambda line: line.monthly_eur_ht or Decimal(0), default=None)


HOURS_PER_MONTH = Decimal(730)
MONTHLY_FACTOR = {
    PricePeriod.MONTH: Decimal(1),
    PricePeriod.YEAR: Decimal(1) / Decimal(12),
    PricePeriod.HOUR: HOURS_PER_MONTH,
}


class PriceLine(models.Model):
    """One price of a plan, HT. The amount has six decimals because some units cost less than a cent.

    `tiers`: `[{"above": "100", "amount_eur_ht": "8.5"}, …]`, increasing; `next_amount_eur_ht` replaces the
    amount from `next_from`. How a quantity is charged: :class:`catalog.prices.components.Component`; how its
    periods are counted: :mod:`catalog.prices.proration`.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="lines")
    code = models.SlugField(max_length=40)
    label = models.CharField(max_length=160)
    kind = models.CharField(max_length=8, choices=PriceKind)
    unit = models.CharField(max_length=60, blank=True)
    period = models.CharField(max_length=8, choices=PricePeriod, default=PricePeriod.MONTH)
    amount_eur_ht = models.DecimalField(max_digits=18, decimal_places=6)
    meter = models.CharField(max_length=16, choices=Meter, default=Meter.OTHER)
    included_quantity = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    minimum_quantity = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    tier_mode = models.CharField(max_length=10, choices=TierMode, default=TierMode.GRADUATED)
    tiers = models.JSONField(default=list, blank=True)
    next_amount_eur_ht = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    next_from = models.DateField(null=True, blank=True)
    prorata = models.CharField(max_length=5, choices=Prorata, default=Prorata.NONE)
    # What is used is rounded up to a multiple of it; zero: charged as it is.
    usage_step = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("plan", "code"),
                name="price_line_code_unique",
                violation_error_message="Deux lignes de prix portent le même code.",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_eur_ht__gte=0),
                name="price_line_amount_positive",
                violation_error_message="Un prix ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=PriceKind.UNIT) | ~models.Q(unit=""),
                name="price_line_unit_named",
                violation_error_message="Nommez l’unité du prix, par exemple « poste ».",
            ),
            models.CheckConstraint(
                condition=models.Q(period=PricePeriod.NONE) | ~models.Q(kind__in=UNTIMED_KINDS),
                name="price_line_one_off_without_period",
                violation_error_message="Un prix payé une seule fois ou à la sortie n’a pas de durée.",
            ),
            models.CheckConstraint(
                condition=models.Q(included_quantity__gte=0, minimum_quantity__gte=0),
                name="price_line_volumes_positive",
                violation_error_message="Un volume compris ou minimal ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                condition=models.Q(next_amount_eur_ht__isnull=True, next_from__isnull=True)
                | models.Q(next_amount_eur_ht__gte=0, next_from__isnull=False),
                name="price_line_next_price_dated",
                violation_error_message="Un prix annoncé est positif et porte la date où il s’applique.",
            ),
            models.CheckConstraint(
                condition=models.Q(prorata=Prorata.NONE)
                | models.Q(period=PricePeriod.YEAR)
                | models.Q(period=PricePeriod.MONTH, prorata=Prorata.DAY),
                name="price_line_prorata_of_a_period",
                violation_error_message="Prorata : au jour pour un mois, au mois ou au jour pour une année.",
            ),
            models.CheckConstraint(
                condition=models.Q(usage_step=0) | models.Q(usage_step__gt=0, kind=PriceKind.UNIT),
                name="price_line_step_of_a_unit",
                violation_error_message="Seul l’usage d’un prix à l’unité s’arrondit, à un nombre positif.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan} – {self.label}"

    @property
    def monthly_eur_ht(self) -> Decimal | None:
        """Per month whatever the period (730 hours a month); None when the price does not recur."""
        factor = MONTHLY_FACTOR.get(PricePeriod(self.period))
        if factor is None or self.kind in UNTIMED_KINDS:
            return None
        return self.amount_eur_ht * factor

    @property
    def is_due(self) -> bool:
        """Recurs, and is paid by whoever uses the service: not support sold apart."""
        return self.monthly_eur_ht is not None and self.meter != Meter.SUPPORT

    @property
    def component(self) -> Component:
        return Component(
            code=self.code,
            label=self.label,
            kind=PriceKind(self.kind),
            period=PricePeriod(self.period),
            amount_eur_ht=self.amount_eur_ht,
            unit=self.unit,
            meter=Meter(self.meter),
            included_quantity=self.included_quantity,
            minimum_quantity=self.minimum_quantity,
            tier_mode=TierMode(self.tier_mode),
            tiers=tuple(Tier(Decimal(row["above"]), Decimal(row["amount_eur_ht"])) for row in self.tiers),
            next_amount_eur_ht=self.next_amount_eur_ht,
            next_from=self.next_from,
            prorata=Prorata(self.prorata),
            usage_step=self.usage_step,
        )

    def copied(self, plan: Plan) -> PriceLine:
        return PriceLine(
            plan=plan,
            code=self.code,
            label=self.label,
            kind=self.kind,
            unit=self.unit,
            period=self.period,
            amount_eur_ht=self.amount_eur_ht,
            meter=self.meter,
            included_quantity=self.included_quantity,
            minimum_quantity=self.minimum_quantity,
            tier_mode=self.tier_mode,
            tiers=list(self.tiers),
            next_amount_eur_ht=self.next_amount_eur_ht,
            next_from=self.next_from,
            prorata=self.prorata,
            usage_step=self.usage_step,
            position=self.position,
        )
