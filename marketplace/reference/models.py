from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.utils import timezone


class ReferenceReleaseQuerySet(models.QuerySet["ReferenceRelease"]):
    def in_force(self, name: str, day: dt.date) -> Self:
        """Editions called back are left out."""
        standing = self.filter(name=name, in_force_from__lte=day, called_back_at__isnull=True)
        return standing.order_by("-in_force_from", "-pk")


class ReferenceRelease(models.Model):
    """One dated edition of a reference file. Frozen results point to the edition they used."""

    name = models.CharField("nom", max_length=60)
    edition = models.CharField("édition", max_length=40)
    sha256 = models.CharField("empreinte", max_length=64)
    in_force_from = models.DateField("en vigueur depuis le")
    read_on = models.DateField("lu le", null=True, blank=True)
    source = models.CharField("source", max_length=500, blank=True)
    payload = models.JSONField("contenu")
    loaded_at = models.DateTimeField(default=timezone.now)
    # An import undone: results frozen on this edition keep it, new ones read the edition before.
    called_back_at = models.DateTimeField("rappelé le", null=True, blank=True)

    objects = ReferenceReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-in_force_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "edition", "sha256"],
                name="reference_release_once",
                violation_error_message="Cette édition est déjà chargée.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.edition}"


class NumberSeries(models.Model):
    """The last number given in a series; its row lock makes the next one unique."""

    name = models.CharField(max_length=40, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"
