"""/api/v1/offers/{id}/stack/: the layers an offer stands on."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import stack as layers
from catalog.actions.authoring import refuse_if_not_editable
from catalog.api_claims import ONCE
from catalog.enums import TrustStatus
from catalog.layers import Falls, Layer, dependants_of, falls_of, layers_of
from catalog.models import Offer
from catalog.presentation import stack_conclusion
from catalog.serializers_stack import EdgeInput, StackSerializer
from catalog.trust import without_mark
from marketplace.errors import NotVisible, RuleBroken
from marketplace.rest.idempotency import once
from marketplace.rest.viewsets import MarketViewSet

EDGE = r"stack/(?P<edge>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
EDGE_PARAMETER = OpenApiParameter("edge", OpenApiTypes.UUID, OpenApiParameter.PATH)


class StackMixin(MarketViewSet):
    """On the offers' viewset."""

    @extend_schema(responses=StackSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def stack(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """La pile : ce que l’offre déclare, les couches jusqu’en bas, et ce qu’on en conclut."""
        return self._stack_of(self.get_object())

    @extend_schema(request=EdgeInput, responses={201: StackSerializer}, parameters=[ONCE])
    @stack.mapping.post
    @once
    def add_edge(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Déclarer une couche. Une pile ne tourne pas en rond."""
        offer = self.get_object()
        self.allow(offer, "edit")
        refuse_if_not_editable(offer)
        data = self.read_input("add_edge")
        data["base"] = self._base(data["base"])
        try:
            layers.add_edge(offer, actor=self.actor, **data)
        except ModelError as error:
            raise refused(error, code="edge_refused") from error
        return self._stack_of(offer, status=201)

    @extend_schema(request=None, responses={204: None}, parameters=[EDGE_PARAMETER])
    @action(detail=True, methods=["delete"], url_path=EDGE, url_name="stack-edge", pagination_class=None)
    def remove_edge(self, request: Request, edge: str, *args: Any, **kwargs: Any) -> Response:
        """Retirer une couche déclarée."""
        offer = self.get_object()
        found = offer.stack_edges.select_related("offer__supplier", "base").filter(uuid=edge).first()
        if found is None:
            raise NotVisible()
        self.allow(offer, "edit")
        refuse_if_not_editable(offer)
        layers.remove_edge(found, actor=self.actor)
        return Response(status=204)

    def _base(self, uuid: uuids.UUID | None) -> Offer | None:
        if uuid is None:
            return None
        found = Offer.objects.visible_to(self.actor).filter(uuid=uuid).first()
        if found is None:
            message = "Cette offre n’est pas au catalogue. Vérifiez l’identifiant ou nommez l’hébergeur."
            raise NotVisible("offer_not_found", message)
        return found

    def _stack_of(self, offer: Offer, *, status: int = 200) -> Response:
        found = layers_of(offer)
        body = {
            "edges": offer.stack_edges.select_related("base"),
            "layers": [_layer(one, falls) for one, falls in zip(found, falls_of(found), strict=True)],
            "conclusion": stack_conclusion(found),
            "dependants": dependants_of(offer),
        }
        return Response(StackSerializer(body, context=self.get_serializer_context()).data, status=status)


def _layer(layer: Layer, falls: Falls) -> dict[str, Any]:
    if layer.trust is not None:
        status: TrustStatus = layer.trust.status_on(timezone.localdate())
    else:
        status = TrustStatus.UNKNOWN if layer.offer is None else without_mark(layer.offer, "secnumcloud")
    return {
        "layer": layer.layer,
        "name": layer.name,
        "offer": layer.offer.uuid if layer.offer is not None else None,
        "region": layer.region,
        "inherits": layer.inherits,
        "suspended": layer.is_suspended,
        "secnumcloud": status.value,
        "if_it_falls": {"loses": list(falls.loses), "relies": list(falls.relies)},
    }


def refused(error: ModelError, *, code: str) -> RuleBroken:
    """What a model's own checks refused, field by field; what concerns several fields names none."""
    fields = {("" if name == "__all__" else name): said for name, said in error.message_dict.items()}
    return RuleBroken(code, next(iter(fields.values()))[0], fields=fields)
