"""Budget lines, what is committed against them, and the alerts they raised."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Organisation, User
from marketplace.tax_basis import TaxBasis, basis_constraint
from marketplace.workflow import Stateful, state_constraint
from procurement.budgets import states
from procurement.budgets.enums import ALERT_THRESHOLDS, BudgetKind, BudgetState, ReleaseReason
from procurement.models.readers import of_project

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

ZERO = Decimal("0.00")
AMOUNT = models.DecimalField(max_digits=16, decimal_places=2)


NO_TTC = models.Q(amount_eur_ttc__isnull=True)


def _over(total: models.Aggregate) -> models.Case:
    """Of the living commitments of the row: by its project for an envelope, else by the line."""

    def of(field: str, outer: str) -> models.Subquery:
        rows = Commitment.objects.living().filter(**{field: models.OuterRef(outer)}).order_by()
        return models.Subquery(rows.values(field).annotate(total=total).values("total"))

    return models.Case(
        models.When(kind=BudgetKind.PROJECT, then=of("project", "project")), default=of("line", "pk")
    )


class BudgetLineQuerySet(models.QuerySet["BudgetLine"]):
    def visible_to(self, actor: Actor) -> Self:
        """The administration's people, and the auditor."""
        return of_project(self, actor, organisation="organisation")

    def open_for(self, project_id: int, *, buyer_id: int) -> Self:
        """Lines that an order of the project may name."""
        return self.filter(
            models.Q(project__isnull=True) | models.Q(project_id=project_id),
            organisation_id=buyer_id,
            kind=BudgetKind.LINE,
            state=BudgetState.OPEN,
        )

    def with_used(self) -> Self:
        """Adds what is committed, without tax and with, and how many commitments have no known TTC."""
        return self.annotate(
            used_ht=Coalesce(_over(models.Sum("amount_eur_ht")), ZERO, output_field=AMOUNT),
            used_ttc=Coalesce(_over(models.Sum("amount_eur_ttc")), ZERO, output_field=AMOUNT),
            without_ttc=Coalesce(_over(models.Count("pk", filter=NO_TTC)), 0),
        )

    def for_pages(self) -> Self:
        return self.select_related("project", "organisation").with_used()


class BudgetLine(Stateful):
    """A ceiling of an administration: a line of one year, or the whole envelope of a project.

    An order names its line; the envelope of its project, where there is one, is checked besides. The
    ceiling is written in one basis, HT or TTC, and amounts are compared in that basis only.
    """

    MOVES = states.BUDGET

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    state = models.CharField(
        "état", max_length=40, choices=BudgetState, default=BudgetState.OPEN, db_index=True
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="budget_lines")
    kind = models.CharField("nature", max_length=10, choices=BudgetKind)
    # Of a line: reserved to this project; of an envelope: its project.
    project = models.ForeignKey(
        "procurement.Project", models.PROTECT, null=True, blank=True, related_name="budget_lines"
    )
    year = models.PositiveSmallIntegerField("année", null=True, blank=True)
    label = models.CharField("intitulé", max_length=200)
    ceiling_eur = models.DecimalField("plafond", max_digits=14, decimal_places=2)
    basis = models.CharField("plafond exprimé", max_length=3, choices=TaxBasis)
    source = models.CharField("source", max_length=300)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    # Annotated by `with_used`.
    used_ht: Decimal
    used_ttc: Decimal
    without_ttc: int

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "ligne budgétaire"
        constraints = (
            state_constraint("budget_line_state", BudgetState.values),
            models.CheckConstraint(
                name="budget_line_ceiling_positive",
                condition=models.Q(ceiling_eur__gt=0),
                violation_error_message="Le plafond est un montant positif.",
            ),
            basis_constraint("budget_line_basis", field="basis"),
            models.CheckConstraint(
                name="budget_line_kind_whole",
                condition=models.Q(kind=BudgetKind.LINE, year__isnull=False)
                | models.Q(kind=BudgetKind.PROJECT, year__isnull=True, project__isnull=False),
                violation_error_message="Une ligne a une année, une enveloppe a un projet.",
            ),
            models.UniqueConstraint(
                fields=("project",),
                condition=models.Q(kind=BudgetKind.PROJECT),
                name="budget_envelope_once",
                violation_error_message="Ce projet a déjà une enveloppe. Modifiez-la.",
            ),
        )

    def __str__(self) -> str:
        when = str(self.year) if self.year else "toutes années"
        return f"{self.label} ({when})"

    def get_absolute_url(self) -> str:
        return reverse("procurement:budget", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    @property
    def committed_eur(self) -> Decimal:
        """In the basis of the ceiling; needs :meth:`BudgetLineQuerySet.with_used`."""
        used: Decimal = self.used_ttc if self.basis == TaxBasis.TTC else self.used_ht
        return used

    @property
    def unknown(self) -> int:
        """Commitments that the ceiling cannot count, for want of a known TTC."""
        return self.without_ttc if self.basis == TaxBasis.TTC else 0

    @property
    def left_eur(self) -> Decimal:
        """Never less than nothing: a ceiling is not lowered under what is committed."""
        return max(self.ceiling_eur - self.committed_eur, ZERO)

    @property
    def percent(self) -> int:
        """Whole, rounded down: 100 is said when the ceiling is reached, not before."""
        return int(self.committed_eur * 100 / self.ceiling_eur)

    def commitments_of(self) -> CommitmentQuerySet:
        """Living ones; those of an envelope are all those of its project."""
        if self.kind == BudgetKind.PROJECT:
            return Commitment.objects.living().filter(project_id=self.project_id)
        return Commitment.objects.living().filter(line=self)


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, actor: Actor) -> Self:
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.is_buyer or not actor.roles:
            return self.none()
        return self.filter(order__buyer=actor.organisation)

    def living(self) -> Self:
        return self.filter(released_at__isnull=True)


class Commitment(models.Model):
    """What an approved order takes of the ceilings, until it is released. Amounts never change.

    An order to be paid by usage takes its maximum, not its estimate. TTC None: not known, and then no
    ceiling in TTC lets it pass.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey("procurement.Order", models.PROTECT, related_name="commitments")
    # None: the order itself. Negative amounts are those given up by a partial termination.
    amendment = models.ForeignKey(
        "procurement.Amendment", models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="commitments")
    line = models.ForeignKey(BudgetLine, models.PROTECT, null=True, blank=True, related_name="commitments")
    vehicle = models.ForeignKey(
        "procurement.PurchasingVehicle", models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    amount_eur_ht = models.DecimalField(max_digits=14, decimal_places=2)
    amount_eur_ttc = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.CharField(max_length=10, choices=ReleaseReason, blank=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("order",),
                condition=models.Q(released_at__isnull=True, amendment__isnull=True),
                name="commitment_one_living",
                violation_error_message="Ce bon de commande est déjà engagé.",
            ),
            models.UniqueConstraint(
                fields=("amendment",),
                condition=models.Q(amendment__isnull=False),
                name="commitment_one_an_amendment",
                violation_error_message="Cet avenant est déjà engagé.",
            ),
            models.CheckConstraint(
                name="commitment_released_whole",
                condition=models.Q(released_at__isnull=True, release_reason="")
                | (models.Q(released_at__isnull=False) & ~models.Q(release_reason="")),
                violation_error_message="Un engagement libéré porte sa date et sa raison.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.order} {self.amount_eur_ht}"


class BudgetAlert(models.Model):
    """A ceiling was reached at 80 or 100 %; ended when what is committed falls under it again."""

    line = models.ForeignKey(BudgetLine, models.PROTECT, null=True, blank=True, related_name="alerts")
    vehicle = models.ForeignKey(
        "procurement.PurchasingVehicle", models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    threshold = models.PositiveSmallIntegerField(choices=[(each, f"{each} %") for each in ALERT_THRESHOLDS])
    committed_eur = models.DecimalField(max_digits=16, decimal_places=2)
    ceiling_eur = models.DecimalField(max_digits=14, decimal_places=2)
    raised_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-raised_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="budget_alert_of_one",
                condition=models.Q(line__isnull=False, vehicle__isnull=True)
                | models.Q(line__isnull=True, vehicle__isnull=False),
                violation_error_message="Une alerte porte sur une ligne ou sur un support.",
            ),
            models.UniqueConstraint(
                fields=("line", "threshold"),
                condition=models.Q(ended_at__isnull=True, line__isnull=False),
                name="budget_alert_line_once",
                violation_error_message="Cette alerte est déjà levée.",
            ),
            models.UniqueConstraint(
                fields=("vehicle", "threshold"),
                condition=models.Q(ended_at__isnull=True, vehicle__isnull=False),
                name="budget_alert_vehicle_once",
                violation_error_message="Cette alerte est déjà levée.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line or self.vehicle} {self.threshold} %"
