"""On the offers' viewset: a curator corrects what is online."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.actions.corrections import Ground, correct, refuse_uncorrectable
from catalog.serializers import OfferSerializer
from catalog.serializers_answers import AnswersSerializer
from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import MarketViewSet


class CorrectionInput(StrictSerializer):
    """`answers` holds only what changes; the rest of the version online stays."""

    answers = AnswersSerializer()
    reason = serializers.CharField(max_length=500)
    source = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    source_url = serializers.URLField(max_length=300, required=False, allow_blank=True, default="")
    read_on = serializers.DateField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Demandé, comme « source », d’une fiche publique.",
    )


class CorrectionMixin(MarketViewSet):
    @extend_schema(
        request=CorrectionInput,
        responses=OfferSerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="L’ETag lu.")],
    )
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Corriger ce qui est en ligne, avec un motif et une source ; le fournisseur est prévenu. Ses
        réponses importantes ne se corrigent pas : un dossier les examine."""
        offer = self.get_object()
        self.allow(offer, "correct")
        expected = self.expected(offer, "correct")
        refuse_uncorrectable(offer)
        given = self.read_input("correct")
        ground = Ground(given["reason"], given["source"], given["source_url"], given["read_on"])
        correct(offer, actor=self.actor, answers=given["answers"], ground=ground, expected_version=expected)
        return self.answer(self.reloaded(offer))
