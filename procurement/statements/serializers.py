"""What usage statements look like in JSON. Amounts are decimal text."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.models import UsageLine, UsageStatement
from procurement.serializers_periods import PartsField
from procurement.statements.reading import FAULTS_KEPT


class UsageLineSerializer(StrictModelSerializer):
    parts = PartsField()

    class Meta:
        model = UsageLine
        fields = (
            "component",
            "label",
            "unit",
            "quantity",
            "rows",
            "periods",
            "parts",
            "prorata",
            "total_eur_ht",
        )
        read_only_fields = fields


class UsageFaultSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="Numéro de la ligne dans le fichier, l’en-tête compris.")
    field = serializers.CharField(help_text="component, quantity, day ou line.")
    message = serializers.CharField()
    text = serializers.CharField(help_text="La ligne telle que lue, raccourcie.")


class UsageStatementSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    contract = serializers.UUIDField(source="contract.uuid", read_only=True)
    contract_number = serializers.CharField(source="contract.number", read_only=True)
    order_number = serializers.CharField(source="contract.order.sent_number", read_only=True)
    replaces = serializers.UUIDField(source="replaces.uuid", read_only=True, allow_null=True, default=None)
    lines = UsageLineSerializer(many=True, read_only=True)
    file_size = serializers.IntegerField(
        source="file.size", read_only=True, allow_null=True, default=None, help_text="Octets du fichier reçu."
    )
    file_scan = serializers.CharField(
        source="file.scan_state", read_only=True, allow_null=True, default=None,
        help_text="waiting, clean, infected ou unscanned.",
    )  # fmt: skip
    faults = UsageFaultSerializer(many=True, read_only=True)

    class Meta:
        model = UsageStatement
        fields = (
            "id", "number", "state", "state_since", "version", "contract", "contract_number",
            "order_number", "starts_on", "ends_on", "lines", "total_eur_ht", "replaces", "file_name",
            "file_sha256", "file_size", "file_rows", "file_scan", "faults", "faults_beyond", "created_at",
            "sent_at", "service_done_on", "attested_at", "certified_at", "refusal_reason",
        )  # fmt: skip
        read_only_fields = fields


class UsageRowInput(StrictSerializer):
    component = serializers.SlugField(max_length=40, help_text="Code de la ligne de prix de la formule.")
    quantity = serializers.DecimalField(max_digits=17, decimal_places=6, min_value=0)


class UsageRowsInput(StrictSerializer):
    rows = UsageRowInput(
        many=True,
        allow_empty=False,
        max_length=1000,
        help_text="Les lignes d’un même composant s’ajoutent ; un composant absent reste tel quel.",
    )


class UsageStatementInput(StrictSerializer):
    contract = serializers.UUIDField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Dernier jour, compris.")
    rows = UsageRowInput(many=True, required=False, max_length=1000)
    replaces = serializers.UUIDField(
        required=False, allow_null=True, help_text="Relevé envoyé, non attesté, dont celui-ci prend la place."
    )


class UsageFileInput(StrictSerializer):
    file = serializers.FileField(
        help_text="CSV en UTF-8 (composant;quantite, jour et ressource facultatifs), ou le même en gzip. "
        "200 Mo au plus ; gardé tel que reçu."
    )


class UsageCorrectionInput(StrictSerializer):
    line = serializers.IntegerField(min_value=1, max_value=2_000_000_000)
    component = serializers.CharField(max_length=40)
    quantity = serializers.CharField(max_length=40, help_text="0 écarte la ligne.")


class UsageCorrectionsInput(StrictSerializer):
    lines = UsageCorrectionInput(many=True, allow_empty=False, max_length=FAULTS_KEPT)


class ServiceDoneInput(StrictSerializer):
    service_done_on = serializers.DateField(help_text="Le jour où le service a réellement été rendu.")
