"""The layers an offer stands on, in JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.enums import StackLayer, TrustStatus
from catalog.models import Offer, StackEdge
from catalog.questions.validation import AnswerError
from catalog.stack import layer_region
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class OfferRefSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)

    class Meta:
        model = Offer
        fields = ("id", "number", "slug", "name")
        read_only_fields = fields


class EdgeSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    base = serializers.SerializerMethodField(help_text="null : l’hébergeur n’est connu que de nom.")

    class Meta:
        model = StackEdge
        fields = ("id", "base", "base_name", "layer", "region", "inherits", "source")
        read_only_fields = fields

    @extend_schema_field(OfferRefSerializer(allow_null=True))
    def get_base(self, edge: StackEdge) -> Any:
        return OfferRefSerializer(edge.base).data if edge.base is not None else None


class FallsSerializer(StrictSerializer):
    """Places in `layers`, from 0."""

    loses = serializers.ListField(
        child=serializers.IntegerField(), help_text="Celles dont le statut tombe avec celui de cette couche."
    )
    relies = serializers.ListField(
        child=serializers.IntegerField(), help_text="Celles qui reposent dessus et gardent leur statut."
    )


class DependantSerializer(StrictSerializer):
    offer = OfferRefSerializer()
    loses = serializers.BooleanField(help_text="Son statut tombe avec celui de cette offre.")


class LayerSerializer(StrictSerializer):
    layer = serializers.ChoiceField(choices=StackLayer.choices)
    name = serializers.CharField()
    offer = serializers.UUIDField(allow_null=True)
    region = serializers.CharField()
    inherits = serializers.BooleanField(
        allow_null=True, help_text="La couche du dessus s’appuie sur sa qualification ; null en haut."
    )
    suspended = serializers.BooleanField(
        help_text="L’opérateur a suspendu cette offre à titre conservatoire."
    )
    secnumcloud = serializers.ChoiceField(choices=TrustStatus.choices, help_text="Aujourd’hui.")
    if_it_falls = FallsSerializer()


class StackSerializer(StrictSerializer):
    edges = EdgeSerializer(many=True, help_text="Ce que l’offre déclare elle-même.")
    layers = LayerSerializer(many=True, help_text="De haut en bas, couches des couches comprises.")
    conclusion = serializers.CharField()
    dependants = DependantSerializer(many=True, help_text="Offres en ligne qui reposent sur celle-ci.")


class EdgeInput(StrictSerializer):
    """`base` or `base_name`, one of the two."""

    base = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Une offre du catalogue."
    )
    base_name = serializers.CharField(
        max_length=160,
        required=False,
        allow_blank=True,
        default="",
        help_text="L’hébergeur, s’il n’est pas au catalogue.",
    )
    layer = serializers.ChoiceField(choices=StackLayer.choices)
    region = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    inherits = serializers.BooleanField(required=False, default=False)

    def validate_region(self, text: str) -> str:
        """The rule of the storage regions."""
        try:
            return layer_region(text)
        except AnswerError as error:
            raise serializers.ValidationError(str(error)) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["base"] is None) == (not attrs["base_name"]):
            message = "Donnez une offre du catalogue, ou bien le nom d’un hébergeur."
            raise serializers.ValidationError({"base": [message]})
        return attrs
