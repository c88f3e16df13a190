"""/api/v1/offers/…/document/, import/ and copy/: own offers taken out, brought back, copied."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.abilities import catalog_abilities
from catalog.actions.authoring import refuse_if_not_editable
from catalog.actions.editions import copy_offer
from catalog.actions.transfer import Imported, bring_back, rehearse
from catalog.api_claims import ONCE
from catalog.models import Offer
from catalog.serializers import OfferSerializer
from catalog.serializers_transfer import (
    ImportedOfferSerializer,
    ImportReportSerializer,
    LeftOutSerializer,
    OfferDocumentInput,
    OfferDocumentSerializer,
)
from catalog.transfer import document_of
from marketplace.accounts.abilities import require
from marketplace.rest.idempotency import once
from marketplace.rest.viewsets import MarketViewSet

DRY_RUN = OpenApiParameter(
    "dry_run", bool, description="« 1 » : répond ce qui changerait (200), n’enregistre rien."
)
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="L’ETag lu.")


class TransferMixin(MarketViewSet):
    """On the offers' viewset."""

    @extend_schema(responses=OfferDocumentSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def document(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Tout ce que le fournisseur a écrit de sa version la plus récente, dans un format versionné."""
        offer = self.get_object()
        self.allow(offer, "edit")
        return Response(OfferDocumentSerializer(document_of(offer, offer.shown_for_edit)).data)

    @extend_schema(
        request=OfferDocumentInput,
        responses={201: ImportedOfferSerializer, 200: ImportReportSerializer},
        parameters=[ONCE, DRY_RUN],
        filters=False,
    )
    @action(detail=False, methods=["post"], url_path="import", url_name="import", pagination_class=None)
    @once
    def import_new(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Un nouveau brouillon depuis un document exporté : toutes ses réponses et formules, ou rien.
        « left_out » dit les qualifications et les couches qui ne peuvent être reprises."""
        require(catalog_abilities(self.actor), "create")
        if _dry(request):
            return self._rehearsed(request, None)
        return self._imported(bring_back(request.data, actor=self.actor, into=None))

    @extend_schema(
        request=OfferDocumentInput,
        responses={201: ImportedOfferSerializer, 200: ImportReportSerializer},
        operation_id="offers_import_into",
        parameters=[ONCE, DRY_RUN, IF_MATCH],
    )
    @action(detail=True, methods=["post"], url_path="import", url_name="import-into")
    @once
    def import_into(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Les réponses et les formules d’un document, dans la version en préparation : toutes ou aucune. Les
        qualifications et les couches qu’il déclare s’ajoutent ; « left_out » dit celles qui ne le peuvent."""
        offer = self.get_object()
        self.allow(offer, "edit")
        refuse_if_not_editable(offer)
        if _dry(request):
            return self._rehearsed(request, offer)
        expected = self.expected(offer, "import_into")
        return self._imported(
            bring_back(request.data, actor=self.actor, into=offer, expected_version=expected)
        )

    @extend_schema(request=None, responses={201: OfferSerializer}, parameters=[ONCE])
    @action(detail=True, methods=["post"])
    @once
    def copy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Un nouveau brouillon : réponses et prix, sans qualification, ni certificat, ni pile."""
        offer = self.get_object()
        self.allow(offer, "edit")
        made = copy_offer(offer, actor=self.actor, **self.read_input("copy"))
        return self.answer(self.reloaded(made), status=201)

    def _imported(self, made: Imported) -> Response:
        answer = self.answer(self.reloaded(made.offer), status=201)
        answer.data["left_out"] = LeftOutSerializer(made.parts.left_out, many=True).data
        return answer

    def _rehearsed(self, request: Request, into: Offer | None) -> Response:
        report = rehearse(request.data, actor=self.actor, into=into)
        said = {
            "answers_changed": [change.question.id for change in report.changes],
            "plans_given": report.plans,
            "marks_given": report.parts.marks,
            "layers_given": report.parts.layers,
            "left_out": report.parts.left_out,
        }
        return Response(ImportReportSerializer(said).data)


def _dry(request: Request) -> bool:
    return request.query_params.get("dry_run", "") in ("1", "true")
