from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from marketplace.workflow import Stateful, state_constraint
from procurement.exit import states
from procurement.exit.enums import LIVING_EXITS, CheckOutcome, ExitState, RehearsalResult

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

SHA256 = RegexValidator(r"\A[0-9a-f]{64}\Z", "Écrivez une empreinte SHA-256 : 64 caractères, 0 à 9 et a à f.")


class ExitPlanQuerySet(models.QuerySet["ExitPlan"]):
    def visible_to(self, actor: Actor) -> Self:
        """The administration's people and the auditor; the supplier once the notice was given."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.roles:
            return self.none()
        if actor.is_supplier:
            given = self.filter(notice_given_on__isnull=False)
            return given.filter(contract__supplier__organisation=actor.organisation)
        return self.filter(contract__buyer=actor.organisation)

    def living(self) -> Self:
        return self.filter(state__in=LIVING_EXITS)

    def for_pages(self) -> Self:
        return self.select_related(
            "contract__buyer", "contract__supplier", "contract__offer", "review", "certificate", "closed_by"
        ).prefetch_related("exports", "rehearsals")


class ExitPlan(Stateful):
    """How a contract is left (« plan de réversibilité »): dates, exports with their hash, erasure."""

    MOVES = states.EXIT_PLAN

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    state = models.CharField(
        "état", max_length=40, choices=ExitState, default=ExitState.PREPARING, db_index=True
    )
    contract = models.ForeignKey("procurement.Contract", models.PROTECT, related_name="exit_plans")
    # The lost status that led here, if any.
    review = models.ForeignKey(
        "procurement.ContractReview", models.PROTECT, null=True, blank=True, related_name="exit_plans"
    )
    reason = models.TextField("pourquoi partir", max_length=2000)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    notice_given_on = models.DateField("préavis donné le", null=True, blank=True)
    # Last days, each included, as computed when the notice was given; None: unknown.
    notice_ends_on = models.DateField("fin du préavis", null=True, blank=True)
    transition_ends_on = models.DateField("fin de la transition", null=True, blank=True)
    retrieval_ends_on = models.DateField("données récupérables jusqu’au", null=True, blank=True)
    erased_on = models.DateField("données effacées le", null=True, blank=True)
    erasure_reference = models.CharField("attestation d’effacement", max_length=200, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    certificate = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ExitPlanQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-pk")
        verbose_name = "plan de réversibilité"
        constraints = (
            state_constraint("exit_plan_state", ExitState.values),
            models.UniqueConstraint(
                fields=("contract",),
                condition=models.Q(state__in=LIVING_EXITS),
                name="exit_plan_one_living",
                violation_error_message="Un plan de réversibilité est déjà ouvert sur ce contrat.",
            ),
            models.CheckConstraint(
                name="exit_plan_running_dated",
                condition=~models.Q(state__in=[ExitState.RUNNING, ExitState.CLOSED])
                | models.Q(notice_given_on__isnull=False),
                violation_error_message="Une sortie en cours porte la date de son préavis.",
            ),
            models.CheckConstraint(
                name="exit_plan_closed_whole",
                condition=~models.Q(state=ExitState.CLOSED)
                | models.Q(
                    ~models.Q(erasure_reference=""),
                    erased_on__isnull=False,
                    closed_by__isnull=False,
                    closed_at__isnull=False,
                    certificate__isnull=False,
                ),
                violation_error_message="Une sortie close a son attestation d’effacement et son certificat.",
            ),
        )

    def __str__(self) -> str:
        return f"Plan de réversibilité {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:exit_plan", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        if self.notice_given_on is None:
            return [self.contract.buyer_id]
        return self.contract.audit_organisation_ids()


class ExitExport(models.Model):
    """Data asked of the supplier, and what came: its hash, and the file when it is small enough to keep."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(ExitPlan, models.PROTECT, related_name="exports")
    label = models.CharField("données", max_length=200)
    format = models.CharField("format", max_length=100)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_on = models.DateField("demandé le")
    received_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    received_on = models.DateField("reçu le", null=True, blank=True)
    sha256 = models.CharField("empreinte SHA-256", max_length=64, blank=True, validators=[SHA256])
    size = models.PositiveBigIntegerField("taille (octets)", null=True, blank=True)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("requested_on", "pk")
        constraints = (
            models.CheckConstraint(
                name="exit_export_received_whole",
                condition=models.Q(received_on__isnull=True, received_by__isnull=True, sha256="")
                | models.Q(
                    received_on__gte=models.F("requested_on"),
                    received_by__isnull=False,
                    sha256__regex=r"^[0-9a-f]{64}$",
                ),
                violation_error_message="Un export reçu a sa date, qui suit la demande, et son empreinte.",
            ),
        )

    def __str__(self) -> str:
        return self.label


class ExitRehearsal(models.Model):
    """A trial of the exit: what was tried and what it gave."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(ExitPlan, models.PROTECT, related_name="rehearsals")
    done_on = models.DateField("fait le")
    result = models.CharField("résultat", max_length=20, choices=RehearsalResult)
    note = models.TextField("ce qui a été essayé", max_length=2000)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("done_on", "pk")

    def __str__(self) -> str:
        return f"{self.get_result_display()} {self.done_on}"


class SecurityCheck(models.Model):
    """An item of the checklist that follows the award, answered. What is not answered has no row."""

    contract = models.ForeignKey("procurement.Contract", models.PROTECT, related_name="security_checks")
    code = models.SlugField(max_length=40)
    outcome = models.CharField("réponse", max_length=20, choices=CheckOutcome)
    note = models.TextField("preuve ou motif", max_length=2000)
    done_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("contract", "code")
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "code"),
                name="security_check_once",
                violation_error_message="Ce point est déjà traité.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.contract_id} {self.code}"
