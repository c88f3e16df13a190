from __future__ import annotations

from django.db import models
from django.utils import timezone

from qualification.enums import Implementation


class Applicability(models.Model):
    """What a supplier states of one requirement of a scheme for one offer: a line of its statement of
    applicability. ``scheme``: the key of an edition (« secnumcloud-3.2 »), whatever the level."""

    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="applicability")
    scheme = models.CharField(max_length=60)
    requirement = models.CharField(max_length=40)
    applicable = models.BooleanField()
    justification = models.TextField(max_length=2000, blank=True)
    status = models.CharField(max_length=16, choices=Implementation, blank=True)
    evidence = models.ManyToManyField("qualification.Evidence", related_name="+", blank=True)
    stated_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("offer", "scheme", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("offer", "scheme", "requirement"),
                name="applicability_once_per_requirement",
                violation_error_message="Cette exigence a déjà sa ligne.",
            ),
            models.CheckConstraint(
                condition=models.Q(applicable=True) | ~models.Q(justification=""),
                name="applicability_exclusion_justified",
                violation_error_message="Dites pourquoi l’exigence ne s’applique pas.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer_id} – {self.scheme} – {self.requirement}"
