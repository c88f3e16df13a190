"""The offer's document in JSON (catalog/transfer.py): what is given out, what is taken back."""

from __future__ import annotations

from rest_framework import serializers

from catalog.serializers import PlanInputSerializer
from catalog.serializers_answers import AnswersSerializer
from catalog.transfer import FORMAT, FORMAT_VERSION
from marketplace.rest.serializers import StrictSerializer


class OfferDocumentSerializer(StrictSerializer):
    format = serializers.CharField(help_text=f"Toujours « {FORMAT} ».")
    format_version = serializers.IntegerField(help_text=f"Aujourd’hui {FORMAT_VERSION}.")
    exported_at = serializers.DateTimeField()
    offer = serializers.JSONField(allow_null=True, help_text="L’offre et la version d’où il vient.")
    answers = serializers.JSONField(help_text="Une valeur par question, comme dans « answers » d’une offre.")
    plans = serializers.ListField(child=serializers.DictField(), help_text="Comme à la saisie, sans code.")
    declared_marks = serializers.ListField(
        child=serializers.DictField(), help_text="Pour mémoire : un import ne les reprend pas."
    )
    stack = serializers.ListField(
        child=serializers.DictField(), help_text="Pour mémoire : un import ne la reprend pas."
    )


class OfferDocumentInput(StrictSerializer):
    """Answers that are absent are left as they were; plans, when given, replace the former ones."""

    format = serializers.ChoiceField(choices=[(FORMAT, FORMAT)])
    format_version = serializers.IntegerField()
    exported_at = serializers.DateTimeField(required=False)
    offer = serializers.JSONField(required=False, allow_null=True)
    answers = AnswersSerializer(required=False)
    plans = PlanInputSerializer(many=True, required=False)
    declared_marks = serializers.JSONField(required=False, help_text="Laissées de côté.")
    stack = serializers.JSONField(required=False, help_text="Laissée de côté.")

    def validate_format_version(self, value: int) -> int:
        if value != FORMAT_VERSION:
            raise serializers.ValidationError(
                [f"Ce service lit la version {FORMAT_VERSION} du format. Exportez de nouveau l’offre."]
            )
        return value


class ImportReportSerializer(StrictSerializer):
    """What the import would change, before anything is written."""

    answers_changed = serializers.ListField(child=serializers.CharField(), help_text="Noms des questions.")
    plans_given = serializers.IntegerField(allow_null=True, help_text="null : les formules restent.")
    left_out = serializers.ListField(child=serializers.CharField(), help_text="Parties non reprises.")
