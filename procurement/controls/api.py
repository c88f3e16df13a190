"""/api/v1/control-files/: R7 studies and R8 controls. Papers come as multipart forms."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.parsers import StrictJSONParser
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, MarketViewSet, ReadViewSet, SerializerClass
from procurement.controls import actions
from procurement.controls.abilities import control_file_abilities, control_files_abilities, prepare_ability
from procurement.controls.enums import ControlKind, ControlState
from procurement.controls.serializers import (
    ControlAcknowledgeInput,
    ControlAnswerInput,
    ControlFileInput,
    ControlFileSerializer,
    ControlPaperInput,
    ControlSendInput,
    OwedFileOutput,
)
from procurement.models import ControlFile, Project

ONE = r"papers/(?P<paper>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/document"
PARAMETER = OpenApiParameter("paper", OpenApiTypes.UUID, OpenApiParameter.PATH, description="La pièce.")


class ControlFileFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ControlState.choices, label="État, répétable.")
    kind = django_filters.MultipleChoiceFilter(choices=ControlKind.choices, label="Nature, répétable.")
    project = django_filters.UUIDFilter(field_name="project__uuid", label="Identifiant du projet.")

    class Meta:
        model = ControlFile
        fields: list[str] = []


class ControlFileViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Read by the project's administration and the auditor."""

    about = "les dossiers de contrôle (R7, R8) de son administration"
    queryset = ControlFile.objects.for_pages().order_by("-prepared_at", "-pk")
    serializer_class = ControlFileSerializer
    filterset_class = ControlFileFilter
    parser_classes = (MultiPartParser, StrictJSONParser)
    abilities = staticmethod(control_file_abilities)
    collection_abilities = staticmethod(control_files_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": ControlFileInput,
        "add_paper": ControlPaperInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "send": MoveEndpoint(actions.send, ControlSendInput),
        "acknowledge": MoveEndpoint(actions.acknowledge, ControlAcknowledgeInput),
        "answer": MoveEndpoint(actions.answer, ControlAnswerInput),
        "withdraw": MoveEndpoint(actions.withdraw, ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> ControlFile:
        project = Project.objects.named(data.pop("project"), actor=actor)
        require(prepare_ability(actor, project), "create")
        return actions.prepare(project, actor=actor, **data)

    @extend_schema(request={"multipart/form-data": ControlPaperInput}, responses=ControlFileSerializer)
    @action(detail=True, methods=["post"], url_path="papers", parser_classes=[MultiPartParser])
    @once
    def add_paper(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Joindre une pièce, avant la transmission."""
        found = self.get_object()
        self.allow(found, "add_paper")
        version = self.expected(found, "add_paper")
        actions.refuse_sent(found)
        data = self.read_input("add_paper")
        actions.add_paper(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False, parameters=[PARAMETER])
    @action(detail=True, methods=["get"], url_path=ONE, url_name="document", pagination_class=None)
    def document(self, request: Request, paper: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Une pièce du dossier ; chaque lecture est journalisée."""
        found = next((one for one in self.get_object().papers.all() if str(one.uuid) == paper.lower()), None)
        if found is None:
            raise NotVisible()
        return download_response(found.document, actor=self.actor)


class OwedFilesMixin(MarketViewSet):
    """On the projects' viewset."""

    @extend_schema(responses=OwedFileOutput(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def owed_files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Les dossiers que le projet doit aujourd’hui (R7, R8), et pourquoi."""
        owed = actions.owed_of(self.get_object())
        return Response(OwedFileOutput([each.as_dict() for each in owed], many=True).data)


ROUTES: list[tuple[str, Any, str]] = [("control-files", ControlFileViewSet, "control-file")]
