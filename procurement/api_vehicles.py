"""/api/v1/purchasing-vehicles/ and vehicle-lots/: the same rules as their pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters

from catalog.models import Supplier
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass
from procurement.abilities_orders import vehicle_abilities, vehicle_lot_abilities, vehicles_abilities
from procurement.actions import vehicles
from procurement.actions.supplier_lists import suppliers_named
from procurement.actions.vehicle_edits import edit_vehicle
from procurement.models import PurchasingVehicle, VehicleLot
from procurement.serializers_vehicles import (
    VehicleInput,
    VehicleLotEditInput,
    VehicleLotInput,
    VehicleLotSerializer,
    VehicleSerializer,
)


class VehicleViewSet(CreateOnceMixin, PatchMixin, ReadViewSet):
    """Purchasing vehicles open to the actor's administration."""

    about = "les supports d’achat ouverts à son administration"
    queryset = (
        PurchasingVehicle.objects.select_related("holder", "counterpart")
        .with_consumption()
        .order_by("-ends_on", "-pk")
    )
    serializer_class = VehicleSerializer
    abilities = staticmethod(vehicle_abilities)
    collection_abilities = staticmethod(vehicles_abilities)
    if_match = frozenset({"edit"})
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": VehicleInput, "edit": VehicleInput}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> PurchasingVehicle:
        return vehicles.create_vehicle(actor=actor, **_named(data))

    def edit_object(
        self, obj: PurchasingVehicle, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> PurchasingVehicle:
        return edit_vehicle(obj, actor=actor, expected_version=expected_version, **_named(data))


def _named(data: dict[str, Any]) -> dict[str, Any]:
    """Identifiers become suppliers. Raises NotVisible on one that is not there."""
    for name in ("counterpart", "holder"):
        if data.get(name) is not None:
            found = Supplier.objects.filter(uuid=data[name]).first()
            if found is None:
                raise NotVisible("supplier_not_found", "Ce fournisseur n’existe pas.")
            data[name] = found
    return data


class VehicleLotFilterSet(django_filters.FilterSet):
    vehicle = django_filters.UUIDFilter(field_name="vehicle__uuid", label="Identifiant du support d’achat.")

    class Meta:
        model = VehicleLot
        fields: ClassVar[list[str]] = []


class VehicleLotViewSet(CreateOnceMixin, PatchMixin, ReadViewSet):
    """Lots of framework agreements, with what is consumed of each, by every administration."""

    about = "les lots des accords-cadres ouverts à son administration"
    queryset = VehicleLot.objects.for_pages().order_by("-vehicle__ends_on", "-vehicle_id", "number")
    serializer_class = VehicleLotSerializer
    filterset_class = VehicleLotFilterSet
    abilities = staticmethod(vehicle_lot_abilities)
    collection_abilities = staticmethod(vehicles_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": VehicleLotInput,
        "edit": VehicleLotEditInput,
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> VehicleLot:
        rows = PurchasingVehicle.objects.visible_to(actor)
        vehicle = rows.filter(uuid=data.pop("vehicle")).first()
        if vehicle is None:
            raise NotVisible
        require(vehicle_abilities(actor, vehicle), "add_lot")
        return vehicles.add_lot(vehicle, actor=actor, **_terms(data))

    def edit_object(
        self, obj: VehicleLot, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> VehicleLot:
        return vehicles.edit_lot(obj, actor=actor, **_terms(data))


def _terms(data: dict[str, Any]) -> dict[str, Any]:
    """Identifiers become suppliers. Raises RuleBroken on one that is not there."""
    return (
        {**data, "holders": suppliers_named(data["holders"], field="holders")} if "holders" in data else data
    )


ROUTES: list[tuple[str, Any, str]] = [
    ("purchasing-vehicles", VehicleViewSet, "purchasing-vehicle"),
    ("vehicle-lots", VehicleLotViewSet, "vehicle-lot"),
]
