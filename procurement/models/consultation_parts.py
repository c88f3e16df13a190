"""What a consultation asks: criteria, price schedule, documents; what it says later: questions, notices."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from marketplace.files.models import StoredFile
from procurement.consultations.enums import MOST_QUESTION, MOST_TEXT, CriterionKind, NoticeKind
from procurement.models.consultation import Consultation, ConsultationLot

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class AwardCriterion(models.Model):
    """The weights of a consultation make 100 when it is published: the database refuses anything else."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField("nature", max_length=20, choices=CriterionKind)
    label = models.CharField("critère", max_length=160)
    weight = models.PositiveSmallIntegerField("poids")

    class Meta:
        ordering = ("consultation", "position")
        constraints = (
            models.CheckConstraint(
                name="award_criterion_weight",
                condition=Q(weight__gte=1, weight__lte=100),
                violation_error_message="Un poids va de 1 à 100.",
            ),
            models.UniqueConstraint(
                fields=("consultation", "position"),
                name="award_criterion_position",
                violation_error_message="Deux critères ont la même place.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.label}, {self.weight} %"


class PriceItem(models.Model):
    """One line of the price schedule. `is_usage`: paid by what is used, the quantity is an estimate."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lot = models.ForeignKey(ConsultationLot, models.CASCADE, related_name="price_items")
    position = models.PositiveSmallIntegerField()
    label = models.CharField("poste", max_length=160)
    unit = models.CharField("unité", max_length=60)
    quantity = models.DecimalField("quantité", max_digits=14, decimal_places=3, default=Decimal(1))
    is_usage = models.BooleanField("payé à l’usage", default=False)

    class Meta:
        ordering = ("lot", "position")
        constraints = (
            models.CheckConstraint(
                name="price_item_quantity",
                condition=Q(quantity__gt=0),
                violation_error_message="La quantité est plus grande que zéro.",
            ),
            models.UniqueConstraint(
                fields=("lot", "position"),
                name="price_item_position",
                violation_error_message="Deux postes ont la même place.",
            ),
        )

    def __str__(self) -> str:
        return self.label


class ConsultationDocument(models.Model):
    """A file that whoever sees the consultation may read. Frozen once the consultation is published: one is
    joined after only by a change told to all, `notice` (a trigger)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="documents")
    title = models.CharField("titre", max_length=160)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    notice = models.ForeignKey(
        "procurement.ConsultationNotice", models.PROTECT, null=True, blank=True, related_name="documents"
    )

    class Meta:
        ordering = ("added_at", "pk")

    def __str__(self) -> str:
        return self.title


class ConsultationNotice(models.Model):
    """Something changed after the publication, told to all at once. Never edited."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="notices")
    kind = models.CharField("nature", max_length=20, choices=NoticeKind)
    text = models.TextField("texte", max_length=MOST_TEXT)
    closes_at = models.DateTimeField("nouvelle clôture", null=True, blank=True)
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-published_at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.published_at:%d/%m/%Y}"


class ConsultationQuestionQuerySet(models.QuerySet["ConsultationQuestion"]):
    def visible_to(self, actor: Actor) -> Self:
        """Answered ones: whoever sees the consultation. The others: its administration, the auditor, and
        the supplier that asked."""
        seen = self.filter(consultation__in=Consultation.objects.visible_to(actor).values("pk"))
        if actor.has(Role.AUDITOR):
            return seen
        more = Q(answered_at__isnull=False)
        if actor.organisation is not None:
            more |= Q(consultation__organisation=actor.organisation)
            more |= Q(supplier__organisation=actor.organisation)
        return seen.filter(more)

    def for_pages(self) -> Self:
        return self.select_related("consultation__organisation", "supplier")


class ConsultationQuestion(models.Model):
    """Asked without a name, answered to all. `supplier` is shown to nobody but the supplier itself."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="questions")
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, related_name="+")
    text = models.TextField("question", max_length=MOST_QUESTION)
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField("réponse", max_length=MOST_TEXT, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ConsultationQuestionQuerySet.as_manager()

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = (
            models.CheckConstraint(
                name="consultation_question_answered",
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                violation_error_message="Une réponse porte un texte et sa date.",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]
