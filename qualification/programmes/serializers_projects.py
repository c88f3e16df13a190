"""Projects of consortia in JSON, as their pages say them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from qualification.programmes.enums import MemberRole, TargetKind, TargetVerdict
from qualification.programmes.models import (
    CallNeed,
    CallTarget,
    ConsortiumMember,
    ProjectProposal,
    TargetResult,
)


class CallTargetSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)

    class Meta:
        model = CallTarget
        fields = ("id", "kind", "title", "threshold")
        read_only_fields = fields


class CallNeedSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    targets = CallTargetSerializer(many=True, read_only=True)

    class Meta:
        model = CallNeed
        fields = ("id", "number", "title", "description", "administrations", "targets")
        read_only_fields = fields


class CallTargetInput(StrictSerializer):
    kind = serializers.ChoiceField(TargetKind.choices)
    title = serializers.CharField(max_length=200)
    threshold = serializers.CharField(max_length=200)


class CallNeedInput(StrictSerializer):
    title = serializers.CharField(max_length=160)
    description = serializers.CharField(max_length=3000, required=False, allow_blank=True, default="")
    need = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Le besoin non couvert dont il vient."
    )
    targets = CallTargetInput(many=True, allow_empty=False)


class MemberSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    organisation = serializers.CharField(source="organisation.name", read_only=True)

    class Meta:
        model = ConsortiumMember
        fields = ("id", "organisation", "role", "part", "invited_at", "answer", "answered_at")
        read_only_fields = fields


class ResultSerializer(StrictModelSerializer):
    target = serializers.UUIDField(source="target.uuid", read_only=True)

    class Meta:
        model = TargetResult
        fields = ("target", "verdict", "observation", "seen_on", "recorded_at")
        read_only_fields = fields


class ProposalSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    call = serializers.UUIDField(source="call.uuid", read_only=True)
    lead = serializers.CharField(source="organisation.name", read_only=True)
    members = MemberSerializer(many=True, read_only=True)
    needs = CallNeedSerializer(many=True, read_only=True)
    results = serializers.SerializerMethodField(help_text="Le dernier résultat de chaque objectif.")
    moves = serializers.SerializerMethodField(help_text="Les actes que l’état permet.")

    class Meta:
        model = ProjectProposal
        fields = (
            "id", "number", "state", "version", "call", "lead", "title", "summary", "work_plan", "members",
            "needs", "sent_at", "sent_sha256", "demonstrator_url", "demonstrator_from", "demonstrator_note",
            "results", "decided_on", "decision_reference", "awarded_eur", "moves",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ResultSerializer(many=True))
    def get_results(self, proposal: ProjectProposal) -> Any:
        return ResultSerializer(list(proposal.last_results.values()), many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_moves(self, proposal: ProjectProposal) -> list[str]:
        return [move.name for move in proposal.available_moves()]


class NewProposalInput(StrictSerializer):
    call = serializers.UUIDField()
    title = serializers.CharField(max_length=160)
    role = serializers.ChoiceField(MemberRole.choices)
    part = serializers.CharField(max_length=500)


class ProposalInput(StrictSerializer):
    title = serializers.CharField(max_length=160, required=False)
    summary = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    work_plan = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    needs = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=50, help_text="Des besoins de l’appel."
    )


class InviteInput(StrictSerializer):
    supplier = serializers.UUIDField()
    role = serializers.ChoiceField(MemberRole.choices)
    part = serializers.CharField(max_length=500)


class AnswerInput(StrictSerializer):
    confirms = serializers.BooleanField()


class DemonstratorInput(StrictSerializer):
    url = serializers.URLField(max_length=500)
    available_from = serializers.DateTimeField()
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class ResultInput(StrictSerializer):
    target = serializers.UUIDField()
    verdict = serializers.ChoiceField(TargetVerdict.choices)
    observation = serializers.CharField(max_length=2000)
    seen_on = serializers.DateField()
