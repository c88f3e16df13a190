"""On the dossiers' viewset: the discussion of a requirement."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import MarketViewSet
from qualification import discussion


class MessageSerializer(StrictSerializer):
    id = serializers.UUIDField(source="uuid")
    requirement = serializers.CharField()
    text = serializers.CharField()
    from_supplier = serializers.BooleanField()
    author = serializers.CharField(source="author.full_name")
    written_at = serializers.DateTimeField()


class MessageInput(StrictSerializer):
    requirement = serializers.CharField(max_length=40)
    text = serializers.CharField(max_length=4000)


REQUIREMENT = OpenApiParameter("requirement", str, description="Le code d’une exigence ; toutes sinon.")


class MessagesMixin(MarketViewSet):
    @extend_schema(responses=MessageSerializer(many=True), parameters=[REQUIREMENT], filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def messages(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ce que le fournisseur et l’instructeur se sont dit, exigence par exigence."""
        rows = self.get_object().messages.select_related("author")
        asked = request.query_params.get("requirement", "")
        found = rows.filter(requirement=asked) if asked else rows
        return Response(MessageSerializer(found, many=True).data)

    @extend_schema(request=MessageInput, responses={201: MessageSerializer})
    @messages.mapping.post
    def say(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Écrire sur une exigence ; l’autre partie est prévenue."""
        dossier = self.get_object()
        self.allow(dossier, "discuss")
        said = discussion.write(dossier, actor=self.actor, **self.read_input("say"))
        return Response(MessageSerializer(said).data, status=201)
