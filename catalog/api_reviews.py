"""/api/v1/offers/{id}/propose/ and /api/v1/version-reviews/: a listed offer changes, a curator decides."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.abilities import review_abilities
from catalog.actions import reviews
from catalog.actions.editions import restart_from
from catalog.api_claims import ONCE
from catalog.enums import ReviewState
from catalog.models import VersionReview
from catalog.price_outliers.looking import far_prices
from catalog.serializers import OfferSerializer
from catalog.serializers_curation import (
    AcceptInput,
    DecisionReasonInput,
    RestartInput,
    VersionReviewSerializer,
)
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import NoInput
from marketplace.rest.viewsets import MarketViewSet, ReadViewSet

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="L’ETag lu.")


class ProposeVersionMixin(MarketViewSet):
    """On the offers' viewset."""

    @extend_schema(request=None, responses={201: VersionReviewSerializer}, parameters=[ONCE, IF_MATCH])
    @action(detail=True, methods=["post"])
    @once
    def propose(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Envoyer la version en préparation à la modération, ou à un dossier si elle change l’important."""
        offer = self.get_object()
        self.allow(offer, "propose")
        version = self.expected(offer, "propose")
        NoInput(data=request.data).is_valid(raise_exception=True)
        made = reviews.propose(offer, actor=self.actor, expected_version=version)
        found = VersionReview.objects.with_versions().get(pk=made.pk)
        answer = VersionReviewSerializer(found, context=self.get_serializer_context())
        where = f"{request.path.partition('/offers/')[0]}/version-reviews/{made.uuid}/"
        return Response(answer.data, status=201, headers={"Location": where, "ETag": f'"{found.version}"'})

    @extend_schema(request=RestartInput, responses={201: OfferSerializer}, parameters=[ONCE, IF_MATCH])
    @action(detail=True, methods=["post"])
    @once
    def restart(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Préparer une nouvelle version depuis une ancienne. Rien n’est mis en ligne ni écrasé."""
        offer = self.get_object()
        self.allow(offer, "edit")
        expected = self.expected(offer, "restart")
        data = self.read_input("restart")
        restart_from(offer, actor=self.actor, expected_version=expected, **data)
        return self.answer(self.reloaded(offer), status=201)


class VersionReviewFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ReviewState.choices, label="État, répétable.")
    offer = django_filters.UUIDFilter(
        field_name="version_proposed__offer__uuid", label="Identifiant de l’offre."
    )

    class Meta:
        model = VersionReview
        fields: list[str] = []


class VersionReviewViewSet(MoveMixin, ReadViewSet):
    """Versions proposed for listed offers: all of them for curators, a supplier's own for itself."""

    about = "les versions proposées pour des offres en ligne"
    queryset = VersionReview.objects.with_versions().order_by("-proposed_at", "-pk")
    serializer_class = VersionReviewSerializer
    filterset_class = VersionReviewFilterSet
    abilities = staticmethod(review_abilities)
    if_match = frozenset({"accept", "refuse"})
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "accept": MoveEndpoint(reviews.accept, AcceptInput),
        "refuse": MoveEndpoint(reviews.refuse, DecisionReasonInput),
    }

    def answer(self, obj: Any, *, status: int = 200, location: bool = False) -> Response:
        """One review also says what is odd in its prices, as the page does."""
        far = far_prices(obj.version_proposed, offer=obj.version_proposed.offer)
        obj.price_warning = " ".join(f"{place.label} : {place.sentence}" for place in far)
        waiting = reviews.waiting_numbers(obj.version_proposed.offer)
        obj.also_waiting = [number for number in waiting if number != obj.version_proposed.number]
        return super().answer(obj, status=status, location=location)


ROUTES = [("version-reviews", VersionReviewViewSet, "version-review")]
