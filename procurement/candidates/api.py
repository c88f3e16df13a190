"""/api/v1/candidates/: the same rules as their pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters

from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import NoInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.applications.api import ApplicationViewSet
from procurement.applications.serializers import ApplicationPaperInput, ApplicationWithdrawalInput
from procurement.candidates import applying, selecting
from procurement.candidates.abilities import candidate_abilities, candidates_abilities
from procurement.candidates.serializers import (
    CandidateInput,
    CandidateRejectionInput,
    CandidateSerializer,
)
from procurement.models import Candidate, Consultation


class CandidateFilterSet(django_filters.FilterSet):
    consultation = django_filters.UUIDFilter(field_name="consultation__uuid", label="Son identifiant.")

    class Meta:
        model = Candidate
        fields: ClassVar[list[str]] = []


class CandidateViewSet(MoveMixin, CreateOnceMixin, ApplicationViewSet, ReadViewSet):
    """Each supplier its own; the administration and the auditor, after the last instant to apply."""

    about = "les candidatures aux procédures restreintes"
    queryset = Candidate.objects.for_pages().order_by("-given_at", "-pk")
    serializer_class = CandidateSerializer
    filterset_class = CandidateFilterSet
    abilities = staticmethod(candidate_abilities)
    collection_abilities = staticmethod(candidates_abilities)
    refuse_papers = staticmethod(applying.refuse_papers)
    keep_paper = staticmethod(applying.add_paper)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": CandidateInput,
        "add_paper": ApplicationPaperInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "select": MoveEndpoint(selecting.select, NoInput),
        "reject": MoveEndpoint(selecting.reject, CandidateRejectionInput),
        "withdraw": MoveEndpoint(applying.withdraw, ApplicationWithdrawalInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Candidate:
        rows = Consultation.objects.visible_to(actor).for_pages()
        consultation = rows.filter(uuid=data.pop("consultation")).first()
        if consultation is None:
            raise NotVisible
        return applying.apply(consultation, actor=actor, **data)


ROUTES: list[tuple[str, Any, str]] = [("candidates", CandidateViewSet, "candidate")]
