"""/api/v1/derogations/: the R9 derogation, the same acts as its pages. Acts come as multipart forms."""

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

from catalog.models import Offer
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.parsers import StrictJSONParser
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.derogations import actions as derogations
from procurement.derogations.abilities import ask_ability, derogation_abilities, derogations_abilities
from procurement.derogations.enums import STORED_DEROGATIONS
from procurement.derogations.serializers import (
    ActivateInput,
    DerogationInput,
    DerogationSerializer,
    FindingRecordInput,
    RefusalInput,
    SignedActInput,
)
from procurement.models import Derogation, Project


class DerogationFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(
        choices=[(state.value, state.label) for state in STORED_DEROGATIONS],
        label="État enregistré, répétable.",
    )
    project = django_filters.UUIDFilter(field_name="project__uuid", label="Identifiant du projet.")

    class Meta:
        model = Derogation
        fields: list[str] = []


class DerogationViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Read by the project's administration and the auditor."""

    about = "les dérogations R9 de son administration"
    queryset = Derogation.objects.with_acts().order_by("-created_at", "-pk")
    serializer_class = DerogationSerializer
    filterset_class = DerogationFilterSet
    parser_classes = (MultiPartParser, StrictJSONParser)
    abilities = staticmethod(derogation_abilities)
    collection_abilities = staticmethod(derogations_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": DerogationInput,
        "record_finding": FindingRecordInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "sign": MoveEndpoint(derogations.sign, SignedActInput),
        "validate": MoveEndpoint(derogations.validate, SignedActInput),
        "activate": MoveEndpoint(derogations.activate, ActivateInput),
        "refuse": MoveEndpoint(derogations.refuse, RefusalInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Derogation:
        project = Project.objects.named(data.pop("project"), actor=actor)
        require(ask_ability(actor, project), "create")
        return derogations.ask(project, actor=actor, **data)

    @extend_schema(request=FindingRecordInput, responses=DerogationSerializer)
    @action(detail=True, methods=["post"])
    @once
    def record_finding(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Constater qu’une offre acceptable est disponible en France : le délai court de ce jour."""
        derogation = self.get_object()
        self.allow(derogation, "record_finding")
        version = self.expected(derogation, "record_finding")
        derogations.refuse_findable(derogation)
        data = self.read_input("record_finding")
        data["offer"] = self._offer(data.get("offer"))
        derogations.record_finding(derogation, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(derogation))

    def _offer(self, uuid: Any) -> Offer | None:
        if uuid is None:
            return None
        found = Offer.objects.visible_to(self.actor).filter(uuid=uuid).first()
        if found is None:
            raise RuleBroken("offer_unknown", "Cette offre n’est pas au catalogue.", field="offer")
        return found

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(
        detail=True,
        methods=["get"],
        url_path=r"acts/(?P<act>[0-9a-fA-F-]{36})/document",
        url_name="document",
        pagination_class=None,
    )
    def document(self, request: Request, act: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Le document signé d’un acte ; chaque lecture est journalisée."""
        derogation = self.get_object()
        found = next((each for each in derogation.acts.all() if str(each.uuid) == act.lower()), None)
        if found is None or found.document is None:
            raise NotVisible()
        return download_response(found.document, actor=self.actor)


ROUTES = [("derogations", DerogationViewSet, "derogation")]
