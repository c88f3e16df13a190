from __future__ import annotations

from rest_framework import serializers

from marketplace.rest.principal import actor_of
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.applications.enums import MOST_REASON
from procurement.applications.serializers import ApplicationInput, ApplicationPaperOutput
from procurement.candidates.enums import CandidateState, RejectionGround
from procurement.models import Candidate


class CandidateInput(ApplicationInput):
    consultation = serializers.UUIDField()


class CandidateRejectionInput(StrictSerializer):
    ground = serializers.ChoiceField(RejectionGround.choices)
    reason = serializers.CharField(max_length=MOST_REASON)


class CandidateSerializer(StrictModelSerializer):
    """A supplier reads what was chosen once the invitations left; until then its own is « given »."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    consultation = serializers.UUIDField(source="consultation.uuid", read_only=True)
    supplier = serializers.CharField(source="supplier.name", read_only=True)
    papers = ApplicationPaperOutput(many=True, read_only=True)

    class Meta:
        model = Candidate
        fields = (
            "id", "number", "state", "state_since", "version", "consultation", "supplier", "candidacy",
            "statement", "given_at", "decided_at", "ground", "reason", "papers",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Candidate) -> dict[str, object]:
        told: dict[str, object] = super().to_representation(instance)
        chosen = instance.state in (CandidateState.SELECTED, CandidateState.REJECTED)
        if (
            chosen
            and instance.consultation.invited_at is None
            and actor_of(self.context["request"]).is_supplier
        ):
            since = told["given_at"]
            hidden = {"state": CandidateState.GIVEN.value, "state_since": since, "decided_at": None}
            told |= {**hidden, "ground": "", "reason": ""}
        return told
