from __future__ import annotations

from rest_framework import serializers

from marketplace.rest.principal import actor_of
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.candidates.enums import MOST_REASON, MOST_TEXT, CandidateState, RejectionGround
from procurement.consultations.enums import Candidacy
from procurement.models import Candidate

FILE = "PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo au plus."


class CandidateInput(StrictSerializer):
    consultation = serializers.UUIDField()
    candidacy = serializers.ChoiceField(Candidacy.choices)
    not_excluded = serializers.BooleanField(help_text="true : dans aucun cas d’exclusion.")
    statement = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True)
    file = serializers.FileField(help_text=f"DUME ou DC1. {FILE}")


class CandidateRejectionInput(StrictSerializer):
    ground = serializers.ChoiceField(RejectionGround.choices)
    reason = serializers.CharField(max_length=MOST_REASON)


class CandidateWithdrawalInput(StrictSerializer):
    reason = serializers.CharField(max_length=MOST_REASON, required=False, allow_blank=True)


class CandidatePaperInput(StrictSerializer):
    title = serializers.CharField(max_length=160)
    file = serializers.FileField(help_text=FILE)


class CandidatePaperOutput(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    title = serializers.CharField()
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")
    added_at = serializers.DateTimeField()


class CandidateSerializer(StrictModelSerializer):
    """A supplier reads what was chosen once the invitations left; until then its own is « given »."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    consultation = serializers.UUIDField(source="consultation.uuid", read_only=True)
    supplier = serializers.CharField(source="supplier.name", read_only=True)
    papers = CandidatePaperOutput(many=True, read_only=True)

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
