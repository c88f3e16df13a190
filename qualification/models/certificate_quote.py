from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from marketplace.accounts.enums import SUPPLIER_ROLES
from qualification.schemes.certificates import certificates

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

LONGEST_MONTHS = 120


class CertificateQuoteQuerySet(models.QuerySet["CertificateQuote"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier's own, and nobody else's: what it is asked to pay is its own business."""
        if actor.organisation is not None and actor.has(*SUPPLIER_ROLES):
            return self.filter(organisation=actor.organisation)
        return self.none()

    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class CertificateQuote(models.Model):
    """What somebody asked a supplier for a certificate of one of its offers (« devis »). A row is never
    changed: the last dated that stands counts, a withdrawn one is kept. ``months``: None when the quote gives
    no delay. ``issuer``: who quoted, as typed. ``evidence``: the document, one of the supplier's own."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="certificate_quotes")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    certificate = models.CharField(max_length=40)
    amount_eur_ht = models.DecimalField(
        max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    months = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MONTHS)]
    )
    quoted_on = models.DateField()
    issuer = models.CharField(max_length=200)
    evidence = models.ForeignKey(
        "qualification.Evidence", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    added_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CertificateQuoteQuerySet.as_manager()

    class Meta:
        ordering = ("-quoted_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(amount_eur_ht__gt=0),
                name="certificate_quote_amount_positive",
                violation_error_message="Le montant d’un devis est supérieur à zéro.",
            ),
            models.CheckConstraint(
                condition=models.Q(months__isnull=True) | models.Q(months__gte=1, months__lte=LONGEST_MONTHS),
                name="certificate_quote_months_in_range",
                violation_error_message=f"Le délai d’un devis va de 1 à {LONGEST_MONTHS} mois.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.certificate} – {self.amount_eur_ht} – {self.quoted_on}"

    @property
    def certificate_name(self) -> str:
        known = certificates().get(self.certificate)
        return known.name if known else self.certificate
