from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.controls.enums import ControlKind
from procurement.enums import OpinionVerdict
from procurement.models import ControlFile, ControlPaper
from procurement.models.control_file import MOST_ASPECT


class OwedFileOutput(serializers.Serializer):
    kind = serializers.ChoiceField(ControlKind.choices)
    level = serializers.CharField(help_text="Celui de l’obligation ; « unknown » : un fait manque.")
    reason = serializers.CharField()
    source = serializers.CharField()
    date = serializers.DateField()


class OwedOutput(OwedFileOutput):
    """As it was the day the file was prepared."""

    full_cost_eur_ht = serializers.CharField(allow_null=True)


class ControlPaperSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    sha256 = serializers.CharField(source="document.sha256", read_only=True)

    class Meta:
        model = ControlPaper
        fields = ("id", "kind", "title", "sha256", "recorded_at")
        read_only_fields = fields


class ControlFileSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    project = serializers.UUIDField(source="project.uuid", read_only=True)
    owed = serializers.SerializerMethodField(help_text="Pourquoi ce dossier était dû, ce jour-là.")
    papers = ControlPaperSerializer(many=True, read_only=True)

    class Meta:
        model = ControlFile
        fields = (
            "id", "number", "kind", "state", "state_since", "version", "project", "owed", "economic",
            "legal", "business", "security", "papers", "sent_on", "sent_reference", "acknowledged_on",
            "answered_on", "verdict", "verdict_text", "closing_reason", "prepared_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(OwedOutput)
    def get_owed(self, file: ControlFile) -> dict[str, Any]:
        return file.owed


class ControlPaperInput(StrictSerializer):
    title = serializers.CharField(max_length=160)
    document = serializers.FileField(help_text="10 Mo au plus.")


def _aspect() -> serializers.CharField:
    return serializers.CharField(
        max_length=MOST_ASPECT, required=False, allow_blank=True, help_text="Attendu d’une étude (R7)."
    )


class ControlFileInput(ControlPaperInput):
    project = serializers.UUIDField()
    kind = serializers.ChoiceField(ControlKind.choices)
    economic = _aspect()
    legal = _aspect()
    business = _aspect()
    security = _aspect()


class ControlSendInput(StrictSerializer):
    sent_on = serializers.DateField()
    reference = serializers.CharField(max_length=100)


class ControlAcknowledgeInput(StrictSerializer):
    acknowledged_on = serializers.DateField()
    document = serializers.FileField(required=False)


class ControlAnswerInput(StrictSerializer):
    answered_on = serializers.DateField()
    verdict = serializers.ChoiceField(OpinionVerdict.choices)
    text = serializers.CharField(max_length=5000)
    document = serializers.FileField()
