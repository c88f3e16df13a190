"""On the suppliers' viewset: their listed offers suspended at once, and lifted by name."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.abilities import supplier_abilities
from catalog.actions import suppliers
from catalog.api_suspension import SuspensionSerializer, suspension_body
from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import MarketViewSet


class SuspendOffersInput(StrictSerializer):
    reason = serializers.CharField(max_length=1000)
    sha256 = serializers.CharField(max_length=64)


class LiftOffersInput(StrictSerializer):
    reason = serializers.CharField(max_length=1000)
    offers = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=500)


class MovedOffersSerializer(StrictSerializer):
    offers = serializers.ListField(child=serializers.UUIDField())


class SupplierMovesMixin(MarketViewSet):
    abilities = staticmethod(supplier_abilities)

    @extend_schema(responses=SuspensionSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def suspension(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ce que toucherait la suspension de toutes ses offres référencées."""
        found = self.get_object()
        self.allow(found, "suspend_offers")
        return Response(suspension_body(suppliers.suspension_of(found)))

    @extend_schema(request=SuspendOffersInput, responses=MovedOffersSerializer)
    @action(detail=True, methods=["post"], url_path="suspend-offers")
    def suspend_offers(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Suspendre toutes ses offres référencées, ensemble ou aucune."""
        found = self.get_object()
        self.allow(found, "suspend_offers")
        suppliers.suspension_of(found)
        given = SuspendOffersInput(data=request.data)
        given.is_valid(raise_exception=True)
        done = suppliers.suspend_offers(found, actor=self.actor, **given.validated_data)
        return Response({"offers": [str(offer.uuid) for offer in done.offers]})

    @extend_schema(request=LiftOffersInput, responses=MovedOffersSerializer)
    @action(detail=True, methods=["post"], url_path="lift-offers")
    def lift_offers(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Lever les suspensions nommées, ensemble ou aucune."""
        found = self.get_object()
        self.allow(found, "lift_offers")
        given = LiftOffersInput(data=request.data)
        given.is_valid(raise_exception=True)
        done = suppliers.lift_offers(found, actor=self.actor, **given.validated_data)
        return Response({"offers": [str(offer.uuid) for offer in done]})
