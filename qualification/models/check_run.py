from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from marketplace.leases import Leased, LeaseState
from qualification import limits
from qualification.checks import CHECKS
from qualification.enums import DisputeEffect, RunTrigger, Verdict
from qualification.evidence_words import evidence_rows
from qualification.states import DISPUTE_STATES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from qualification.models.dispute import Dispute

OPEN_LEASES = (LeaseState.DUE, LeaseState.RUNNING)
# Held against the supplier; « unknown » never is.
DISPUTABLE = (Verdict.FAIL, Verdict.WARN)


class CheckRunQuerySet(models.QuerySet["CheckRun"]):
    def visible_to(self, actor: Actor) -> Self:
        from qualification.models.dossier import Dossier

        return self.filter(dossier__in=Dossier.objects.visible_to(actor))

    def open(self) -> Self:
        return self.filter(lease_state__in=OPEN_LEASES)

    def with_gaps(self) -> Self:
        """``thinned_before``: how many results like the one before stood between it and this one, and were
        deleted since (`qualification.thinning`): numbers follow one another, whatever is filtered here."""
        older = CheckRun.objects.filter(
            dossier=models.OuterRef("dossier"),
            check_code=models.OuterRef("check_code"),
            run_number__lt=models.OuterRef("run_number"),
        ).order_by("-run_number")
        before = Coalesce(models.Subquery(older.values("run_number")[:1]), 0)
        return self.annotate(thinned_before=models.F("run_number") - 1 - before)


class CheckRun(Leased):
    """One execution of one check on one frozen version: written once; running again makes a new row, with the
    next number of its check in its dossier. Of old like results, a gap in the numbers says how many went."""

    MAX_ATTEMPTS = 4
    # Longer than the task's time limit (qualification.tasks), shorter than the visibility timeout.
    LEASE_SECONDS = 90

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dossier = models.ForeignKey("qualification.Dossier", on_delete=models.PROTECT, related_name="runs")
    offer_version = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    check_code = models.CharField(max_length=40)
    run_number = models.PositiveIntegerField()
    trigger = models.CharField(max_length=8, choices=RunTrigger, default=RunTrigger.ROUND)
    requested_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    check_version = models.CharField(max_length=12, blank=True)
    rule = models.CharField(max_length=300, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    message = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    input_hash = models.CharField(max_length=64, blank=True)
    # Nothing that this check reads has changed since: its result and its date are those of that run.
    carried_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    duration_ms = models.PositiveIntegerField(null=True, blank=True)

    objects = CheckRunQuerySet.as_manager()

    class Meta:
        ordering = ("dossier", "check_code", "run_number")
        indexes: ClassVar[list[models.Index]] = Leased.lease_indexes("check_run")
        constraints = (
            models.UniqueConstraint(
                fields=("dossier", "check_code", "run_number"),
                name="check_run_number_unique",
                violation_error_message="Cette exécution existe déjà.",
            ),
            models.UniqueConstraint(
                fields=("dossier", "check_code"),
                condition=models.Q(lease_state__in=["due", "running"]),
                name="check_run_one_open",
                violation_error_message="Ce contrôle est déjà en cours.",
            ),
            models.CheckConstraint(
                condition=models.Q(lease_state__in=["due", "running", "dead"]) | ~models.Q(verdict=""),
                name="check_run_done_has_verdict",
                violation_error_message="Un contrôle terminé porte un verdict.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.check_code} {self.run_number}"

    def get_absolute_url(self) -> str:
        return reverse("qualification:check", args=[self.dossier.number, self.check_code])

    @property
    def title(self) -> str:
        check = CHECKS.get(self.check_code)
        return check.title if check else self.check_code

    @property
    def is_over(self) -> bool:
        return self.lease_state not in OPEN_LEASES

    @property
    def shown(self) -> str:
        """The code of the badge: the verdict when there is one, else where the run stands."""
        return self.current or (Verdict.UNKNOWN if self.is_over else self.lease_state)

    @property
    def current(self) -> str:
        """The verdict; while the dossier is examined, a result past its maximum age reads unknown."""
        if not self.verdict or self.dossier.outcome or self.done_at is None:
            return self.verdict
        check = CHECKS.get(self.check_code)
        too_old = check is None or timezone.now() >= self.done_at + check.max_age
        return Verdict.UNKNOWN if too_old else self.verdict

    @property
    def contested(self) -> Dispute | None:
        """One query unless selected with the run."""
        return getattr(self, "dispute", None)

    @property
    def is_set_aside(self) -> bool:
        """Upheld: the result no longer informs the requirement."""
        return self.contested is not None and self.contested.effect == DisputeEffect.SET_ASIDE

    @property
    def dispute_before(self) -> dt.date | None:
        """The first day too late to contest; None: nothing here is held against the supplier."""
        if self.verdict not in DISPUTABLE or self.done_at is None:
            return None
        return limits.dispute_before(timezone.localdate(self.done_at))

    @property
    def is_open_to_dispute(self) -> bool:
        """Today, while the dossier is examined, once."""
        before = self.dispute_before
        in_time = before is not None and timezone.localdate() < before
        return in_time and self.contested is None and self.dossier.state in DISPUTE_STATES

    @property
    def evidence_rows(self) -> list[tuple[str, str]]:
        """What was seen, as lines to read; what was not reached has no line."""
        return evidence_rows(self.evidence)
