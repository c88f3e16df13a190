from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import Organisation, User
from marketplace.workflow import Stateful, state_constraint
from procurement.invoicing import states
from procurement.invoicing.enums import (
    BILLED_STATES,
    OPEN_STATES,
    InvoiceFormat,
    InvoiceKind,
    InvoiceState,
)
from procurement.models.readers import of_both_parties

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

ZERO = Decimal("0.00")
_BEFORE_PAYMENT = (
    InvoiceState.RECEIVED,
    InvoiceState.MATCHED,
    InvoiceState.DISPUTED,
    InvoiceState.REJECTED,
)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, actor: Actor) -> Self:
        """Both parties' people, and the auditor."""
        return of_both_parties(self, actor)

    def open(self) -> Self:
        return self.filter(kind=InvoiceKind.INVOICE, state__in=OPEN_STATES)

    def billed(self) -> Self:
        """What counts against the order; credit notes come off it."""
        return self.filter(state__in=BILLED_STATES)

    def for_pages(self) -> Self:
        return self.select_related(
            "contract__order__plan",
            "contract__offer",
            "buyer",
            "supplier",
            "credited",
            "account",
            "file",
            "statement",
        )


class Invoice(Stateful):
    """What a supplier asks for a contract; or a credit note, whose amounts are positive and come off."""

    MOVES = states.INVOICE

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    state = models.CharField(
        "état", max_length=40, choices=InvoiceState, default=InvoiceState.RECEIVED, db_index=True
    )
    kind = models.CharField("nature", max_length=20, choices=InvoiceKind, default=InvoiceKind.INVOICE)
    contract = models.ForeignKey("procurement.Contract", models.PROTECT, related_name="invoices")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="invoices")
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, related_name="invoices")
    # Of a credit note: the invoice it comes off.
    credited = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="credit_notes")
    # What the invoice charges, when it says so: its service fait gives the day that the clock may start from.
    statement = models.ForeignKey(
        "procurement.UsageStatement", models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    supplier_number = models.CharField("numéro du fournisseur", max_length=60)
    format = models.CharField("format", max_length=20, choices=InvoiceFormat)
    issued_on = models.DateField("date de la facture")
    received_on = models.DateField("reçue le")
    # The day the service was actually done, as the document or the administration says; None: not known.
    served_on = models.DateField("service exécuté le", null=True, blank=True)
    # Last day to pay, by the rules of that day; None while interrupted, or not known, or of a credit note.
    due_on = models.DateField("à payer au plus tard le", null=True, blank=True, db_index=True)
    total_eur_ht = models.DecimalField("total HT", max_digits=14, decimal_places=2)
    vat_eur = models.DecimalField("TVA", max_digits=14, decimal_places=2)
    total_eur_ttc = models.DecimalField("total TTC", max_digits=14, decimal_places=2)
    # Read on the PDF by who sent it; None when there is no PDF.
    stated_eur_ttc = models.DecimalField(
        "total TTC lu sur le PDF", max_digits=14, decimal_places=2, null=True, blank=True
    )
    # Sums of the rows, kept under this row's lock so that the database refuses to exceed the total.
    paid_eur_ttc = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    credited_eur_ttc = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    account = models.ForeignKey(
        "procurement.SupplierAccount", models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    file = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Why it was matched in spite of differences.
    match_reason = models.TextField("motif du rapprochement", max_length=2000, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    rejection_reason = models.TextField("motif du rejet", max_length=2000, blank=True)
    # The limits that people were told of, once each.
    near_told_for = models.DateField(null=True, blank=True)
    late_told_for = models.DateField(null=True, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ("-received_on", "-pk")
        verbose_name = "facture"
        constraints = (
            state_constraint("invoice_state", InvoiceState.values),
            models.UniqueConstraint(
                fields=("supplier", "supplier_number"),
                name="invoice_number_once",
                violation_error_message=(
                    "Une facture de ce fournisseur porte déjà ce numéro. "
                    "Vérifiez le numéro, ou ne l’envoyez pas deux fois."
                ),
            ),
            models.CheckConstraint(
                name="invoice_ttc_whole",
                condition=models.Q(total_eur_ttc=models.F("total_eur_ht") + models.F("vat_eur")),
                violation_error_message="Le total TTC doit être le total HT augmenté de la TVA.",
            ),
            models.CheckConstraint(
                name="invoice_amounts_positive",
                condition=models.Q(total_eur_ht__gte=0, vat_eur__gte=0, total_eur_ttc__gt=0),
                violation_error_message="Les montants sont positifs, le total TTC supérieur à 0.",
            ),
            models.CheckConstraint(
                name="invoice_paid_within",
                condition=models.Q(paid_eur_ttc__gte=0, paid_eur_ttc__lte=models.F("total_eur_ttc")),
                violation_error_message="Les paiements ne dépassent jamais la facture.",
            ),
            models.CheckConstraint(
                name="invoice_credited_within",
                condition=models.Q(credited_eur_ttc__gte=0, credited_eur_ttc__lte=models.F("total_eur_ttc")),
                violation_error_message="Les avoirs ne dépassent jamais leur facture.",
            ),
            models.CheckConstraint(
                name="invoice_credit_note_names_it",
                condition=models.Q(kind=InvoiceKind.INVOICE, credited__isnull=True)
                | models.Q(
                    kind=InvoiceKind.CREDIT_NOTE, credited__isnull=False, paid_eur_ttc=0, credited_eur_ttc=0
                ),
                violation_error_message="Un avoir nomme sa facture ; une facture n’en nomme aucune.",
            ),
            models.CheckConstraint(
                name="invoice_nothing_paid_before",
                condition=~models.Q(state__in=_BEFORE_PAYMENT) | models.Q(paid_eur_ttc=0),
                violation_error_message="Rien ne se paie avant que la facture soit acceptée.",
            ),
            models.CheckConstraint(
                name="invoice_accepted_whole",
                condition=~models.Q(state__in=(InvoiceState.ACCEPTED, InvoiceState.PAID))
                | models.Q(accepted_by__isnull=False, accepted_at__isnull=False),
                violation_error_message="Une facture acceptée nomme la personne qui l’accepte.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:invoice", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        supplier_side = self.supplier.organisation_id
        return [self.buyer_id, *([supplier_side] if supplier_side else [])]

    @property
    def owed_eur_ttc(self) -> Decimal:
        """Of an invoice, credit notes taken off, whatever was paid."""
        return self.total_eur_ttc - self.credited_eur_ttc

    @property
    def left_eur_ttc(self) -> Decimal:
        """Still to be paid; negative when a credit note came after the payment."""
        return self.owed_eur_ttc - self.paid_eur_ttc

    @property
    def service_day(self) -> dt.date | None:
        """As attested on its statement, else as the document or the administration says it."""
        attested = None if self.statement is None else self.statement.service_done_on
        return attested or self.served_on

    def is_late(self, on: dt.date) -> bool:
        return self.state in OPEN_STATES and self.due_on is not None and on > self.due_on


class InvoiceLine(models.Model):
    """As the document says it; `order_line` None: nothing of the order answers to it."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(
        "procurement.OrderLine", models.PROTECT, null=True, blank=True, related_name="invoice_lines"
    )
    position = models.PositiveIntegerField()
    label = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit_price_eur_ht = models.DecimalField(max_digits=20, decimal_places=6)
    total_eur_ht = models.DecimalField(max_digits=14, decimal_places=2)
    # Percent; None: the document does not say.
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("invoice", "position"),
                name="invoice_line_position_once",
                violation_error_message="Deux lignes ont le même rang.",
            ),
        )

    def __str__(self) -> str:
        return self.label
