"""What was sent to an official journal: recorded by a person, never sent from here."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from marketplace.accounts.models import User
from procurement.consultations.notices.enums import MOST_REFERENCE, MOST_URL, Medium
from procurement.models.consultation import Consultation

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class NoticeSendingQuerySet(models.QuerySet["NoticeSending"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the consultation: what is published is for all."""
        return self.filter(consultation__in=Consultation.objects.visible_to(actor).values("pk"))

    def for_pages(self) -> Self:
        return self.select_related("consultation__organisation", "recorded_by")


class NoticeSending(models.Model):
    """One medium of one consultation. Its sending is frozen once the consultation is published (a trigger);
    the day and the address of the publication may come after."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="notice_sendings")
    medium = models.CharField("support", max_length=10, choices=Medium)
    reference = models.CharField("référence de l’avis", max_length=MOST_REFERENCE)
    sent_on = models.DateField("envoyé le")
    published_on = models.DateField("publié le", null=True, blank=True)
    url = models.URLField("adresse", max_length=MOST_URL, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = NoticeSendingQuerySet.as_manager()

    class Meta:
        ordering = ("consultation", "medium")
        verbose_name = "envoi d’un avis"
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "medium"),
                name="notice_sending_once",
                violation_error_message="L’envoi à ce support est déjà enregistré.",
            ),
            models.CheckConstraint(
                name="notice_sending_medium",
                condition=Q(medium__in=sorted(Medium.values)),
                violation_error_message="Ce support de publication n’existe pas.",
            ),
            models.CheckConstraint(
                name="notice_sending_referenced",
                condition=~Q(reference=""),
                violation_error_message="Un envoi porte la référence de l’avis.",
            ),
            models.CheckConstraint(
                name="notice_published_after_sending",
                condition=Q(published_on__isnull=True) | Q(published_on__gte=F("sent_on")),
                violation_error_message="Un avis est publié le jour de son envoi ou après.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_medium_display()}, {self.reference}"
