"""/api/v1/orders/{id}/messages/: the exchange between buyer and supplier, open once the order is sent."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.rest.idempotency import once
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from marketplace.rest.viewsets import MarketViewSet
from procurement.actions.orders import refuse_unsent, write_message
from procurement.models import OrderMessage
from procurement.models.order import MOST_MESSAGE


class OrderMessageSerializer(StrictModelSerializer):
    author = serializers.CharField(read_only=True)
    organisation = serializers.CharField(source="organisation.name", read_only=True)

    class Meta:
        model = OrderMessage
        fields = ("author", "organisation", "body", "written_at")
        read_only_fields = fields


class OrderMessageInput(StrictSerializer):
    body = serializers.CharField(max_length=MOST_MESSAGE)


class OrderMessagesMixin(MarketViewSet):
    """On the orders' viewset."""

    @extend_schema(responses=OrderMessageSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def messages(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Les messages du bon de commande, du plus ancien au plus récent."""
        rows = (
            self.get_object().messages.select_related("author", "organisation").order_by("written_at", "pk")
        )
        page = self.paginate_queryset(rows)
        context = self.get_serializer_context()
        return self.get_paginated_response(OrderMessageSerializer(page, many=True, context=context).data)

    @extend_schema(request=OrderMessageInput, responses={201: OrderMessageSerializer})
    @messages.mapping.post
    @once
    def write_message(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Écrire à l’autre partie, une fois le bon de commande envoyé."""
        order = self.get_object()
        self.allow(order, "write_message")
        refuse_unsent(order)
        made = write_message(order, actor=self.actor, **self.read_input("write_message"))
        context = self.get_serializer_context()
        return Response(OrderMessageSerializer(made, context=context).data, status=201)
