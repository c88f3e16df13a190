"""R9 derogations in JSON, and their acts with the signed paper (multipart)."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Offer
from catalog.serializers_documents import SCAN_HELP
from marketplace.files.models import ScanState
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.derogations.enums import DerogationState
from procurement.models import Derogation, DerogationAct


class DerogationActSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)
    document_sha256 = serializers.SerializerMethodField(help_text="null : sans document.")

    document_scan = serializers.ChoiceField(
        source="document.scan_state",
        choices=ScanState.choices,
        read_only=True,
        allow_null=True,
        default=None,
        help_text=SCAN_HELP,
    )

    class Meta:
        model = DerogationAct
        fields = (
            "id", "kind", "dated_on", "reference", "text", "offer", "document_sha256", "document_scan",
            "recorded_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_document_sha256(self, act: DerogationAct) -> str | None:
        return act.document.sha256 if act.document else None


class DerogationSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    project = serializers.UUIDField(source="project.uuid", read_only=True)
    state = serializers.SerializerMethodField(help_text="L’état d’aujourd’hui, horloge comprise.")
    recorded_state = serializers.CharField(source="state", read_only=True)
    acts = DerogationActSerializer(many=True, read_only=True)

    class Meta:
        model = Derogation
        fields = (
            "id", "number", "project", "state", "recorded_state", "state_since", "version", "reason",
            "starts_on", "available_on", "months", "ends_on", "acts", "created_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=DerogationState.choices))
    def get_state(self, derogation: Derogation) -> str:
        return str(derogation.state_today)


class SignedActInput(StrictSerializer):
    dated_on = serializers.DateField(help_text="La date de l’acte, pas celle de sa saisie.")
    reference = serializers.CharField(max_length=100)
    document = serializers.FileField(help_text="Le document signé : PDF, 10 Mo au plus.")


class DerogationInput(SignedActInput):
    project = serializers.UUIDField()
    reason = serializers.CharField(max_length=5000, help_text="Pourquoi aucune offre ne convient.")


class ActivateInput(StrictSerializer):
    starts_on = serializers.DateField()


class RefusalInput(StrictSerializer):
    reason = serializers.CharField(max_length=5000)
    dated_on = serializers.DateField()
    reference = serializers.CharField(max_length=100)
    document = serializers.FileField(required=False)


class FindingRecordInput(SignedActInput):
    reason = serializers.CharField(
        max_length=5000, help_text="En quoi ses inconvénients sont supportables ou compensables."
    )
    available_on = serializers.DateField(help_text="Le délai court de ce jour ; il ne se corrige pas.")
    offer = serializers.UUIDField(required=False, help_text="Quand l’offre est au catalogue.")
