from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from marketplace.accounts.models import User
from procurement.compliance.enums import IN_FORCE, MOST_TEXT, OUTCOMES, ComplianceKind, Outcome
from procurement.models.readers import of_project

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class ComplianceActQuerySet(models.QuerySet["ComplianceAct"]):
    def visible_to(self, actor: Actor) -> Self:
        """Same readers as the project."""
        return of_project(self, actor)

    def for_pages(self) -> Self:
        return self.select_related("project__organisation", "document", "recorded_by")


class ComplianceAct(models.Model):
    """An AIPD or an homologation as its signed paper says it. Append-only (trigger): the newest counts."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="compliance_acts")
    kind = models.CharField("nature", max_length=20, choices=ComplianceKind)
    outcome = models.CharField("ce que dit l’acte", max_length=12, choices=Outcome)
    dated_on = models.DateField("date de l’acte")
    # Last day of an homologation; None of the rest.
    valid_until = models.DateField("dernier jour", null=True, blank=True)
    reference = models.CharField("référence", max_length=100, blank=True)
    text = models.TextField("motif, réserves", max_length=MOST_TEXT, blank=True)
    document = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = ComplianceActQuerySet.as_manager()

    class Meta:
        ordering = ("-dated_on", "-pk")
        verbose_name = "acte de conformité"
        constraints = (
            models.CheckConstraint(
                name="compliance_outcome_of_its_kind",
                condition=models.Q(
                    kind=ComplianceKind.IMPACT_ASSESSMENT,
                    outcome__in=[one.value for one in OUTCOMES[ComplianceKind.IMPACT_ASSESSMENT]],
                )
                | models.Q(
                    kind=ComplianceKind.ACCREDITATION,
                    outcome__in=[one.value for one in OUTCOMES[ComplianceKind.ACCREDITATION]],
                ),
                violation_error_message="Cette conclusion n’est pas de cette nature d’acte.",
            ),
            models.CheckConstraint(
                name="compliance_last_day",
                condition=models.Q(
                    outcome__in=[one.value for one in IN_FORCE], valid_until__gte=models.F("dated_on")
                )
                | (~models.Q(outcome__in=[one.value for one in IN_FORCE]) & models.Q(valid_until=None)),
                violation_error_message="Une homologation prononcée, et elle seule, a un dernier jour.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.dated_on:%d/%m/%Y}"

    def audit_organisation_ids(self) -> list[int]:
        return [self.project.organisation_id]

    def is_over(self, on: dt.date) -> bool:
        return self.valid_until is not None and self.valid_until < on

    @property
    def is_superseded(self) -> bool:
        """Whether a newer act of the same kind counts instead; one query."""
        newer = models.Q(dated_on__gt=self.dated_on) | models.Q(dated_on=self.dated_on, pk__gt=self.pk)
        return ComplianceAct.objects.filter(newer, project_id=self.project_id, kind=self.kind).exists()
