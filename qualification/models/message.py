from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from qualification.models.dossier import Dossier
from qualification.schemes import load_scheme

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class DossierMessageQuerySet(models.QuerySet["DossierMessage"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever reads the dossier reads what is said about it."""
        return self.filter(dossier__in=Dossier.objects.visible_to(actor))

    def for_lists(self) -> Self:
        return self.select_related("dossier", "author")


class DossierMessage(models.Model):
    """What the supplier and the officers say about one requirement. Append-only: said is said."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dossier = models.ForeignKey("qualification.Dossier", on_delete=models.PROTECT, related_name="messages")
    requirement = models.CharField(max_length=40)
    text = models.TextField(max_length=4000)
    from_supplier = models.BooleanField()
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    objects = DossierMessageQuerySet.as_manager()

    class Meta:
        ordering = ("dossier", "requirement", "pk")
        indexes = (models.Index(fields=("dossier", "requirement"), name="dossier_message_thread"),)

    def __str__(self) -> str:
        return f"{self.dossier} – {self.requirement} – {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("qualification:discussion", args=[self.dossier.number, self.requirement])

    @property
    def title(self) -> str:
        """Of the requirement."""
        scheme = load_scheme(self.dossier.scheme, self.dossier.scheme_edition)
        return scheme.requirement(self.requirement).title
