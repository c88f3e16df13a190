"""The API's words for the picker of routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from marketplace.accounts.enums import BUYER_KINDS
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.consultations.notices.enums import Medium
from procurement.models import RouteChoice
from procurement.routes import PurchaseFacts, VehicleSeen
from procurement.routes.enums import MOST_REASON
from procurement.routes.results import LABELS, STANDINGS


class PurchaseInput(StrictSerializer):
    """What is bought; the buyer is known elsewhere."""

    value_eur_ht = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, help_text="Reconductions et options comprises."
    )
    homogeneous_eur_ht = serializers.DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="Besoins de même nature sur douze mois ; null : pas comptés.",
    )
    innovative = serializers.BooleanField(required=False, allow_null=True, help_text="null : on ne sait pas.")
    date = serializers.DateField(required=False, allow_null=True, help_text="Aujourd’hui si elle manque.")

    def validate_value_eur_ht(self, value: Any) -> Any:
        if value == 0:
            raise serializers.ValidationError("La valeur de l’achat est plus grande que zéro.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["date"] = attrs.get("date") or timezone.localdate()
        return attrs


def purchase_facts(
    said: Mapping[str, Any], *, vehicles: tuple[VehicleSeen, ...] | None = None
) -> PurchaseFacts:
    """From validated data."""
    return PurchaseFacts(
        buyer_kind=said.get("buyer_kind", ""),
        value_eur_ht=said["value_eur_ht"],
        homogeneous_eur_ht=said.get("homogeneous_eur_ht"),
        is_innovative=said.get("innovative"),
        vehicles=vehicles,
    )


class RoutesInput(PurchaseInput):
    buyer_kind = serializers.ChoiceField([(kind.value, kind.label) for kind in sorted(BUYER_KINDS)])


class RouteChoiceInput(PurchaseInput):
    project = serializers.UUIDField()
    route = serializers.ChoiceField(list(LABELS), help_text="Le code d’une voie ouverte ou à vérifier.")
    vehicle = serializers.CharField(
        max_length=30,
        required=False,
        allow_null=True,
        help_text="Numéro du support, pour la voie « vehicle ».",
    )
    lot = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, help_text="Numéro du lot, s’il en a."
    )


class RouteRefusalInput(StrictSerializer):
    reason = serializers.CharField(max_length=MOST_REASON)


class RouteOutput(serializers.Serializer):
    code = serializers.ChoiceField(list(LABELS))
    label = serializers.CharField()
    vehicle = serializers.CharField(allow_null=True, help_text="Numéro du support d’achat.")
    lot = serializers.IntegerField(
        allow_null=True, default=None, help_text="Numéro de son lot, null s’il n’en a pas."
    )
    standing = serializers.ChoiceField(list(STANDINGS))
    reason = serializers.CharField()
    source = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    publicity = serializers.ListField(
        child=serializers.ListField(child=serializers.ChoiceField(Medium.choices)),
        required=False,
        help_text="Où un avis est dû ; un des supports de chaque liste suffit.",
    )


class PurchaseFactsOutput(serializers.Serializer):
    value_eur_ht = serializers.DecimalField(max_digits=14, decimal_places=2)
    homogeneous_eur_ht = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    innovative = serializers.BooleanField(allow_null=True)
    known_eur_ht = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        required=False,
        help_text="Besoins de même famille CPV connus ce jour-là ; absent sans code CPV.",
    )


class RoutesOutput(serializers.Serializer):
    date = serializers.DateField()
    counted_eur_ht = serializers.DecimalField(max_digits=15, decimal_places=2)
    routes = RouteOutput(many=True)
    warnings = serializers.ListField(child=serializers.CharField())


class RouteChoiceSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    project = serializers.UUIDField(source="project.uuid", read_only=True)
    vehicle = serializers.CharField(source="vehicle.number", read_only=True, allow_null=True, default=None)
    lot = serializers.IntegerField(source="vehicle_lot.number", read_only=True, allow_null=True, default=None)
    route = RouteOutput(read_only=True)
    facts = PurchaseFactsOutput(read_only=True)
    warnings = serializers.ListField(child=serializers.CharField(), read_only=True)
    date = serializers.DateField(source="on", read_only=True, help_text="Le jour des seuils appliqués.")

    class Meta:
        model = RouteChoice
        fields = (
            "id", "project", "state", "state_since", "version", "vehicle", "lot", "route", "facts",
            "warnings", "date", "chosen_at", "decided_at", "reason",
        )  # fmt: skip
        read_only_fields = fields
