"""A comparison in JSON: the criteria in order, each fact with where it was read."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.comparison import ComparedCell, ComparedOffer, Comparison
from catalog.yearly_cost import BASIS
from marketplace.documents.streamed import json_value
from marketplace.rest.serializers import StrictSerializer


class ComparedOfferSerializer(StrictSerializer):
    id = serializers.UUIDField(source="offer.uuid")
    number = serializers.IntegerField(source="offer.number")
    name = serializers.CharField()
    gone = serializers.CharField(
        allow_null=True, help_text="« Offre retirée le… »\u202f: elle n’est plus comparée."
    )
    page = serializers.CharField(source="offer.get_absolute_url")

    def to_representation(self, instance: ComparedOffer) -> dict[str, Any]:
        said = super().to_representation(instance)
        return said | {"gone": instance.gone or None}


class FactSourceSerializer(StrictSerializer):
    words = serializers.CharField()
    on = serializers.DateField(allow_null=True)
    url = serializers.CharField()


class ComparedCellSerializer(StrictSerializer):
    text = serializers.CharField(help_text="En français\u202f; « Inconnu » quand on ne sait pas.")
    value = serializers.SerializerMethodField(
        help_text="Nombre en texte, oui ou non, texte\u202f; null\u00a0: inconnu."
    )
    unknown = serializers.BooleanField(source="is_unknown")
    source = FactSourceSerializer(allow_null=True)

    def get_value(self, cell: ComparedCell) -> Any:
        return None if cell.gone else json_value(cell.value)


class CriterionSerializer(StrictSerializer):
    code = serializers.CharField()
    label = serializers.CharField()
    group = serializers.CharField()
    differs = serializers.BooleanField()
    unknown = serializers.IntegerField()
    cells = ComparedCellSerializer(many=True, help_text="Une par offre, dans l’ordre de « offers ».")


class ComparisonSerializer(StrictSerializer):
    offers = ComparedOfferSerializer(source="columns", many=True)
    differences = serializers.SerializerMethodField(help_text="Nombre de critères où les offres diffèrent.")
    unsettled = serializers.SerializerMethodField(
        help_text="Nombre de critères où des réponses manquent et où celles qui sont là ne diffèrent pas."
    )
    unknown = serializers.IntegerField(help_text="Nombre de valeurs inconnues.")
    yearly_cost_basis = serializers.SerializerMethodField(help_text="Ce que compte le coût annuel.")
    rows = CriterionSerializer(many=True)

    def get_differences(self, comparison: Comparison) -> int:
        return len(comparison.differences)

    def get_unsettled(self, comparison: Comparison) -> int:
        return len(comparison.unsettled)

    def get_yearly_cost_basis(self, comparison: Comparison) -> str:
        return BASIS
