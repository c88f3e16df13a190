"""The offer's document in JSON (catalog/transfer.py): what is given out, what is taken back."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.enums import StackLayer, TrustStatus
from catalog.serializers import OfferSerializer, PlanInputSerializer
from catalog.serializers_answers import AnswersSerializer
from catalog.serializers_marks import MarkInput
from catalog.transfer import FORMAT, FORMAT_VERSION
from marketplace.rest.serializers import StrictSerializer

# Marks, or layers, of one document.
MOST = 100


class OfferDocumentSerializer(StrictSerializer):
    format = serializers.CharField(help_text=f"Toujours « {FORMAT} ».")
    format_version = serializers.IntegerField(help_text=f"Aujourd’hui {FORMAT_VERSION}.")
    exported_at = serializers.DateTimeField()
    offer = serializers.JSONField(allow_null=True, help_text="L’offre et la version d’où il vient.")
    answers = serializers.JSONField(help_text="Une valeur par question, comme dans « answers » d’une offre.")
    plans = serializers.ListField(child=serializers.DictField(), help_text="Comme à la saisie, sans code.")
    declared_marks = serializers.ListField(
        child=serializers.DictField(), help_text="Ce que le fournisseur déclare, sans les certificats joints."
    )
    stack = serializers.ListField(
        child=serializers.DictField(), help_text="« base_name » dit aussi le nom d’une offre du catalogue."
    )


class DocumentMarkInput(MarkInput):
    """A declaration as it was exported: its status may be one that is not declared any more."""

    status = serializers.ChoiceField(choices=TrustStatus.choices)
    milestone = serializers.ChoiceField(choices=["", "J0", "J1", "J2", "J3"], required=False)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields.pop("offer")
        return fields


class DocumentLayerInput(StrictSerializer):
    """`base_name`: the host, or in words the offer that `base` names."""

    base = serializers.UUIDField(required=False, allow_null=True, default=None)
    base_name = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    layer = serializers.ChoiceField(choices=StackLayer.choices)
    region = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    inherits = serializers.BooleanField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["base"] is None and not attrs["base_name"]:
            message = "Donnez une offre du catalogue, ou bien le nom d’un hébergeur."
            raise serializers.ValidationError({"base": [message]})
        return attrs


class OfferDocumentInput(StrictSerializer):
    """Answers that are absent are left as they were; plans, when given, replace the former ones; marks and
    layers are added to those declared already."""

    format = serializers.ChoiceField(choices=[(FORMAT, FORMAT)])
    format_version = serializers.IntegerField()
    exported_at = serializers.DateTimeField(required=False)
    offer = serializers.JSONField(required=False, allow_null=True)
    answers = AnswersSerializer(required=False)
    plans = PlanInputSerializer(many=True, required=False)
    declared_marks = DocumentMarkInput(many=True, required=False, max_length=MOST)
    stack = DocumentLayerInput(many=True, required=False, max_length=MOST)

    def validate_format_version(self, value: int) -> int:
        if value != FORMAT_VERSION:
            raise serializers.ValidationError(
                [f"Ce service lit la version {FORMAT_VERSION} du format. Exportez de nouveau l’offre."]
            )
        return value


class LeftOutSerializer(StrictSerializer):
    """A mark or a layer of the document that the offer does not declare."""

    path = serializers.CharField(help_text="Sa place dans le document, par exemple « stack.0 ».")
    what = serializers.CharField()
    why = serializers.CharField()


class ImportedOfferSerializer(OfferSerializer):
    """The offer, and what of the document it does not declare."""

    left_out = LeftOutSerializer(
        many=True, read_only=True, help_text="Qualifications et couches non reprises, et pourquoi."
    )

    class Meta(OfferSerializer.Meta):
        fields = (*OfferSerializer.Meta.fields, "left_out")
        read_only_fields = fields


class ImportReportSerializer(StrictSerializer):
    """What the import would change, before anything is written."""

    answers_changed = serializers.ListField(child=serializers.CharField(), help_text="Noms des questions.")
    plans_given = serializers.IntegerField(allow_null=True, help_text="null : les formules restent.")
    marks_given = serializers.IntegerField(help_text="Qualifications que l’offre déclarera.")
    layers_given = serializers.IntegerField(help_text="Couches que l’offre déclarera.")
    left_out = LeftOutSerializer(many=True, help_text="Ce qui n’est pas repris, et pourquoi.")
