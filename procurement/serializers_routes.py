"""The API's words for the picker of routes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from marketplace.accounts.enums import BUYER_KINDS
from marketplace.rest.serializers import StrictSerializer
from procurement.routes import PurchaseFacts, VehicleSeen
from procurement.routes.results import LABELS, STANDINGS


class RoutesInput(StrictSerializer):
    buyer_kind = serializers.ChoiceField([(kind.value, kind.label) for kind in sorted(BUYER_KINDS)])
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

    def facts(self, vehicles: tuple[VehicleSeen, ...] | None) -> PurchaseFacts:
        """Call after is_valid()."""
        said = self.validated_data
        return PurchaseFacts(
            buyer_kind=said["buyer_kind"],
            value_eur_ht=said["value_eur_ht"],
            homogeneous_eur_ht=said.get("homogeneous_eur_ht"),
            is_innovative=said.get("innovative"),
            vehicles=vehicles,
        )


class RouteOutput(serializers.Serializer):
    code = serializers.ChoiceField(list(LABELS))
    label = serializers.CharField()
    vehicle = serializers.CharField(allow_null=True, help_text="Numéro du support d’achat.")
    standing = serializers.ChoiceField(list(STANDINGS))
    reason = serializers.CharField()
    source = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())


class RoutesOutput(serializers.Serializer):
    date = serializers.DateField()
    counted_eur_ht = serializers.DecimalField(max_digits=15, decimal_places=2)
    routes = RouteOutput(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
