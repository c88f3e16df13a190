"""/api/v1/durations/: how long each step of a dossier takes, measured."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.rest.serializers import StrictSerializer
from qualification.durations import SMALLEST, STEPS, measured

DAYS: dict[str, Any] = {"max_digits": 8, "decimal_places": 1, "allow_null": True}


class StepDurationSerializer(StrictSerializer):
    step = serializers.ChoiceField(choices=list(STEPS.items()))
    label = serializers.CharField()
    passages = serializers.IntegerField(help_text="Sur combien de passages les durées sont mesurées.")
    median_days = serializers.DecimalField(**DAYS, help_text=f"null : moins de {SMALLEST} passages.")
    p90_days = serializers.DecimalField(**DAYS, help_text="Neuf passages sur dix ont duré moins.")
    waiting = serializers.IntegerField(help_text="Dossiers dans cette étape en ce moment.")
    oldest = serializers.DateTimeField(allow_null=True, help_text="Depuis quand le plus ancien y est.")


class SchemeDurationsSerializer(StrictSerializer):
    scheme = serializers.CharField()
    title = serializers.CharField()
    steps = StepDurationSerializer(many=True)


@extend_schema_serializer(many=False)
class DurationsSerializer(StrictSerializer):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    schemes = SchemeDurationsSerializer(many=True)


class DurationViewSet(viewsets.ViewSet):
    public = True

    @extend_schema(responses=DurationsSerializer, operation_id="durations_retrieve")
    def list(self, request: Request) -> Response:
        """Les durées mesurées de l’instruction, par référentiel et par étape, en jours de 24 heures."""
        return Response(DurationsSerializer(measured()).data)


ROUTES = [("durations", DurationViewSet, "duration")]
