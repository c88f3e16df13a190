"""/api/v1/search-proofs/: the papers of frozen lists, the same as on the pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from marketplace.accounts.actors import Actor
from marketplace.files.store import download_response
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.abilities import require_project
from procurement.models import Project, SearchProof
from procurement.search_proofs.abilities import search_proof_abilities, search_proofs_abilities
from procurement.search_proofs.actions import issue_latest
from procurement.search_proofs.serializers import SearchProofInput, SearchProofSerializer


class SearchProofFilter(django_filters.FilterSet):
    project = django_filters.UUIDFilter(field_name="project__uuid", label="Identifiant du projet.")

    class Meta:
        model = SearchProof
        fields: list[str] = []


class SearchProofViewSet(CreateOnceMixin, ReadViewSet):
    """Read by the project's administration and the auditor."""

    about = "les justificatifs de recherche de son administration"
    queryset = SearchProof.objects.for_pages().order_by("-issued_at", "-pk")
    serializer_class = SearchProofSerializer
    filterset_class = SearchProofFilter
    abilities = staticmethod(search_proof_abilities)
    collection_abilities = staticmethod(search_proofs_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": SearchProofInput}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> SearchProof:
        project = Project.objects.named(data["project"], actor=actor)
        require_project(actor, project, "prove_search")
        return issue_latest(project, actor=actor)

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def document(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Le PDF (PDF/A-3) ; chaque lecture est journalisée."""
        return download_response(self.get_object().file, actor=self.actor)


ROUTES: list[tuple[str, Any, str]] = [("search-proofs", SearchProofViewSet, "search-proof")]
