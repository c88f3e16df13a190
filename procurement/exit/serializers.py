"""What exit plans and the security checklist look like in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api_cost import LeavingLineSerializer
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.exit.enums import CheckOutcome, RehearsalResult
from procurement.models import ExitExport, ExitPlan, ExitRehearsal
from procurement.models.exit_plan import SHA256


class ExitExportSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)

    class Meta:
        model = ExitExport
        fields = ("id", "label", "format", "requested_on", "received_on", "sha256", "size")
        read_only_fields = fields


class ExitRehearsalSerializer(StrictModelSerializer):
    class Meta:
        model = ExitRehearsal
        fields = ("done_on", "result", "note", "recorded_at")
        read_only_fields = fields


class ExitPlanSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    contract = serializers.UUIDField(source="contract.uuid", read_only=True)
    contract_number = serializers.CharField(source="contract.number", read_only=True)
    exports = ExitExportSerializer(many=True, read_only=True)
    rehearsals = ExitRehearsalSerializer(many=True, read_only=True)
    certificate_sha256 = serializers.CharField(
        source="certificate.sha256", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = ExitPlan
        fields = (
            "id", "number", "state", "state_since", "version", "contract", "contract_number", "reason",
            "opened_at", "notice_given_on", "notice_ends_on", "transition_ends_on", "retrieval_ends_on",
            "exports", "rehearsals", "erased_on", "erasure_reference", "closed_at", "certificate_sha256",
        )  # fmt: skip
        read_only_fields = fields


class ExitPlanInput(StrictSerializer):
    contract = serializers.UUIDField()
    reason = serializers.CharField(max_length=2000)
    review = serializers.UUIDField(
        required=False, allow_null=True, help_text="Réexamen ou clause de sortie de ce contrat."
    )


class ExitNoticeInput(StrictSerializer):
    given_on = serializers.DateField()


class ExitRehearsalInput(StrictSerializer):
    done_on = serializers.DateField()
    result = serializers.ChoiceField(choices=RehearsalResult.choices)
    note = serializers.CharField(max_length=2000)


class ExitExportInput(StrictSerializer):
    label = serializers.CharField(max_length=200)
    format = serializers.CharField(max_length=100)


class ExitReceiptInput(StrictSerializer):
    export = serializers.UUIDField(help_text="Identifiant de l’export du plan.")
    received_on = serializers.DateField()
    sha256 = serializers.CharField(max_length=64, validators=[SHA256])
    size = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=9_000_000_000_000_000
    )


class ExitErasureInput(StrictSerializer):
    erased_on = serializers.DateField()
    reference = serializers.CharField(max_length=200)


class SecurityAnswerInput(StrictSerializer):
    code = serializers.SlugField(max_length=40)
    outcome = serializers.ChoiceField(choices=CheckOutcome.choices)
    note = serializers.CharField(max_length=2000)


class SecurityLineSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="item.code")
    label = serializers.CharField(source="item.label")
    outcome = serializers.CharField(
        source="check.outcome", allow_null=True, default=None, help_text="null : pas encore traité."
    )
    note = serializers.CharField(source="check.note", allow_null=True, default=None)
    done_at = serializers.DateTimeField(source="check.done_at", allow_null=True, default=None)


class SecurityChecklistSerializer(serializers.Serializer[Any]):
    due_on = serializers.DateField(help_text="30 jours ouvrés après la signature.")
    left = serializers.IntegerField()
    lines = SecurityLineSerializer(many=True)


class ReplacementSerializer(serializers.Serializer[Any]):
    offer = serializers.UUIDField(source="offer.uuid")
    name = serializers.CharField(source="offer.name")
    plan = serializers.CharField(source="price.plan")
    months = serializers.IntegerField(source="price.months")
    total_eur_ht = serializers.DecimalField(
        source="price.total_eur_ht", max_digits=14, decimal_places=2, allow_null=True
    )
    missing = serializers.ListField(source="price.missing", child=serializers.CharField())


class MovingSerializer(serializers.Serializer[Any]):
    leaves_on = serializers.DateField(
        source="leaving.on",
        help_text="Premier jour ailleurs, si le préavis est donné le jour de l’ouverture.",
    )
    leaving = LeavingLineSerializer(source="leaving.lines", many=True)
    leaving_missing = serializers.ListField(source="leaving.missing", child=serializers.CharField())
    uncounted = serializers.ListField(
        child=serializers.CharField(), help_text="Ce qui est commandé et ne se compare pas."
    )
    replacements = ReplacementSerializer(many=True)
