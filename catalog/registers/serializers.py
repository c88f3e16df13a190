"""Imports of registers and their differences in JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import RegisterDifference, RegisterImport
from catalog.registers.actions import preview
from catalog.registers.links import linked
from catalog.registers.specs import REGISTERS
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class RegisterFileInput(StrictSerializer):
    register = serializers.ChoiceField(choices=[(code, spec.label) for code, spec in REGISTERS.items()])
    file = serializers.FileField(help_text="CSV (UTF-8) ou JSON, 8 Mo au plus.")
    edition = serializers.CharField(max_length=40)
    read_on = serializers.DateField()
    # DRF keeps « source » for itself.
    read_at = serializers.CharField(max_length=300, help_text="L’adresse ou le document lu.")


class ConfirmImportInput(StrictSerializer):
    sha256 = serializers.CharField(max_length=64, help_text="Celui de l’aperçu qui a été lu.")
    without_faults = serializers.BooleanField(
        required=False, default=False, help_text="true : importer sans les lignes fautives."
    )


class FaultSerializer(StrictSerializer):
    line = serializers.IntegerField()
    column = serializers.CharField()
    message = serializers.CharField()
    key = serializers.CharField()


class DifferenceSerializer(StrictSerializer):
    kind = serializers.CharField()
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)
    offers = serializers.ListField(child=serializers.UUIDField())


class RegisterImportSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    read_at = serializers.CharField(source="source", read_only=True)
    faults = FaultSerializer(many=True, read_only=True)
    rows_count = serializers.SerializerMethodField()

    class Meta:
        model = RegisterImport
        fields = (
            "id", "register", "edition", "read_on", "read_at", "file_name", "state", "state_since", "version",
            "sha256", "rows_count", "faults", "prepared_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_rows_count(self, made: RegisterImport) -> int:
        return len(made.rows)


class RegisterImportDetailSerializer(RegisterImportSerializer):
    differences = serializers.SerializerMethodField(help_text="Avec la lecture précédente, toutes.")

    class Meta(RegisterImportSerializer.Meta):
        fields = (*RegisterImportSerializer.Meta.fields, "differences")
        read_only_fields = fields

    @extend_schema_field(DifferenceSerializer(many=True))
    def get_differences(self, made: RegisterImport) -> list[dict[str, Any]]:
        return [
            {
                "kind": each.difference.kind.value,
                "before": each.difference.before,
                "after": each.difference.after,
                "offers": [str(offer.uuid) for offer, _ in each.touched],
            }
            for each in linked(preview(made), register=REGISTERS[made.register])
        ]


class RegisterDifferenceSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    register = serializers.CharField(source="reading.register", read_only=True)
    reading = serializers.UUIDField(source="reading.uuid", read_only=True)
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    mark = serializers.UUIDField(source="mark.uuid", read_only=True, allow_null=True)

    class Meta:
        model = RegisterDifference
        fields = (
            "id", "register", "reading", "kind", "before", "after", "offer", "mark", "outcome", "closed_at",
        )  # fmt: skip
        read_only_fields = fields
