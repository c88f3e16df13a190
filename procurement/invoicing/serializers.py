from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.invoicing.enums import InvoiceKind
from procurement.invoicing.facts import interest_of
from procurement.models import (
    InterestPayment,
    Invoice,
    InvoiceDispute,
    InvoiceLine,
    InvoicePayment,
    SupplierAccount,
)

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}
FINE: dict[str, Any] = {"max_digits": 20, "decimal_places": 6}
PERCENT: dict[str, Any] = {"max_digits": 5, "decimal_places": 2}


class InvoiceLineInput(StrictSerializer):
    label = serializers.CharField(max_length=200)
    quantity = serializers.DecimalField(min_value=0, **FINE)
    unit_price_eur_ht = serializers.DecimalField(min_value=0, **FINE)
    total_eur_ht = serializers.DecimalField(min_value=0, **MONEY)
    vat_rate = serializers.DecimalField(min_value=0, max_value=100, help_text="Pour cent.", **PERCENT)
    order_line = serializers.IntegerField(
        min_value=0, max_value=32767, required=False, allow_null=True,
        help_text="Le rang de la ligne du bon de commande ; absent ou null, hors commande.",
    )  # fmt: skip


class ArrivalInput(StrictSerializer):
    contract = serializers.UUIDField(help_text="Identifiant du contrat.")
    iban = serializers.CharField(max_length=50, required=False, help_text="Si le document ne le dit pas.")
    served_on = serializers.DateField(
        required=False, help_text="Jour où le service a été exécuté, si le document ne le dit pas."
    )
    received_on = serializers.DateField(
        required=False, help_text="Pour le service financier ; un fournisseur envoie toujours aujourd’hui."
    )
    statement = serializers.UUIDField(required=False, help_text="Le relevé d’usage que la facture porte.")
    credited = serializers.UUIDField(required=False, help_text="D’un avoir : la facture qu’il corrige.")


class InvoiceInput(ArrivalInput):
    kind = serializers.ChoiceField(choices=InvoiceKind.choices, default=InvoiceKind.INVOICE)
    supplier_number = serializers.CharField(max_length=60, help_text="Unique par fournisseur.")
    issued_on = serializers.DateField()
    currency = serializers.CharField(max_length=3, default="EUR", help_text="Seul EUR est accepté.")
    lines = serializers.ListField(child=InvoiceLineInput(), min_length=1, max_length=5000)
    total_eur_ht = serializers.DecimalField(**MONEY)
    vat_eur = serializers.DecimalField(**MONEY)
    total_eur_ttc = serializers.DecimalField(**MONEY)


class InvoiceFileInput(ArrivalInput):
    file = serializers.FileField(help_text="Factur-X (PDF), UBL 2.1 ou CII (XML), 10 Mo au plus.")
    stated_eur_ttc = serializers.DecimalField(
        required=False, help_text="D’un PDF : le total TTC qu’il montre, comparé à celui de son XML.", **MONEY
    )


class InvoiceMatchInput(StrictSerializer):
    reason = serializers.CharField(
        max_length=2000,
        required=False,
        default="",
        allow_blank=True,
        help_text="Nécessaire s’il y a des écarts.",
    )


class DisputeAnswerInput(StrictSerializer):
    answer = serializers.CharField(max_length=2000)


class ServiceDayInput(StrictSerializer):
    served_on = serializers.DateField()


class SupplierAccountInput(StrictSerializer):
    checked_how = serializers.CharField(max_length=500, help_text="Comment le compte a été vérifié.")


class InvoicePaymentInput(StrictSerializer):
    amount_eur_ttc = serializers.DecimalField(**MONEY)
    paid_on = serializers.DateField()
    reference = serializers.CharField(max_length=60, help_text="Une fois par facture.")


class InterestPaymentInput(StrictSerializer):
    interest_eur = serializers.DecimalField(min_value=0, help_text="0 : l’indemnité seule.", **MONEY)
    flat_fee_eur = serializers.DecimalField(min_value=0, help_text="0 : les intérêts seuls.", **MONEY)
    paid_on = serializers.DateField()
    reference = serializers.CharField(max_length=60, help_text="Une fois par facture.")


class InvoiceLineSerializer(StrictModelSerializer):
    order_line = serializers.IntegerField(
        source="order_line.position", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = InvoiceLine
        fields = (
            "position", "label", "quantity", "unit_price_eur_ht", "total_eur_ht", "vat_rate", "order_line"
        )  # fmt: skip
        read_only_fields = fields


class InvoicePaymentSerializer(StrictModelSerializer):
    class Meta:
        model = InvoicePayment
        fields = ("amount_eur_ttc", "paid_on", "reference")
        read_only_fields = fields


class InterestPaymentSerializer(StrictModelSerializer):
    class Meta:
        model = InterestPayment
        fields = ("interest_eur", "flat_fee_eur", "paid_on", "reference")
        read_only_fields = fields


class InvoiceDisputeSerializer(StrictModelSerializer):
    class Meta:
        model = InvoiceDispute
        fields = ("cause", "reason", "opened_on", "end", "answer", "ended_on")
        read_only_fields = fields


class SupplierAccountSerializer(StrictModelSerializer):
    confirmed = serializers.BooleanField(source="is_confirmed", read_only=True)

    class Meta:
        model = SupplierAccount
        fields = ("iban", "confirmed")
        read_only_fields = fields


class LateInterestSerializer(StrictSerializer):
    """Null amounts are unknown: the rate of that half-year is not held."""

    began_on = serializers.DateField()
    rate_percent = serializers.DecimalField(allow_null=True, max_digits=6, decimal_places=2)
    interest_eur = serializers.DecimalField(allow_null=True, **MONEY)
    flat_fee_eur = serializers.DecimalField(allow_null=True, **MONEY)
    total_eur = serializers.DecimalField(allow_null=True, **MONEY)
    source = serializers.CharField()


class InvoiceSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    contract = serializers.UUIDField(source="contract.uuid", read_only=True)
    order = serializers.UUIDField(source="contract.order.uuid", read_only=True)
    credited = serializers.UUIDField(source="credited.uuid", read_only=True, allow_null=True, default=None)
    statement = serializers.UUIDField(source="statement.uuid", read_only=True, allow_null=True, default=None)
    served_on = serializers.DateField(
        source="service_day", read_only=True, allow_null=True, help_text="Jour où le service a été exécuté."
    )
    left_eur_ttc = serializers.DecimalField(read_only=True, **MONEY)
    account = SupplierAccountSerializer(read_only=True, allow_null=True)
    lines = InvoiceLineSerializer(many=True, read_only=True)
    payments = InvoicePaymentSerializer(many=True, read_only=True)
    interest_payments = InterestPaymentSerializer(many=True, read_only=True)
    disputes = InvoiceDisputeSerializer(many=True, read_only=True)
    late_interest = serializers.SerializerMethodField()

    class Meta:
        model = Invoice
        fields = (
            "id", "number", "state", "state_since", "version", "kind", "contract", "order", "statement",
            "credited", "supplier_number", "format", "issued_on", "received_on", "served_on", "due_on",
            "total_eur_ht", "vat_eur", "total_eur_ttc", "stated_eur_ttc", "credited_eur_ttc", "paid_eur_ttc",
            "left_eur_ttc", "account", "rejection_reason", "lines", "payments",
            "interest_payments", "disputes", "late_interest",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(LateInterestSerializer(allow_null=True))
    def get_late_interest(self, invoice: Invoice) -> dict[str, Any] | None:
        """Of today; null when nothing is late."""
        found = interest_of(invoice, invoice.payments.all(), on=timezone.localdate())
        return None if found is None else dict(LateInterestSerializer(found).data)


class InvoiceMatchRowSerializer(StrictSerializer):
    label = serializers.CharField()
    ordered_eur_ht = serializers.DecimalField(allow_null=True, **MONEY)
    served_eur_ht = serializers.DecimalField(allow_null=True, **MONEY)
    before_eur_ht = serializers.DecimalField(help_text="Déjà facturé, avoirs déduits.", **MONEY)
    billed_eur_ht = serializers.DecimalField(**MONEY)
    differences = serializers.ListField(child=serializers.CharField())


class InvoiceMatchSerializer(StrictSerializer):
    agrees = serializers.BooleanField()
    service_certified = serializers.BooleanField()
    differences = serializers.ListField(child=serializers.CharField(), help_text="De la facture entière.")
    rows = InvoiceMatchRowSerializer(many=True)
