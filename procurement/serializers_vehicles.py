"""What purchasing vehicles and their lots look like in JSON."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.enums_orders import MOST_HOLDERS, RECORDED
from procurement.models import PurchasingVehicle, VehicleLot


def _consumption(source: str, help_text: str) -> serializers.DecimalField:
    return serializers.DecimalField(
        source=source, read_only=True, max_digits=14, decimal_places=2, help_text=help_text
    )


ORDERED = "Bons de commande engagés et modifications approuvées de leurs contrats, hors taxes."
AWARDED = "Marchés passés dessous et signés, hors taxes."


class VehicleLotSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    vehicle = serializers.UUIDField(source="vehicle.uuid", read_only=True)
    holders = serializers.SerializerMethodField(help_text="Vide : les titulaires ne sont pas connus ici.")
    ordered_eur_ht = _consumption("ordered", ORDERED)
    awarded_eur_ht = _consumption("awarded", AWARDED)

    class Meta:
        model = VehicleLot
        fields = (
            "id", "vehicle", "number", "title", "starts_on", "ends_on", "maximum_eur_ht", "ordered_eur_ht",
            "awarded_eur_ht", "holders",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_holders(self, lot: VehicleLot) -> list[str]:
        return [str(one.uuid) for one in lot.holders]


class VehicleLotEditInput(StrictSerializer):
    title = serializers.CharField(max_length=200)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Dernier jour, compris.")
    maximum_eur_ht = serializers.DecimalField(
        required=False, allow_null=True, min_value=0, max_digits=14, decimal_places=2
    )
    holders = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=MOST_HOLDERS,
        help_text="Identifiants de fournisseurs.",
    )


class VehicleLotInput(VehicleLotEditInput):
    vehicle = serializers.UUIDField(help_text="Un accord-cadre ouvert à son administration.")


class VehicleSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    holder = serializers.SerializerMethodField()
    ordered_eur_ht = _consumption("ordered", ORDERED)
    awarded_eur_ht = _consumption("awarded", AWARDED)
    counterpart = serializers.UUIDField(
        source="counterpart.uuid",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="D’une centrale d’achat, qui répond et facture ; null : le fournisseur de l’offre.",
    )

    class Meta:
        model = PurchasingVehicle
        fields = (
            "id",
            "number",
            "kind",
            "title",
            "reference",
            "holder_name",
            "holder",
            "counterpart",
            "starts_on",
            "ends_on",
            "maximum_eur_ht",
            "ordered_eur_ht",
            "awarded_eur_ht",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_holder(self, vehicle: PurchasingVehicle) -> str | None:
        return str(vehicle.holder.uuid) if vehicle.holder is not None else None


class VehicleInput(StrictSerializer):
    kind = serializers.ChoiceField(
        choices=RECORDED, help_text="Un système d’acquisition dynamique s’ouvre par « dynamic-systems »."
    )
    title = serializers.CharField(max_length=200)
    reference = serializers.CharField(max_length=100)
    holder_name = serializers.CharField(max_length=200)
    counterpart = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="D’une centrale d’achat : le fournisseur qui répond aux bons de commande et les facture.",
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    maximum_eur_ht = serializers.DecimalField(
        required=False, allow_null=True, min_value=0, max_digits=14, decimal_places=2
    )
