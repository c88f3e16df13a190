from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from procurement.enums import OpinionKind, OpinionVerdict

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

ROLE_OF_KIND = {OpinionKind.RSSI: Role.SECURITY_OFFICER, OpinionKind.DPO: Role.DATA_OFFICER}


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def visible_to(self, actor: Actor) -> Self:
        """Members of the administration; never its suppliers."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.is_buyer or not actor.roles:
            return self.none()
        return self.filter(
            models.Q(assessment__project__organisation=actor.organisation)
            | models.Q(order__buyer=actor.organisation)
        )

    def for_lists(self) -> Self:
        return self.select_related("given_by", "assessment__project", "order")


class Opinion(models.Model):
    """The avis of the RSSI or of the DPO on an analysis or on an order. It advises, it never blocks.

    Append-only (trigger): who changes their mind gives a new one, the newest of a kind counts.
    `content_sha256` is the hash of what was read, so that a later change is seen.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("avis", max_length=8, choices=OpinionKind)
    assessment = models.ForeignKey(
        "procurement.Assessment", models.PROTECT, null=True, blank=True, related_name="opinions"
    )
    order = models.ForeignKey(
        "procurement.Order", models.PROTECT, null=True, blank=True, related_name="opinions"
    )
    verdict = models.CharField("sens de l’avis", max_length=16, choices=OpinionVerdict)
    text = models.TextField("motif", max_length=5000)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="opinions")
    given_at = models.DateTimeField(default=timezone.now)
    content_sha256 = models.CharField(max_length=64)
    # The facts as the officer read them; only for an analysis.
    facts = models.JSONField(null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="opinion_one_target",
                condition=models.Q(assessment__isnull=False, order__isnull=True)
                | models.Q(assessment__isnull=True, order__isnull=False),
                violation_error_message="Un avis porte sur une analyse ou sur un bon de commande.",
            ),
            models.CheckConstraint(
                name="opinion_kind",
                condition=models.Q(kind__in=OpinionKind.values),
                violation_error_message="Cet avis n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"Avis {self.get_kind_display()} : {self.get_verdict_display()}"

    def audit_organisation_ids(self) -> list[int]:
        target = self.assessment or self.order
        return target.audit_organisation_ids() if target is not None else []
