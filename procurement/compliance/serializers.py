from __future__ import annotations

from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.compliance.enums import MOST_TEXT, ComplianceKind, Outcome
from procurement.models import ComplianceAct


class ComplianceActSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    project = serializers.UUIDField(source="project.uuid", read_only=True)
    sha256 = serializers.CharField(
        source="document.sha256", read_only=True, default=None, allow_null=True, help_text="Du document."
    )

    class Meta:
        model = ComplianceAct
        fields = (
            "id", "project", "kind", "outcome", "dated_on", "valid_until", "reference", "text", "sha256",
            "recorded_at",
        )  # fmt: skip
        read_only_fields = fields


class ComplianceActInput(StrictSerializer):
    project = serializers.UUIDField()
    kind = serializers.ChoiceField(ComplianceKind.choices)
    outcome = serializers.ChoiceField(Outcome.choices)
    dated_on = serializers.DateField()
    valid_until = serializers.DateField(
        required=False, allow_null=True, help_text="Dernier jour d’une homologation prononcée."
    )
    reference = serializers.CharField(max_length=100, required=False, allow_blank=True)
    text = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True)
    document = serializers.FileField(required=False, help_text="L’acte signé, 10 Mo au plus.")
