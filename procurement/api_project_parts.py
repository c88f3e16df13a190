"""/api/v1/projects/{id}/copy/ and …/documents/: a draft of the same need, and its papers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.rest.idempotency import once
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from marketplace.rest.viewsets import MarketViewSet
from procurement.actions.projects import add_document, copy_project, refuse_closed
from procurement.models import ProjectDocument
from procurement.serializers import ProjectSerializer

ONE = r"documents/(?P<document>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
PARAMETER = OpenApiParameter(
    "document", OpenApiTypes.UUID, OpenApiParameter.PATH, description="Son identifiant."
)


class ProjectDocumentSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    size = serializers.IntegerField(source="file.size", read_only=True)
    sha256 = serializers.CharField(source="file.sha256", read_only=True)

    class Meta:
        model = ProjectDocument
        fields = ("id", "title", "size", "sha256", "added_at")
        read_only_fields = fields


class ProjectDocumentInput(StrictSerializer):
    title = serializers.CharField(max_length=160)
    document = serializers.FileField(help_text="10 Mo au plus.")


class ProjectPartsMixin(MarketViewSet):
    """On the projects' viewset."""

    @extend_schema(request=None, responses={201: ProjectSerializer})
    @action(detail=True, methods=["post"])
    @once
    def copy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Un brouillon du même besoin et des mêmes réponses, dont vous êtes l’auteur."""
        project = self.get_object()
        self.allow(project, "copy")
        self.read_input("copy")
        made = copy_project(project, actor=self.actor)
        return self.answer(self.reloaded(made), status=201)

    @extend_schema(responses=ProjectDocumentSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, parser_classes=[MultiPartParser])
    def documents(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Les documents joints au projet."""
        rows = self.get_object().documents.select_related("file")
        context = self.get_serializer_context()
        return Response(ProjectDocumentSerializer(rows, many=True, context=context).data)

    @extend_schema(
        request={"multipart/form-data": ProjectDocumentInput}, responses={201: ProjectDocumentSerializer}
    )
    @documents.mapping.post
    @once
    def add_document(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Joindre un document. Il ne se retire pas."""
        project = self.get_object()
        self.allow(project, "add_document")
        refuse_closed(project)
        made = add_document(project, actor=self.actor, **self.read_input("add_document"))
        context = self.get_serializer_context()
        return Response(ProjectDocumentSerializer(made, context=context).data, status=201)

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False, parameters=[PARAMETER])
    @action(detail=True, methods=["get"], url_path=ONE, url_name="document", pagination_class=None)
    def document(self, request: Request, document: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Un document du projet ; chaque lecture est journalisée."""
        found = self.get_object().documents.filter(uuid=document).select_related("file").first()
        if found is None:
            raise NotVisible()
        return download_response(found.file, actor=self.actor)
