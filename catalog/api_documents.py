"""/api/v1/offers/{id}/documents/: the files joined to the answers of an offer, with their scan."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.actions.answer_files import AnswerFile, answer_file, answer_files, join_file, remove_file
from catalog.actions.authoring import refuse_if_not_editable
from catalog.api_reviews import IF_MATCH
from catalog.models import Offer
from catalog.serializers_documents import AnswerFileSerializer, JoinFileInput
from marketplace.files.store import download_response
from marketplace.rest.versions import etag_of
from marketplace.rest.viewsets import MarketViewSet

QUESTION = r"documents/(?P<question>[a-z0-9_]+)"
QUESTION_PARAMETER = OpenApiParameter("question", str, OpenApiParameter.PATH, description="Son nom.")


class DocumentsMixin(MarketViewSet):
    """On the offers' viewset."""

    @extend_schema(responses=AnswerFileSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, parser_classes=[MultiPartParser])
    def documents(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Les fichiers joints aux réponses : de la version la plus récente pour son fournisseur, sinon de
        celle en ligne."""
        found = answer_files(self.get_object(), actor=self.actor)
        context = self.get_serializer_context()
        return Response(AnswerFileSerializer(found, many=True, context=context).data)

    @extend_schema(
        request={"multipart/form-data": JoinFileInput},
        responses={201: AnswerFileSerializer},
        parameters=[IF_MATCH],
    )
    @documents.mapping.post
    def join_document(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Joindre le fichier d’une question, à la place du précédent : 10 Mo, le type lu dans le fichier.
        Il n’est donné à personne avant son analyse ; « scan » dit où elle en est."""
        offer = self._editable()
        version = self.expected(offer, "join_document")
        given = self.read_input("join_document")
        made = join_file(
            offer,
            question=given["question"],
            actor=self.actor,
            upload=given["file"],
            expected_version=version,
        )
        return self._tell(offer, made, status=201)

    @extend_schema(responses=AnswerFileSerializer, filters=False, parameters=[QUESTION_PARAMETER])
    @action(
        detail=True, methods=["get"], url_path=QUESTION, url_name="answer-document", pagination_class=None
    )
    def answer_document(self, request: Request, question: str, *args: Any, **kwargs: Any) -> Response:
        """Le fichier joint à une question, et où en est son analyse antivirus."""
        offer = self.get_object()
        return self._tell(offer, answer_file(offer, question=question, actor=self.actor))

    @extend_schema(request=None, responses={204: None}, parameters=[QUESTION_PARAMETER, IF_MATCH])
    @answer_document.mapping.delete
    def remove_document(self, request: Request, question: str, *args: Any, **kwargs: Any) -> Response:
        """Retirer le fichier de la version en préparation. Les versions déjà envoyées gardent le leur."""
        offer = self.get_object()
        found = answer_file(offer, question=question, actor=self.actor)
        self._editable(offer)
        version = self.expected(offer, "remove_document")
        remove_file(found, offer=offer, actor=self.actor, expected_version=version)
        return Response(status=204)

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False, parameters=[QUESTION_PARAMETER])
    @action(
        detail=True,
        methods=["get"],
        url_path=f"{QUESTION}/file",
        url_name="answer-document-file",
        pagination_class=None,
    )
    def answer_document_file(
        self, request: Request, question: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Le fichier lui-même ; 409 avant son analyse, 410 s’il est refusé. Chaque lecture est notée."""
        found = answer_file(self.get_object(), question=question, actor=self.actor)
        return download_response(found.stored, actor=self.actor)

    def _editable(self, offer: Offer | None = None) -> Offer:
        found: Offer = offer or self.get_object()
        self.allow(found, "edit")
        refuse_if_not_editable(found)
        return found

    def _tell(self, offer: Offer, found: AnswerFile, *, status: int = 200) -> Response:
        headers = {"ETag": etag_of(self.reloaded(offer)) or ""}
        if status == 201:
            headers["Location"] = f"{self.request.path}{found.question.id}/"
        said = AnswerFileSerializer(found, context=self.get_serializer_context()).data
        return Response(said, status=status, headers=headers)
