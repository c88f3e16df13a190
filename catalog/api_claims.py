"""/api/v1/offers/{id}/claim/ and /api/v1/claims/: the page's actions, the same rules."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.abilities import claim_abilities
from catalog.actions import claims
from catalog.enums import ClaimState, OfferState
from catalog.models import OfferClaim
from catalog.serializers_curation import ClaimInput, ClaimSerializer, DecisionReasonInput
from marketplace.errors import MoveRefused
from marketplace.rest.idempotency import HEADER as IDEMPOTENCY_HEADER
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import NoInput
from marketplace.rest.viewsets import MarketViewSet, ReadViewSet, SerializerClass

ONCE = OpenApiParameter(
    IDEMPOTENCY_HEADER, str, OpenApiParameter.HEADER, description="Clé de 1 à 200 caractères."
)


def claims_for_answers() -> Any:
    """With the rival claims of each sheet: one query more, whatever the number of rows."""
    rivals = OfferClaim.objects.select_related("organisation").order_by("created_at", "pk")
    return OfferClaim.objects.with_people().prefetch_related(Prefetch("offer__claims", queryset=rivals))


class ClaimOfferMixin(MarketViewSet):
    """On the offers' viewset."""

    @extend_schema(request=ClaimInput, responses={201: ClaimSerializer}, parameters=[ONCE])
    @action(detail=True, methods=["post"])
    @once
    def claim(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Revendiquer cette fiche publique. Un modérateur décide sur une preuve indépendante."""
        offer = self.get_object()
        self.allow(offer, "claim")
        if offer.state != OfferState.UNCLAIMED:
            raise MoveRefused("already_claimed", "Cette fiche a déjà été revendiquée.")
        made = claims.open_claim(offer, actor=self.actor, **self.read_input("claim"))
        answer = ClaimSerializer(claims_for_answers().get(pk=made.pk), context=self.get_serializer_context())
        where = f"{request.path.partition('/offers/')[0]}/claims/{made.uuid}/"
        return Response(answer.data, status=201, headers={"Location": where, "ETag": f'"{made.version}"'})


class ClaimFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ClaimState.choices, label="État, répétable.")
    offer = django_filters.UUIDFilter(field_name="offer__uuid", label="Identifiant de l’offre.")

    class Meta:
        model = OfferClaim
        fields: list[str] = []


class ClaimViewSet(MoveMixin, ReadViewSet):
    """Claims of public sheets: one's organisation's own, all of them for curators and the auditor."""

    about = "les demandes de reprise de fiches publiques"
    queryset = claims_for_answers().order_by("-created_at", "-pk")
    serializer_class = ClaimSerializer
    filterset_class = ClaimFilterSet
    abilities = staticmethod(claim_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"check_dns": NoInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "grant": MoveEndpoint(claims.grant, DecisionReasonInput),
        "refuse": MoveEndpoint(claims.refuse, DecisionReasonInput),
        "cancel": MoveEndpoint(OfferClaim.cancel),
    }

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def check_dns(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Chercher l’enregistrement TXT sur le domaine de la fiche."""
        claim = self.get_object()
        self.allow(claim, "check_dns")
        claims.refuse_closed(claim)
        self.read_input("check_dns")
        claims.check_dns(claim, actor=self.actor)
        return self.answer(self.reloaded(claim))


ROUTES = [("claims", ClaimViewSet, "claim")]
