from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from marketplace.audit.journal import canonical
from marketplace.workflow import Stateful, state_constraint
from procurement.models.period_count import PeriodCount
from procurement.statements import states
from procurement.statements.enums import COUNTED_STATES, DONE_STATES, StatementState

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

_BEFORE_DONE = [state for state in StatementState if state not in DONE_STATES]


class DateRange(models.Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class StatementQuerySet(models.QuerySet["UsageStatement"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier's people always; the administration's people and the auditor once it was sent."""
        sent = self.filter(sent_at__isnull=False)
        if actor.has(Role.AUDITOR):
            return sent
        if actor.organisation is None or not actor.roles:
            return self.none()
        if actor.is_supplier:
            return self.filter(contract__supplier__organisation=actor.organisation)
        return sent.filter(contract__buyer=actor.organisation)

    def counted(self) -> Self:
        return self.filter(state__in=COUNTED_STATES)

    def certified(self) -> Self:
        """What an invoice may be matched against."""
        return self.filter(state=StatementState.CERTIFIED)

    def for_pages(self) -> Self:
        return self.select_related(
            "contract__buyer",
            "contract__supplier",
            "contract__offer",
            "contract__order__plan",
            "attested_by",
            "certified_by",
            "replaces",
            "file",
        ).prefetch_related("lines")


class UsageStatement(Stateful):
    """What a supplier says was used under a contract in a period, and the service fait on it.

    An invoice is matched against it: `contract.order`, the period, `lines`, `total_eur_ht`,
    `service_done_on`, and whether it `is_certified`.
    """

    MOVES = states.STATEMENT

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    state = models.CharField(
        "état", max_length=40, choices=StatementState, default=StatementState.DRAFT, db_index=True
    )
    contract = models.ForeignKey("procurement.Contract", models.PROTECT, related_name="statements")
    # First and last day, both included.
    starts_on = models.DateField("premier jour")
    ends_on = models.DateField("dernier jour")
    total_eur_ht = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    # The file read last, as it came: blank when everything was typed or sent by rows.
    file = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField("fichier", max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_rows = models.PositiveIntegerField("lignes lues", default=0)
    # Lines of the file that could not be read: {line, field, message, text}; `faults_beyond` are not kept.
    faults = models.JSONField(default=list, blank=True)
    faults_beyond = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    # The day the service was actually done: what a payment limit may start from.
    service_done_on = models.DateField("service fait le", null=True, blank=True)
    attested_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    attested_at = models.DateTimeField(null=True, blank=True)
    attested_sha256 = models.CharField(max_length=64, blank=True)
    certified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    certified_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.TextField("motif", max_length=2000, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "-pk")
        verbose_name = "relevé d’usage"
        constraints = (
            state_constraint("usage_statement_state", StatementState.values),
            models.CheckConstraint(
                name="usage_statement_period",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="Le dernier jour précède le premier.",
            ),
            models.CheckConstraint(
                name="usage_statement_sent_whole",
                condition=models.Q(state__in=[StatementState.DRAFT, StatementState.WITHDRAWN])
                | models.Q(faults=[], faults_beyond=0, sent_at__isnull=False),
                violation_error_message="Un relevé envoyé n’a plus de ligne à corriger.",
            ),
            models.CheckConstraint(
                name="usage_statement_attested_whole",
                condition=models.Q(
                    state__in=_BEFORE_DONE,
                    attested_by__isnull=True,
                    attested_at__isnull=True,
                    service_done_on__isnull=True,
                    attested_sha256="",
                )
                | models.Q(
                    ~models.Q(attested_sha256=""),
                    state__in=DONE_STATES,
                    attested_by__isnull=False,
                    attested_at__isnull=False,
                    service_done_on__gte=models.F("starts_on"),
                ),
                violation_error_message="Un service fait attesté nomme la personne et le jour.",
            ),
            models.CheckConstraint(
                name="usage_statement_certified_by_another",
                condition=models.Q(
                    ~models.Q(state=StatementState.CERTIFIED),
                    certified_by__isnull=True,
                    certified_at__isnull=True,
                )
                | models.Q(
                    ~models.Q(certified_by=models.F("attested_by")),
                    state=StatementState.CERTIFIED,
                    certified_by__isnull=False,
                    certified_at__isnull=False,
                ),
                violation_error_message="Une autre personne que celle qui atteste certifie le service fait.",
            ),
        )

    def __str__(self) -> str:
        return f"Relevé {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:statement", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        """The administration reads it once it was sent."""
        if self.sent_at is None:
            supplier = self.contract.supplier.organisation_id
            return [supplier] if supplier else []
        return self.contract.audit_organisation_ids()

    @property
    def is_certified(self) -> bool:
        return self.state == StatementState.CERTIFIED

    @property
    def faults_count(self) -> int:
        return len(self.faults) + self.faults_beyond

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        return self.starts_on, self.ends_on

    def content(self) -> dict[str, Any]:
        """What is attested; two queries at most."""
        return {
            "contract": self.contract_id,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "total_eur_ht": self.total_eur_ht,
            "file_sha256": self.file_sha256,
            "lines": [line.content() for line in self.lines.order_by("position", "pk")],
        }

    def content_hash(self) -> str:
        return hashlib.sha256(canonical(self.content())).hexdigest()


class UsageLine(PeriodCount):
    """One component of the frozen formula: all that was used of it in the period, and its amount.

    Contract and period are those of the statement: with `counted` they let the database refuse that a
    component is stated twice for one day.
    """

    statement = models.ForeignKey(UsageStatement, models.CASCADE, related_name="lines")
    price_line = models.ForeignKey("catalog.PriceLine", models.PROTECT, related_name="usage_lines")
    position = models.PositiveSmallIntegerField()
    component = models.SlugField("composant", max_length=40)
    label = models.CharField(max_length=160)
    unit = models.CharField(max_length=60, blank=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    # How many rows of the supplier were added up.
    rows = models.PositiveIntegerField(default=1)
    # How many periods of its price begin in the statement's, or lie within it when it is prorated; 0 and no
    # part: already charged by an earlier one.
    periods = models.PositiveSmallIntegerField()
    total_eur_ht = models.DecimalField(max_digits=14, decimal_places=2)
    contract = models.ForeignKey("procurement.Contract", models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    counted = models.BooleanField(default=False)

    class Meta(PeriodCount.Meta):
        abstract = False
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(
                name="usage_line_amounts_positive",
                condition=models.Q(quantity__gt=0, total_eur_ht__gte=0),
                violation_error_message="Quantités et montants sont positifs.",
            ),
            models.UniqueConstraint(
                fields=("statement", "price_line"),
                name="usage_line_component_once",
                violation_error_message="Ce composant figure déjà dans le relevé.",
            ),
            ExclusionConstraint(
                name="usage_line_counted_once",
                expressions=[
                    ("contract", RangeOperators.EQUAL),
                    ("price_line", RangeOperators.EQUAL),
                    (
                        DateRange("starts_on", "ends_on", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(counted=True),
                violation_error_message="Un autre relevé compte déjà ce composant sur ces jours.",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def period(self) -> str:  # type: ignore[override]  # read of the price, no column
        """Of its price: the caller selects it."""
        return self.price_line.period

    @property
    def plain_quantity(self) -> str:
        """Without the zeros that the column adds."""
        return f"{self.quantity.normalize():f}"

    def content(self) -> dict[str, Any]:
        names = ("price_line_id", "quantity", "periods", "total_eur_ht")
        return {name: getattr(self, name) for name in names} | self.counted_content()
