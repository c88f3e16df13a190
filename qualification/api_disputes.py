"""/api/v1/disputes/: a supplier contests a check's result, an officer answers."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api_reviews import IF_MATCH
from catalog.serializers_marks import EvidenceInput
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from qualification import disputes
from qualification.abilities import dispute_abilities, disputes_abilities
from qualification.enums import DisputeState
from qualification.models import CheckRun, Dispute
from qualification.serializers import DisputeInput, DisputeSerializer, UpholdInput


class DisputeFilterSet(django_filters.FilterSet):
    dossier = django_filters.UUIDFilter(field_name="dossier__uuid")
    state = django_filters.MultipleChoiceFilter(choices=DisputeState.choices)

    class Meta:
        model = Dispute
        fields = ("dossier", "state")


class DisputeViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Disputes of checks, seen by whoever sees the dossier."""

    about = "les contestations de contrôles"
    queryset = Dispute.objects.for_lists().order_by("-id")
    serializer_class = DisputeSerializer
    filterset_class = DisputeFilterSet
    abilities = staticmethod(dispute_abilities)
    collection_abilities = staticmethod(disputes_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": DisputeInput,
        "join_file": EvidenceInput,
    }
    moves = {
        "uphold": MoveEndpoint(disputes.uphold, input=UpholdInput),
        "reject": MoveEndpoint(disputes.reject, input=ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Dispute:
        own = CheckRun.objects.visible_to(actor).select_related("dossier")
        run = own.filter(uuid=data["check"]).first()
        if run is None:
            raise NotVisible("check_not_found", "Ce contrôle n’existe pas ou n’est pas l’un des vôtres.")
        return disputes.lodge(run, actor=actor, reason=data["reason"])

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, parser_classes=[MultiPartParser])
    def file(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """La pièce jointe à la contestation ; chaque lecture est enregistrée."""
        dispute = self.get_object()
        if dispute.file is None:
            raise NotVisible("file_not_found", "Aucune pièce n’est jointe à cette contestation.")
        return download_response(dispute.file, actor=self.actor)

    @extend_schema(
        request={"multipart/form-data": EvidenceInput},
        responses={201: DisputeSerializer},
        parameters=[IF_MATCH],
    )
    @file.mapping.post
    def join_file(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Joindre une pièce à la contestation, tant qu’elle attend sa réponse"""
        dispute = self.get_object()
        self.allow(dispute, "join_file")
        version = self.expected(dispute, "join_file")
        upload = self.read_input("join_file")["file"]
        disputes.join_file(dispute, actor=self.actor, upload=upload, expected_version=version)
        return self.answer(self.reloaded(dispute), status=201)


ROUTES = [("disputes", DisputeViewSet, "dispute")]
