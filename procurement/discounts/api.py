"""/api/v1/vehicle-discounts/: discounts of the vehicles open to the actor's administration."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Supplier
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.idempotency import once
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.abilities_orders import vehicle_abilities
from procurement.discounts.abilities import discount_abilities, discounts_abilities
from procurement.discounts.recording import end_discount, record_discount
from procurement.discounts.serializers import (
    EndDiscountInput,
    VehicleDiscountInput,
    VehicleDiscountSerializer,
)
from procurement.models import PurchasingVehicle, VehicleDiscount


class VehicleDiscountFilter(django_filters.FilterSet):
    vehicle = django_filters.UUIDFilter(field_name="vehicle__uuid", label="Identifiant du support d’achat.")

    class Meta:
        model = VehicleDiscount
        fields: ClassVar[list[str]] = []


class VehicleDiscountViewSet(CreateOnceMixin, ReadViewSet):
    about = "les remises des supports d’achat ouverts à son administration"
    queryset = VehicleDiscount.objects.for_pages().order_by("-starts_on", "-pk")
    serializer_class = VehicleDiscountSerializer
    filterset_class = VehicleDiscountFilter
    abilities = staticmethod(discount_abilities)
    collection_abilities = staticmethod(discounts_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": VehicleDiscountInput,
        "end": EndDiscountInput,
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> VehicleDiscount:
        vehicle = PurchasingVehicle.objects.visible_to(actor).filter(uuid=data.pop("vehicle")).first()
        if vehicle is None:
            raise NotVisible
        require(vehicle_abilities(actor, vehicle), "edit")
        if data.get("supplier") is not None:
            found = Supplier.objects.filter(uuid=data["supplier"]).first()
            if found is None:
                raise NotVisible("supplier_not_found", "Ce fournisseur n’existe pas.")
            data["supplier"] = found
        return record_discount(vehicle, actor=actor, **data)

    @extend_schema(request=EndDiscountInput, responses=VehicleDiscountSerializer)
    @action(detail=True, methods=["post"])
    @once
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Donner un dernier jour à la remise."""
        found = self.get_object()
        self.allow(found, "end")
        end_discount(found, actor=self.actor, **self.read_input("end"))
        return self.answer(self.reloaded(found))


ROUTES: list[tuple[str, Any, str]] = [("vehicle-discounts", VehicleDiscountViewSet, "vehicle-discount")]
