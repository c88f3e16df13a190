"""/api/v1/offers/{id}/hand-over/ and /api/v1/handovers/: the page's actions, the same rules."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.abilities import handover_abilities
from catalog.api_claims import ONCE
from catalog.enums import HandoverState
from catalog.handovers import actions as handovers
from catalog.models import Offer, OfferHandover
from catalog.serializers_curation import DecisionReasonInput
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from marketplace.rest.viewsets import MarketViewSet, ReadViewSet


class HandOverInput(StrictSerializer):
    identifier = serializers.CharField(
        max_length=40, help_text="Du fournisseur vérifié qui reçoit l’offre : SIREN, ou numéro de TVA."
    )
    reason = serializers.CharField(max_length=1000, help_text="Public une fois le transfert accepté.")
    source = serializers.CharField(max_length=300, help_text="L’annonce légale ou l’acte, et sa référence.")
    source_date = serializers.DateField(help_text="La date de l’acte.")


class HandoverSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)
    offer_name = serializers.CharField(source="offer.name", read_only=True)
    supplier_from = serializers.UUIDField(source="supplier_from.uuid", read_only=True)
    supplier_from_name = serializers.CharField(source="supplier_from.name", read_only=True)
    organisation_to = serializers.UUIDField(source="organisation_to.uuid", read_only=True)
    organisation_to_name = serializers.CharField(source="organisation_to.name", read_only=True)

    class Meta:
        model = OfferHandover
        fields = (
            "id", "offer", "offer_name", "supplier_from", "supplier_from_name", "organisation_to",
            "organisation_to_name", "state", "state_since", "version", "reason", "source", "source_date",
            "proposed_at", "decided_at", "decision_reason",
        )  # fmt: skip
        read_only_fields = fields


class FormerSupplierSerializer(StrictModelSerializer):
    """Whose the offer was, until when and why."""

    supplier = serializers.UUIDField(source="supplier_from.uuid", read_only=True)
    name = serializers.CharField(source="supplier_from.name", read_only=True)
    until = serializers.DateTimeField(source="decided_at", read_only=True)

    class Meta:
        model = OfferHandover
        fields = ("supplier", "name", "until", "reason", "source", "source_date")
        read_only_fields = fields


class HandOverMixin(MarketViewSet):
    """On the offers' viewset."""

    @extend_schema(request=HandOverInput, responses={201: HandoverSerializer}, parameters=[ONCE])
    @action(detail=True, methods=["post"], url_path="hand-over")
    @once
    def hand_over(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Proposer le transfert de l’offre à un autre fournisseur, qui l’accepte ou le refuse."""
        offer = self.get_object()
        self.allow(offer, "hand_over")
        handovers.refuse_unmovable(offer)
        given = HandOverInput(data=request.data)
        given.is_valid(raise_exception=True)
        made = handovers.propose(offer, actor=self.actor, **given.validated_data)
        where = f"{request.path.partition('/offers/')[0]}/handovers/{made.uuid}/"
        answer = HandoverSerializer(made, context=self.get_serializer_context())
        return Response(answer.data, status=201, headers={"Location": where, "ETag": f'"{made.version}"'})

    @extend_schema(responses=FormerSupplierSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], url_path="former-suppliers", pagination_class=None)
    def former_suppliers(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """À qui l’offre était avant, jusqu’à quand et pourquoi ; le plus ancien d’abord."""
        rows = self.get_object().handovers.done().select_related("supplier_from")
        return Response(FormerSupplierSerializer(rows, many=True, context=self.get_serializer_context()).data)


class HandoverFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=HandoverState.choices, label="État, répétable.")
    offer = django_filters.UUIDFilter(field_name="offer__uuid", label="Identifiant de l’offre.")

    class Meta:
        model = OfferHandover
        fields: list[str] = []


class HandoverViewSet(MoveMixin, ReadViewSet):
    """Transfers of offers: a supplier's own, given or received; all of them for curators and the auditor."""

    about = "les transferts d’offres"
    queryset = OfferHandover.objects.with_people().order_by("-proposed_at", "-pk")
    serializer_class = HandoverSerializer
    filterset_class = HandoverFilterSet
    abilities = staticmethod(handover_abilities)
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "accept": MoveEndpoint(handovers.accept),
        "refuse": MoveEndpoint(handovers.refuse, DecisionReasonInput),
        "cancel": MoveEndpoint(handovers.cancel, DecisionReasonInput),
    }


ROUTES = [("handovers", HandoverViewSet, "handover")]
