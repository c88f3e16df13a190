"""/api/v1/projects/{id}/like_needs/: needs of the same CPV family over twelve months, a hint."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.rest.viewsets import MarketViewSet
from procurement.actions.homogeneous import BASES, LikeNeeds, like_needs


class LikeNeedOutput(serializers.Serializer):
    project = serializers.UUIDField(source="project.uuid")
    number = serializers.CharField(source="project.number")
    title = serializers.CharField(source="project.title")
    cpv = serializers.CharField(source="project.cpv")
    amount_eur_ht = serializers.DecimalField(max_digits=16, decimal_places=2)
    basis = serializers.ChoiceField(list(BASES))


class LikeNeedsOutput(serializers.Serializer):
    family = serializers.CharField(
        source="family.label", default=None, allow_null=True, help_text="null sans code CPV."
    )
    total_eur_ht = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    needs = LikeNeedOutput(many=True)


class LikeNeedsMixin(MarketViewSet):
    """On the projects' viewset."""

    @extend_schema(responses=LikeNeedsOutput, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def like_needs(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Les besoins de même famille CPV, sans support d’achat, depuis douze mois : un indice à vérifier."""
        found: LikeNeeds = like_needs(self.get_object(), on=timezone.localdate())
        return Response(LikeNeedsOutput(found).data)
