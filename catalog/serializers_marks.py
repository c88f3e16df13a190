"""Trust marks in JSON, what a supplier declares and what an issuer's act says."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.actions.declarations import DECLARABLE
from catalog.enums import Scheme, TrustStatus
from catalog.models import Offer, TrustFact, TrustMark
from marketplace.files.models import ScanState
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class TrustFactSerializer(StrictModelSerializer):
    class Meta:
        model = TrustFact
        fields = (
            "status", "milestone", "effective_at", "valid_until", "issuer", "act_reference", "act_date",
            "origin", "source", "reason", "recorded_at",
        )  # fmt: skip
        read_only_fields = fields


class TrustMarkSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)
    name = serializers.CharField(read_only=True)
    status = serializers.SerializerMethodField(help_text="Le statut d’aujourd’hui, horloge comprise.")
    recorded_status = serializers.CharField(source="status", read_only=True)
    effective = serializers.SerializerMethodField(
        help_text="Ce que le référentiel vaut pour l’offre, couches dessous comprises."
    )
    has_evidence = serializers.SerializerMethodField(help_text="Un certificat est joint.")
    evidence_scan = serializers.ChoiceField(
        source="evidence.scan_state",
        choices=ScanState.choices,
        read_only=True,
        allow_null=True,
        default=None,
        help_text="Où en est l’analyse antivirus du certificat ; null : aucun n’est joint.",
    )
    facts = TrustFactSerializer(many=True, read_only=True)

    class Meta:
        model = TrustMark
        fields = (
            "id", "offer", "scheme", "name", "level", "scope", "regions", "status", "recorded_status",
            "effective", "milestone", "valid_from", "valid_until", "decision_number", "issuer", "origin",
            "source", "source_url", "read_on", "note", "version", "has_evidence", "evidence_scan", "facts",
        )  # fmt: skip
        read_only_fields = fields

    def get_has_evidence(self, mark: TrustMark) -> bool:
        return mark.evidence_id is not None

    @extend_schema_field(serializers.ChoiceField(choices=TrustStatus.choices))
    def get_status(self, mark: TrustMark) -> str:
        return mark.status_on(timezone.localdate()).value

    @extend_schema_field(serializers.ChoiceField(choices=TrustStatus.choices))
    def get_effective(self, mark: TrustMark) -> str:
        rows = {row.scheme: row for row in mark.offer.effective_trust.all()}
        row = rows.get(mark.scheme)
        return (row.status_on(timezone.localdate()) if row else TrustStatus.UNKNOWN).value


class MarkInput(StrictSerializer):
    """A supplier's own declaration: its origin is « declared » whatever it says."""

    offer = serializers.UUIDField()
    scheme = serializers.ChoiceField(choices=Scheme.choices)
    label = serializers.CharField(max_length=80, required=False, allow_blank=True)
    level = serializers.CharField(max_length=20, required=False, allow_blank=True)
    scope = serializers.CharField(max_length=500, required=False, allow_blank=True)
    regions = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=60)
    status = serializers.ChoiceField(choices=[(s.value, s.label) for s in DECLARABLE])
    milestone = serializers.ChoiceField(choices=["J0", "J1", "J2", "J3"], required=False)
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_until = serializers.DateField(required=False, allow_null=True)
    decision_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    issuer = serializers.CharField(max_length=120, required=False, allow_blank=True)


class MarkEditInput(MarkInput):
    """What is absent is left as it was. The status goes forward only; to give it up, withdraw it."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for fixed in ("offer", "scheme"):
            fields.pop(fixed)
        return fields


class RetractInput(StrictSerializer):
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class EvidenceInput(StrictSerializer):
    file = serializers.FileField(help_text="PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo au plus.")


class ActInput(StrictSerializer):
    """The issuer's act. The ANSSI's reference and date are compulsory for a qualification it takes away."""

    effective_at = serializers.DateTimeField(required=False)
    issuer = serializers.CharField(max_length=120, required=False, allow_blank=True)
    act_reference = serializers.CharField(max_length=120, required=False, allow_blank=True)
    act_date = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class DatedActInput(ActInput):
    """A delivery or a renewal also says its dates."""

    valid_from = serializers.DateField(required=False)
    valid_until = serializers.DateField(required=False)
    decision_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
