"""The API's words for awards and letters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.awards.enums import CertificateKind, OutcomeKind
from procurement.evaluation.enums import MOST_REASON
from procurement.models import Award, LotOutcome, RejectionLetter

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class NewAwardInput(StrictSerializer):
    consultation = serializers.UUIDField()
    lot = serializers.IntegerField(min_value=1, help_text="Son numéro.")
    response = serializers.UUIDField()
    reason = serializers.CharField(max_length=MOST_REASON)


class LotOutcomeInput(StrictSerializer):
    consultation = serializers.UUIDField()
    lot = serializers.IntegerField(min_value=1, help_text="Son numéro.")
    kind = serializers.ChoiceField(
        OutcomeKind.choices, help_text="infructueux : aucune réponse, ou toutes écartées."
    )
    reason = serializers.CharField(max_length=MOST_REASON)


class AwardDecisionInput(StrictSerializer):
    checked = serializers.BooleanField(help_text="true : les deux certificats ont été lus et vérifiés.")


class LettersInput(StrictSerializer):
    voluntary = serializers.BooleanField(
        required=False, help_text="true : le délai avant signature est observé même s’il n’est pas dû."
    )


class SignatureInput(StrictSerializer):
    amount_eur_ttc = serializers.DecimalField(
        required=False,
        allow_null=True,
        min_value=Decimal("0.01"),
        help_text="Demandé quand le maximum du support d’achat, ou de son lot, est exprimé TTC.",
        **MONEY,
    )


class NotificationInput(StrictSerializer):
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Dernier jour, compris.")
    attested = serializers.BooleanField(
        default=False,
        help_text="Relu, rien n’y est secret : la publication OCDS de l’attribution part aussitôt.",
    )


class CertificateInput(StrictSerializer):
    kind = serializers.ChoiceField(CertificateKind.choices)
    file = serializers.FileField(help_text="PDF ou image, 10 Mo au plus.")


class CertificateOutput(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    kind = serializers.CharField()
    name = serializers.CharField(source="file.name")
    given_at = serializers.DateTimeField()


class AwardSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    consultation = serializers.UUIDField(source="consultation.uuid", read_only=True)
    lot = serializers.IntegerField(source="lot.number", read_only=True)
    response = serializers.UUIDField(source="response.uuid", read_only=True)
    supplier = serializers.CharField(source="response.deposit.supplier.name", read_only=True)
    vehicle = serializers.UUIDField(
        source="vehicle.uuid", read_only=True, allow_null=True, help_text="Le support où commander."
    )
    certificates = CertificateOutput(many=True, read_only=True)

    class Meta:
        model = Award
        fields = (
            "id", "number", "state", "state_since", "version", "consultation", "lot", "response", "supplier",
            "amount_eur_ht", "amount_eur_ttc", "reason", "decided_at", "letters_sent_at", "standstill_days",
            "signable_on", "signed_on", "notified_on", "vehicle", "dropped_reason", "certificates",
        )  # fmt: skip
        read_only_fields = fields


class LotOutcomeSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    consultation = serializers.UUIDField(source="consultation.uuid", read_only=True)
    lot = serializers.IntegerField(source="lot.number", read_only=True)

    class Meta:
        model = LotOutcome
        fields = ("id", "consultation", "lot", "kind", "reason", "decided_at")
        read_only_fields = fields


class RejectionLetterSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    award = serializers.UUIDField(source="award.uuid", read_only=True)
    consultation = serializers.UUIDField(source="award.consultation.uuid", read_only=True)
    supplier = serializers.CharField(source="response.deposit.supplier.name", read_only=True)

    class Meta:
        model = RejectionLetter
        fields = ("id", "award", "consultation", "supplier", "sent_at", "content")
        read_only_fields = fields
