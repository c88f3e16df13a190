"""/api/v1/moderation-queues/, trust-reports/ and what is said of the age of an offer's facts."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import trust
from catalog.abilities import catalog_abilities, report_abilities
from catalog.actions import facts
from catalog.freshness import facts_age
from catalog.models import Offer, TrustReport
from catalog.queues import queue_states, stale_offers
from catalog.serializers_queues import (
    ConfirmFactsInput,
    FactsSerializer,
    OutcomeInput,
    QueueSerializer,
    StaleOfferSerializer,
    TrustReportSerializer,
)
from marketplace.accounts.abilities import require
from marketplace.rest.serializers import NoInput
from marketplace.rest.viewsets import MarketViewSet, ReadViewSet, SerializerClass


class FactsMixin(MarketViewSet):
    """On the offers' viewset."""

    @extend_schema(request=ConfirmFactsInput, responses=FactsSerializer)
    @action(detail=True, methods=["post"], url_path="confirm-facts")
    def confirm_facts(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """« Tout est toujours vrai » : le fournisseur confirme ce qui est en ligne."""
        offer = self.get_object()
        self.allow(offer, "confirm_facts")
        facts.refuse_unanswered(offer)
        given = ConfirmFactsInput(data=request.data)
        given.is_valid(raise_exception=True)
        facts.confirm(offer, actor=self.actor, version_read=given.validated_data["version_read"])
        return Response(FactsSerializer(facts_age(offer, on=timezone.localdate())).data)

    @extend_schema(request=None, responses=FactsSerializer)
    @action(detail=True, methods=["post"], url_path="ask-facts")
    def ask_facts(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Demander au fournisseur de confirmer. Une seconde demande du même jour ne change rien."""
        offer = self.get_object()
        self.allow(offer, "ask_facts")
        NoInput(data=request.data).is_valid(raise_exception=True)
        facts.ask(offer, actor=self.actor)
        return Response(FactsSerializer(facts_age(offer, on=timezone.localdate())).data)


@extend_schema_view(list=extend_schema(summary="Files de modération"))
class QueueViewSet(MarketViewSet):
    """How many things wait for a curator in each queue, and since when; the longest wait first."""

    about = "les files de modération"
    queryset = TrustReport.objects.none()
    serializer_class = QueueSerializer
    pagination_class = None

    @extend_schema(responses=QueueSerializer(many=True), filters=False)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        require(catalog_abilities(self.actor), "curate")
        return Response(QueueSerializer(queue_states(on=timezone.localdate()), many=True).data)


@extend_schema_view(list=extend_schema(summary="Offres à reconfirmer"))
class StaleFactsViewSet(MarketViewSet):
    """Offers online whose facts their supplier has not confirmed within the limit; the oldest first."""

    about = "les offres à reconfirmer"
    queryset = Offer.objects.all()
    serializer_class = StaleOfferSerializer

    @extend_schema(filters=False)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        require(catalog_abilities(self.actor), "curate")
        rows = stale_offers(on=timezone.localdate()).select_related("supplier")
        page: Any = self.paginate_queryset(rows)
        serializer: Any = self.get_serializer(page, many=True)
        _ = serializer.child.fields
        return self.get_paginated_response(serializer.data)


class TrustReportFilterSet(django_filters.FilterSet):
    open = django_filters.BooleanFilter(
        field_name="closed_at", lookup_expr="isnull", label="« true » : à traiter."
    )

    class Meta:
        model = TrustReport
        fields: list[str] = []


class TrustReportViewSet(ReadViewSet):
    """What was heard of a mark without its issuer's act: for curators and the auditor."""

    about = "les signalements sur une qualification"
    queryset = TrustReport.objects.select_related("mark").order_by("recorded_at", "pk")
    serializer_class = TrustReportSerializer
    filterset_class = TrustReportFilterSet
    abilities = staticmethod(report_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"close": OutcomeInput}

    @extend_schema(request=OutcomeInput, responses=TrustReportSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Clore le signalement en disant ce qui en a été conclu. Aucun statut ne change."""
        report = self.get_object()
        self.allow(report, "close")
        trust.refuse_closed_report(report)
        given = self.read_input("close")
        return self.answer(self.reloaded(trust.close_report(report, actor=self.actor, **given)))


ROUTES = [
    ("moderation-queues", QueueViewSet, "moderation-queue"),
    ("stale-facts", StaleFactsViewSet, "stale-facts"),
    ("trust-reports", TrustReportViewSet, "trust-report"),
]
