"""/api/v1/contract-reviews/: what a lost status opened on a contract, and what the administration decides."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.rest.viewsets import ReadViewSet, SerializerClass
from procurement.abilities_orders import review_abilities
from procurement.actions.contracts import decide_review, refuse_undecidable
from procurement.exit.moving import moving_of
from procurement.exit.serializers import MovingSerializer
from procurement.filters_orders import ContractReviewFilter
from procurement.models import ContractReview
from procurement.serializers_orders import ContractReviewSerializer, ReviewDecisionInput


class ContractReviewViewSet(ReadViewSet):
    """Reviews and exit clauses of the administration's contracts; never shown to the supplier."""

    about = "les revues de contrat après une perte de statut"
    queryset = (
        ContractReview.objects.select_related("contract").prefetch_related("replacements").order_by("-pk")
    )
    serializer_class = ContractReviewSerializer
    filterset_class = ContractReviewFilter
    abilities = staticmethod(review_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"decide": ReviewDecisionInput}

    @extend_schema(request=ReviewDecisionInput, responses=ContractReviewSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Décider de la suite, une fois. Sortir du contrat ne le résilie pas : c’est un acte à part."""
        review = self.get_object()
        self.allow(review, "decide")
        refuse_undecidable(review)
        decide_review(review, actor=self.actor, **self.read_input("decide"))
        return self.answer(self.reloaded(review))

    @extend_schema(responses=MovingSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, sparse=False)
    def moving(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Ce que coûtent le départ, et un an chez chaque offre de remplacement."""
        return Response(MovingSerializer(moving_of(self.get_object())).data)


ROUTES = [("contract-reviews", ContractReviewViewSet, "contract-review")]
