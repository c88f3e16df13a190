"""On the suppliers' viewset: a supplier says what it is."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.enums import FrenchRegion, Inclusion, SupplierSize
from catalog.serializers import SupplierSerializer
from catalog.supplier_facts import actions as supplier_facts
from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import MarketViewSet

ABSENT: dict[str, Any] = {"required": False, "allow_null": True}


class SupplierFactsInput(StrictSerializer):
    """What is left out or null is unknown from then on."""

    size = serializers.ChoiceField(SupplierSize.choices, **ABSENT)
    region = serializers.ChoiceField(FrenchRegion.choices, **ABSENT, help_text="Code de l’INSEE.")
    is_ess = serializers.BooleanField(**ABSENT)
    inclusion = serializers.ChoiceField(Inclusion.choices, **ABSENT)
    is_independent = serializers.BooleanField(**ABSENT)
    group_name = serializers.CharField(max_length=120, **ABSENT)
    founded_year = serializers.IntegerField(**ABSENT)
    public_share_percent = serializers.DecimalField(max_digits=5, decimal_places=2, **ABSENT)


class SupplierFactsMixin(MarketViewSet):
    @extend_schema(request=SupplierFactsInput, responses=SupplierSerializer)
    @action(detail=True, methods=["post"])
    def declare(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Déclarer sa taille, sa région, sa structure : remplace toute la déclaration précédente."""
        found = self.get_object()
        self.allow(found, "declare")
        given = SupplierFactsInput(data=request.data)
        given.is_valid(raise_exception=True)
        supplier_facts.declare(found, actor=self.actor, **given.validated_data)
        return self.answer(self.get_object())
