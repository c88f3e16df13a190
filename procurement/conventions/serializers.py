from __future__ import annotations

from typing import Any

from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.models import Convention, ConventionCharge

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "min_value": 0}


class ConventionChargeSerializer(StrictModelSerializer):
    class Meta:
        model = ConventionCharge
        fields = ("year", "expected_eur_ht", "charged_eur_ht", "reference", "recorded_at")
        read_only_fields = fields


class ConventionSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    project = serializers.UUIDField(source="project.uuid", read_only=True)
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    document_sha256 = serializers.CharField(
        source="document.sha256", read_only=True, allow_null=True, default=None
    )
    charges = ConventionChargeSerializer(many=True, read_only=True)

    class Meta:
        model = Convention
        fields = (
            "id", "number", "state", "state_since", "version", "project", "offer", "provider", "subject",
            "starts_on", "ends_on", "signed_on", "countersigned_on", "document_sha256", "charges",
            "closing_reason", "written_at",
        )  # fmt: skip
        read_only_fields = fields


class ConventionInput(StrictSerializer):
    project = serializers.UUIDField()
    offer = serializers.UUIDField(help_text="Un cloud interne de l’État.")
    provider = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Vide : le nom de la fiche."
    )
    subject = serializers.CharField(max_length=3000)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Compris.")


class SignInput(StrictSerializer):
    signed_on = serializers.DateField()


class CountersignInput(StrictSerializer):
    countersigned_on = serializers.DateField()
    document = serializers.FileField(help_text="La convention signée des deux côtés : PDF, 10 Mo au plus.")


class ChargeInput(StrictSerializer):
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    expected_eur_ht = serializers.DecimalField(**MONEY)
    charged_eur_ht = serializers.DecimalField(required=False, allow_null=True, **MONEY)
    reference = serializers.CharField(max_length=100, required=False, allow_blank=True)
