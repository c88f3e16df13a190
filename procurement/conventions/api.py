"""/api/v1/conventions/: with internal State clouds. Signed papers come as multipart forms."""

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
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.conventions import actions
from procurement.conventions.abilities import convention_abilities, conventions_abilities, write_ability
from procurement.conventions.enums import ConventionState
from procurement.conventions.serializers import (
    ChargeInput,
    ConventionInput,
    ConventionSerializer,
    CountersignInput,
    SignInput,
)
from procurement.models import Convention, Project


class ConventionFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ConventionState.choices, label="État, répétable.")
    project = django_filters.UUIDFilter(field_name="project__uuid", label="Identifiant du projet.")

    class Meta:
        model = Convention
        fields: list[str] = []


class ConventionViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Read by the project's administration and the auditor."""

    about = "les conventions avec un cloud interne de l’État"
    queryset = Convention.objects.for_pages().order_by("-written_at", "-pk")
    serializer_class = ConventionSerializer
    filterset_class = ConventionFilter
    parser_classes = (MultiPartParser, StrictJSONParser)
    abilities = staticmethod(convention_abilities)
    collection_abilities = staticmethod(conventions_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": ConventionInput,
        "record_charge": ChargeInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "sign": MoveEndpoint(actions.sign, SignInput),
        "countersign": MoveEndpoint(actions.countersign, CountersignInput),
        "end": MoveEndpoint(actions.end, ReasonInput),
        "abandon": MoveEndpoint(actions.abandon, ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Convention:
        project = Project.objects.named(data.pop("project"), actor=actor)
        require(write_ability(actor, project), "create")
        offer = Offer.objects.visible_to(actor).select_related("supplier").filter(uuid=data["offer"]).first()
        if offer is None:
            raise RuleBroken("offer_unknown", "Cette offre n’est pas au catalogue.", field="offer")
        return actions.write_convention(project, actor=actor, **{**data, "offer": offer})

    @extend_schema(request=ChargeInput, responses=ConventionSerializer)
    @action(detail=True, methods=["post"])
    @once
    def record_charge(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer ce qu’une année coûte, puis ce qui en est refacturé."""
        found = self.get_object()
        self.allow(found, "record_charge")
        version = self.expected(found, "record_charge")
        actions.refuse_uncharged(found)
        data = self.read_input("record_charge")
        actions.record_charge(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def document(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """La convention signée des deux côtés ; chaque lecture est journalisée."""
        found = self.get_object()
        if found.document is None:
            raise NotVisible()
        return download_response(found.document, actor=self.actor)


ROUTES: list[tuple[str, Any, str]] = [("conventions", ConventionViewSet, "convention")]
