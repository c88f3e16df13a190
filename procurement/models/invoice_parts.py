"""What happens to an invoice: a dispute, payments, and the account they go to."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from marketplace.accounts.models import Organisation, User
from procurement.invoicing.enums import DisputeCause, DisputeEnd
from procurement.models.invoice import Invoice
from procurement.models.readers import of_both_parties

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class SupplierAccountQuerySet(models.QuerySet["SupplierAccount"]):
    def visible_to(self, actor: Actor) -> Self:
        return of_both_parties(self, actor)

    def awaiting(self) -> Self:
        return self.filter(confirmed_at__isnull=True)


class SupplierAccount(models.Model):
    """Where an administration pays a supplier: nothing is paid to it before another person confirms it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, related_name="accounts")
    iban = models.CharField("IBAN", max_length=34)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # How it was checked: a call back to a known number, a signed bank statement.
    checked_how = models.TextField("vérification faite", max_length=500, blank=True)

    objects = SupplierAccountQuerySet.as_manager()

    class Meta:
        ordering = ("-entered_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("buyer", "supplier", "iban"),
                name="supplier_account_once",
                violation_error_message="Ce compte est déjà connu.",
            ),
            models.CheckConstraint(
                name="supplier_account_confirmed_by_another",
                condition=models.Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | models.Q(
                    ~models.Q(confirmed_by=models.F("entered_by")) | models.Q(entered_by__isnull=True),
                    ~models.Q(checked_how=""),
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                ),
                violation_error_message="Une autre personne que celle qui l’a saisi confirme un compte.",
            ),
        )

    def __str__(self) -> str:
        return self.spaced

    def audit_organisation_ids(self) -> list[int]:
        supplier_side = self.supplier.organisation_id
        return [self.buyer_id, *([supplier_side] if supplier_side else [])]

    @property
    def spaced(self) -> str:
        """By groups of four, as it is printed on bank papers."""
        return "\u00a0".join(self.iban[at : at + 4] for at in range(0, len(self.iban), 4))

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None


class InvoiceDispute(models.Model):
    """Why an invoice cannot be paid, told to the supplier, and how that ended."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="disputes")
    cause = models.CharField("cause", max_length=20, choices=DisputeCause)
    reason = models.TextField("motif", max_length=2000)
    # None: opened by the rules at reception.
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    opened_on = models.DateField("dit au fournisseur le")
    end = models.CharField("issue", max_length=20, choices=DisputeEnd, blank=True)
    answer = models.TextField("réponse", max_length=2000, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_on = models.DateField("close le", null=True, blank=True)

    class Meta:
        ordering = ("opened_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("invoice",),
                condition=models.Q(end=""),
                name="invoice_dispute_one_open",
                violation_error_message="Un litige est déjà ouvert sur cette facture.",
            ),
            models.CheckConstraint(
                name="invoice_dispute_ended_whole",
                condition=models.Q(end="", ended_on__isnull=True)
                | (~models.Q(end="") & ~models.Q(answer="") & models.Q(ended_on__isnull=False)),
                violation_error_message="Un litige clos porte une réponse et une date.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.invoice} {self.opened_on}"


class InvoicePayment(models.Model):
    """A payment, as finance records it: the row never changes (trigger)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    account = models.ForeignKey(SupplierAccount, models.PROTECT, related_name="payments")
    amount_eur_ttc = models.DecimalField("montant TTC", max_digits=14, decimal_places=2)
    paid_on = models.DateField("payé le")
    reference = models.CharField("référence", max_length=60)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("paid_on", "pk")
        constraints = (
            models.CheckConstraint(
                name="invoice_payment_positive",
                condition=models.Q(amount_eur_ttc__gt=0),
                violation_error_message="Un paiement est un montant positif.",
            ),
            models.UniqueConstraint(
                fields=("invoice", "reference"),
                name="invoice_payment_once",
                violation_error_message="Un paiement de cette facture porte déjà cette référence.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.invoice} {self.reference}"


class InterestPayment(models.Model):
    """Late interest and the flat fee, paid apart from the principal: the row never changes (trigger)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="interest_payments")
    account = models.ForeignKey(SupplierAccount, models.PROTECT, related_name="interest_payments")
    interest_eur = models.DecimalField("intérêts moratoires", max_digits=14, decimal_places=2)
    flat_fee_eur = models.DecimalField("indemnité forfaitaire", max_digits=14, decimal_places=2)
    paid_on = models.DateField("payé le")
    reference = models.CharField("référence", max_length=60)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("paid_on", "pk")
        constraints = (
            models.CheckConstraint(
                name="interest_payment_positive",
                condition=models.Q(interest_eur__gte=0, flat_fee_eur__gte=0)
                & (models.Q(interest_eur__gt=0) | models.Q(flat_fee_eur__gt=0)),
                violation_error_message="Un versement d’intérêts est un montant positif.",
            ),
            models.UniqueConstraint(
                fields=("invoice", "reference"),
                name="interest_payment_once",
                violation_error_message="Un versement de cette facture porte déjà cette référence.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.invoice} {self.reference}"
