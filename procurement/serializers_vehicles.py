"""What purchasing vehicles and their lots look like in JSON."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from marketplace.tax_basis import TaxBasis
from procurement.enums_orders import MOST_HOLDERS, RECORDED
from procurement.models import PurchasingVehicle, VehicleLot


def _consumption(source: str, help_text: str) -> serializers.DecimalField:
    return serializers.DecimalField(
        source=source, read_only=True, max_digits=14, decimal_places=2, help_text=help_text
    )


ORDERED = "Bons de commande engagés et modifications approuvées, dans la base du maximum."
AWARDED = "Marchés passés dessous et signés, dans la base du maximum."
UNKNOWN = "Montants sans TTC connu, qu’un maximum TTC ne compte pas."


def maximum_input() -> serializers.DecimalField:
    return serializers.DecimalField(
        required=False,
        allow_null=True,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text="Avec les avenants et les reconductions ; null : inconnu.",
    )


def basis_input() -> serializers.ChoiceField:
    return serializers.ChoiceField(
        choices=TaxBasis.choices,
        required=False,
        default=TaxBasis.HT,
        help_text="Dans quelle base le maximum est exprimé et les engagements comptés.",
    )


class VehicleLotSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    vehicle = serializers.UUIDField(source="vehicle.uuid", read_only=True)
    holders = serializers.SerializerMethodField(help_text="Vide : les titulaires ne sont pas connus ici.")
    ordered_eur = _consumption("ordered", ORDERED)
    awarded_eur = _consumption("awarded", AWARDED)
    unknown = serializers.IntegerField(source="without_ttc", read_only=True, help_text=UNKNOWN)

    class Meta:
        model = VehicleLot
        fields = (
            "id", "vehicle", "number", "title", "starts_on", "ends_on", "maximum_eur", "maximum_basis",
            "ordered_eur", "awarded_eur", "unknown", "holders",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_holders(self, lot: VehicleLot) -> list[str]:
        return [str(one.uuid) for one in lot.holders]


class VehicleLotEditInput(StrictSerializer):
    title = serializers.CharField(max_length=200)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Dernier jour, compris.")
    maximum_eur = maximum_input()
    maximum_basis = basis_input()
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
    ordered_eur = _consumption("ordered", ORDERED)
    awarded_eur = _consumption("awarded", AWARDED)
    unknown = serializers.IntegerField(source="without_ttc", read_only=True, help_text=UNKNOWN)
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
            "version",
            "kind",
            "title",
            "reference",
            "holder_name",
            "holder",
            "counterpart",
            "starts_on",
            "ends_on",
            "maximum_eur",
            "maximum_basis",
            "ordered_eur",
            "awarded_eur",
            "unknown",
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
    holder = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="Le titulaire dans le catalogue : seules ses offres se commandent. D’un accord-cadre, à la "
        "création : celui de son premier lot.",
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    maximum_eur = maximum_input()
    maximum_basis = basis_input()
