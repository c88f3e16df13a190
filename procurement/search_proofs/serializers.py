from __future__ import annotations

from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.models import SearchProof


class SearchProofSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    project = serializers.UUIDField(source="project.uuid", read_only=True)
    eligibility_list = serializers.UUIDField(source="eligibility_list.uuid", read_only=True)
    frozen_at = serializers.DateTimeField(source="eligibility_list.frozen_at", read_only=True)
    sha256 = serializers.CharField(source="file.sha256", read_only=True, help_text="Empreinte du PDF.")

    class Meta:
        model = SearchProof
        fields = (
            "id", "number", "project", "eligibility_list", "frozen_at", "list_sha256", "sha256", "issued_at",
        )  # fmt: skip
        read_only_fields = fields


class SearchProofInput(StrictSerializer):
    project = serializers.UUIDField(help_text="Sa dernière liste figée est prouvée.")
