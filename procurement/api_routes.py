"""Which way a purchase may go: facts in, routes out, nothing stored."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.rest.principal import actor_of
from procurement.actions.routes import vehicles_seen
from procurement.routes import pick
from procurement.serializers_routes import RoutesInput, RoutesOutput


class PurchaseRouteViewSet(viewsets.ViewSet):
    public = ("create",)

    @extend_schema(request=RoutesInput, responses={200: RoutesOutput}, operation_id="purchase_routes_pick")
    def create(self, request: Request) -> Response:
        """Les voies ouvertes, fermées ou à vérifier, avec leur raison et leur texte. Les supports d’achat de
        votre administration y figurent si vous êtes connecté."""
        given = RoutesInput(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        on = given.validated_data["date"]
        return Response(pick(given.facts(vehicles_seen(actor_of(request), on=on)), on=on).as_dict())


ROUTES: list[tuple[str, Any, str]] = [("purchase-routes", PurchaseRouteViewSet, "purchase-route")]
