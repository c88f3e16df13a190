"""On the offers' viewset: what a « suspension conservatoire » would touch, read before it is done."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.actions.suspensions import Suspension, read_suspension
from catalog.serializers_curation import DecisionReasonInput
from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import MarketViewSet


class TouchedSerializer(StrictSerializer):
    kind = serializers.CharField()
    count = serializers.IntegerField()
    names = serializers.ListField(child=serializers.CharField())


class SuspensionSerializer(StrictSerializer):
    sha256 = serializers.CharField(help_text="À rendre avec la suspension : ce qui a été lu.")
    offers = serializers.ListField(child=serializers.UUIDField())
    touched = TouchedSerializer(many=True)
    people = serializers.IntegerField(help_text="Personnes qui seront prévenues.")


class SuspendInput(DecisionReasonInput):
    sha256 = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        help_text="Celle de « suspension » : l’acte s’arrête si ce qu’il touche a changé depuis.",
    )


def suspension_body(seen: Suspension) -> Any:
    touched = [
        {"kind": effect.many, "count": effect.count, "names": [words for words, _ in effect.items]}
        for effect in seen.preview.effects
    ]
    offers = [offer.uuid for offer in seen.offers]
    body = {"sha256": seen.sha256, "offers": offers, "touched": touched, "people": seen.preview.people}
    return SuspensionSerializer(body).data


class SuspensionMixin(MarketViewSet):
    @extend_schema(responses=SuspensionSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def suspension(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ce que toucherait sa suspension conservatoire : offres bâties dessus, commandes, contrats."""
        if self.actor.is_anonymous:
            raise NotAuthenticated
        found = self.get_object()
        self.allow(found, "suspend")
        found.check_move("suspend")
        return Response(suspension_body(read_suspension([found])))
