"""/api/v1/candidates/: the same rules as their pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.parsers import StrictJSONParser
from marketplace.rest.serializers import NoInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.candidates import applying, selecting
from procurement.candidates.abilities import candidate_abilities, candidates_abilities
from procurement.candidates.serializers import (
    CandidateInput,
    CandidatePaperInput,
    CandidatePaperOutput,
    CandidateRejectionInput,
    CandidateSerializer,
    CandidateWithdrawalInput,
)
from procurement.models import Candidate, Consultation


class CandidateFilterSet(django_filters.FilterSet):
    consultation = django_filters.UUIDFilter(field_name="consultation__uuid", label="Son identifiant.")

    class Meta:
        model = Candidate
        fields: ClassVar[list[str]] = []


class CandidateViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Each supplier its own; the administration and the auditor, after the last instant to apply."""

    about = "les candidatures aux procédures restreintes"
    queryset = Candidate.objects.for_pages().order_by("-given_at", "-pk")
    serializer_class = CandidateSerializer
    filterset_class = CandidateFilterSet
    parser_classes = (MultiPartParser, StrictJSONParser)
    abilities = staticmethod(candidate_abilities)
    collection_abilities = staticmethod(candidates_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": CandidateInput,
        "add_paper": CandidatePaperInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "select": MoveEndpoint(selecting.select, NoInput),
        "reject": MoveEndpoint(selecting.reject, CandidateRejectionInput),
        "withdraw": MoveEndpoint(applying.withdraw, CandidateWithdrawalInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Candidate:
        rows = Consultation.objects.visible_to(actor).for_pages()
        consultation = rows.filter(uuid=data.pop("consultation")).first()
        if consultation is None:
            raise NotVisible
        return applying.apply(consultation, actor=actor, **data)

    @extend_schema(
        request={"multipart/form-data": CandidatePaperInput}, responses={201: CandidatePaperOutput}
    )
    @action(detail=True, methods=["post"], url_path="papers", parser_classes=[MultiPartParser])
    def add_paper(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Joindre une pièce, avant le terme des candidatures."""
        found = self.get_object()
        self.allow(found, "add_paper")
        applying.refuse_papers(found)
        made = applying.add_paper(found, actor=self.actor, **self.read_input("add_paper"))
        return Response(CandidatePaperOutput(made).data, status=201)


ROUTES: list[tuple[str, Any, str]] = [("candidates", CandidateViewSet, "candidate")]
