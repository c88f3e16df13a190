from __future__ import annotations

from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.models import VehicleDiscount


class VehicleDiscountSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    vehicle = serializers.UUIDField(source="vehicle.uuid", read_only=True)
    lot = serializers.IntegerField(
        source="lot.number", read_only=True, allow_null=True, default=None, help_text="null : tous les lots."
    )
    supplier = serializers.UUIDField(
        source="supplier.uuid",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="null : les offres de tous les fournisseurs.",
    )

    class Meta:
        model = VehicleDiscount
        fields = ("id", "vehicle", "lot", "supplier", "percent", "starts_on", "ends_on", "recorded_at")
        read_only_fields = fields


class VehicleDiscountInput(StrictSerializer):
    vehicle = serializers.UUIDField()
    percent = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0)
    supplier = serializers.UUIDField(required=False, allow_null=True)
    lot = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=32767,
        help_text="Son numéro ; null : tous les lots.",
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="Dernier jour, compris.")


class EndDiscountInput(StrictSerializer):
    ends_on = serializers.DateField(help_text="Dernier jour, compris.")
