"""The API's words for evaluations. Readings need `with_sheet`: nothing here asks the database."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.principal import actor_of
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.evaluation.agreeing import as_dict
from procurement.evaluation.enums import (
    MOST_EVALUATORS,
    MOST_REASON,
    MOST_TEXT,
    ClarificationKind,
    SetAsideGround,
)
from procurement.evaluation.sheet import lots_of, seen_marks
from procurement.models import ClarificationRequest, Evaluation

MARK: dict[str, Any] = {"max_digits": 4, "decimal_places": 2}
MONEY: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}


class EvaluatorsInput(StrictSerializer):
    people = serializers.ListField(
        child=serializers.EmailField(),
        min_length=1,
        max_length=MOST_EVALUATORS,
        help_text="Adresses de personnes de l’administration.",
    )


class NewEvaluationInput(EvaluatorsInput):
    consultation = serializers.UUIDField(help_text="Une consultation dont les réponses sont ouvertes.")


class InterestDeclarationInput(StrictSerializer):
    has_interest = serializers.BooleanField()
    statement = serializers.CharField(max_length=MOST_REASON, required=False, allow_blank=True)


class OneMarkInput(StrictSerializer):
    response = serializers.UUIDField()
    value = serializers.DecimalField(allow_null=True, help_text="De 0 à 20 ; null retire la note.", **MARK)
    reason = serializers.CharField(max_length=MOST_REASON, required=False, allow_blank=True)


class MarksInput(StrictSerializer):
    criterion = serializers.UUIDField()
    marks = OneMarkInput(many=True, allow_empty=False, max_length=200)


class ConsensusInput(StrictSerializer):
    reason = serializers.CharField(
        max_length=MOST_REASON, required=False, allow_blank=True, help_text="Si des notes manquent encore."
    )


class SetAsideInput(StrictSerializer):
    response = serializers.UUIDField()
    ground = serializers.ChoiceField(SetAsideGround.choices)
    reason = serializers.CharField(max_length=MOST_REASON)


class LiftInput(StrictSerializer):
    response = serializers.UUIDField()
    reason = serializers.CharField(max_length=MOST_REASON)


class NewClarificationInput(StrictSerializer):
    response = serializers.UUIDField()
    kind = serializers.ChoiceField(ClarificationKind.choices)
    text = serializers.CharField(max_length=MOST_TEXT)
    answer_by = serializers.DateField(help_text="Dernier jour pour répondre, compris.")


class ClarificationAnswerInput(StrictSerializer):
    answer = serializers.CharField(max_length=MOST_TEXT)


class EvaluatorOutput(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    person = serializers.CharField(source="user.full_name")
    has_interest = serializers.BooleanField(allow_null=True, help_text="null : pas encore déclaré.")
    given_at = serializers.DateTimeField(allow_null=True)


class EvaluationCriterionOutput(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    kind = serializers.CharField()
    label = serializers.CharField()
    weight = serializers.IntegerField()


class MarkOutput(serializers.Serializer):
    evaluator = serializers.UUIDField()
    criterion = serializers.UUIDField()
    response = serializers.UUIDField()
    value = serializers.DecimalField(**MARK)
    reason = serializers.CharField()


class ScoreOutput(serializers.Serializer):
    criterion = serializers.CharField()
    label = serializers.CharField()
    weight = serializers.IntegerField()
    mark = serializers.DecimalField(allow_null=True, **MARK)
    points = serializers.DecimalField(allow_null=True, max_digits=5, decimal_places=2)
    arithmetic = serializers.CharField(help_text="Le calcul, pour le prix.")


class LowPriceOutput(serializers.Serializer):
    percent = serializers.IntegerField()
    text = serializers.CharField()
    arithmetic = serializers.CharField()
    source = serializers.CharField()


class EvaluatedResponseOutput(serializers.Serializer):
    response = serializers.UUIDField()
    supplier = serializers.CharField()
    lot = serializers.IntegerField()
    total_eur_ht = serializers.DecimalField(
        allow_null=True, help_text="null : un prix manque, ce n’est pas zéro.", **MONEY
    )
    missing = serializers.ListField(child=serializers.CharField())
    low_price = LowPriceOutput(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    points = serializers.DecimalField(allow_null=True, max_digits=6, decimal_places=2)
    why_not = serializers.CharField(help_text="Pourquoi elle n’est pas classée ; vide si elle l’est.")
    scores = ScoreOutput(many=True)


class EvaluationSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    consultation = serializers.UUIDField(source="consultation.uuid", read_only=True)
    consultation_number = serializers.CharField(source="consultation.number", read_only=True)
    evaluators = EvaluatorOutput(many=True, read_only=True)

    class Meta:
        model = Evaluation
        fields: tuple[str, ...] = (
            "id", "state", "state_since", "version", "consultation", "consultation_number", "evaluators",
            "concluded_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class OneEvaluationSerializer(EvaluationSerializer):
    price_formula = serializers.CharField(source="consultation.formula.text", read_only=True)
    criteria = EvaluationCriterionOutput(many=True, source="consultation.criteria.all", read_only=True)
    responses = serializers.SerializerMethodField()
    marks = serializers.SerializerMethodField(
        help_text="Les vôtres ; celles de tous une fois la mise en commun ouverte."
    )

    class Meta(EvaluationSerializer.Meta):
        fields = (*EvaluationSerializer.Meta.fields, "price_formula", "criteria", "responses", "marks")
        read_only_fields = fields

    @extend_schema_field(EvaluatedResponseOutput(many=True))
    def get_responses(self, row: Evaluation) -> list[dict[str, Any]]:
        rows = [
            {
                **(as_dict(one.standing) if one.standing is not None else {}),
                "lot": lot.lot.number,
                "missing": one.missing,
                "low_price": one.low_price,
            }
            for lot in lots_of(row)
            for one in lot.ranked
        ]
        return [dict(each) for each in EvaluatedResponseOutput(rows, many=True).data]

    @extend_schema_field(MarkOutput(many=True))
    def get_marks(self, row: Evaluation) -> list[dict[str, Any]]:
        criteria = {one.pk: one.uuid for one in row.consultation.criteria.all()}
        responses = {one.response.pk: one.response.uuid for lot in lots_of(row) for one in lot.responses}
        rows = [
            {
                "evaluator": evaluator.uuid,
                "criterion": criteria[mark.criterion_id],
                "response": responses[mark.response_id],
                "value": mark.value,
                "reason": mark.reason,
            }
            for evaluator, mark in seen_marks(row, actor_of(self.context["request"]))
        ]
        return [dict(each) for each in MarkOutput(rows, many=True).data]


class ClarificationSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    consultation = serializers.UUIDField(source="response.deposit.consultation.uuid", read_only=True)
    response = serializers.UUIDField(source="response.uuid", read_only=True)
    supplier = serializers.CharField(source="response.deposit.supplier.name", read_only=True)

    class Meta:
        model = ClarificationRequest
        fields = (
            "id", "consultation", "response", "supplier", "kind", "text", "answer_by", "asked_at", "answer",
            "answered_at",
        )  # fmt: skip
        read_only_fields = fields
