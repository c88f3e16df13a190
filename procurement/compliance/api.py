"""/api/v1/compliance-acts/: AIPD and homologations. Papers come as multipart forms."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from marketplace.accounts.actors import Actor
from marketplace.errors import NotAllowed, NotVisible
from marketplace.files.store import download_response
from marketplace.rest.parsers import StrictJSONParser
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.compliance.abilities import (
    compliance_act_abilities,
    compliance_acts_abilities,
    record_refusal,
)
from procurement.compliance.enums import ComplianceKind
from procurement.compliance.recording import record_act
from procurement.compliance.serializers import ComplianceActInput, ComplianceActSerializer
from procurement.models import ComplianceAct, Project


class ComplianceActFilter(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=ComplianceKind.choices, label="Nature, répétable.")
    project = django_filters.UUIDFilter(field_name="project__uuid", label="Identifiant du projet.")

    class Meta:
        model = ComplianceAct
        fields: list[str] = []


class ComplianceActViewSet(CreateOnceMixin, ReadViewSet):
    """Read by the project's administration and the auditor."""

    about = "les AIPD et homologations de son administration"
    queryset = ComplianceAct.objects.for_pages().order_by("-dated_on", "-pk")
    serializer_class = ComplianceActSerializer
    filterset_class = ComplianceActFilter
    parser_classes = (MultiPartParser, StrictJSONParser)
    abilities = staticmethod(compliance_act_abilities)
    collection_abilities = staticmethod(compliance_acts_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": ComplianceActInput}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> ComplianceAct:
        project = Project.objects.named(data.pop("project"), actor=actor)
        refusal = record_refusal(actor, project, data["kind"])
        if refusal:
            raise NotAllowed("not_allowed", refusal)
        return record_act(project, actor=actor, **data)

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def document(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """L’acte signé ; chaque lecture est journalisée."""
        found = self.get_object()
        if found.document is None:
            raise NotVisible
        return download_response(found.document, actor=self.actor)


ROUTES: list[tuple[str, Any, str]] = [("compliance-acts", ComplianceActViewSet, "compliance-act")]
