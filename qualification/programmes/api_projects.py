"""/api/v1/project-proposals/: consortia answering a call for projects, the same rules as their pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Supplier
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass
from qualification.programmes import demonstrators, projects
from qualification.programmes.abilities import programmes_abilities, proposal_abilities
from qualification.programmes.enums import ProposalState
from qualification.programmes.models import CallNeed, CallTarget, ProgrammeCall, ProjectProposal
from qualification.programmes.serializers import OperatorChoiceInput, SelectedInput
from qualification.programmes.serializers_projects import (
    AnswerInput,
    DemonstratorInput,
    InviteInput,
    NewProposalInput,
    ProposalInput,
    ProposalSerializer,
    ResultInput,
)


class ProposalFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ProposalState.choices, label="État, répétable.")
    call = django_filters.UUIDFilter(field_name="call__uuid", label="Identifiant de l’appel.")

    class Meta:
        model = ProjectProposal
        fields: ClassVar[list[str]] = []


def _outcome(move: str) -> Any:
    def record(proposal: ProjectProposal, *, expected_version: int | None = None, **given: Any) -> Any:
        return demonstrators.record_outcome(proposal, move, expected_version=expected_version, **given)

    return record


def invite(proposal: ProjectProposal, *, actor: Actor, supplier: Any, role: str, part: str) -> Any:
    found = Supplier.objects.filter(uuid=supplier, organisation__isnull=False).first()
    if found is None or found.organisation is None:
        raise RuleBroken("supplier_unknown", "Ce fournisseur n’est pas inscrit ici.", field="supplier")
    return projects.invite(proposal, actor=actor, organisation=found.organisation, role=role, part=part)


def record_result(proposal: ProjectProposal, *, actor: Actor, target: Any, **given: Any) -> Any:
    found = CallTarget.objects.filter(uuid=target).first()
    if found is None:
        raise RuleBroken("target_unknown", "Cet objectif n’existe pas.", field="target")
    return demonstrators.record_result(proposal, actor=actor, target=found, **given)


class ProposalViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    """Projects of consortia: their members', and once sent, all of them for who runs programmes."""

    about = "les projets de groupements"
    queryset = ProjectProposal.objects.for_lists().prefetch_related("results__target").order_by("-pk")
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilterSet
    if_match = frozenset({"edit"})
    abilities = staticmethod(proposal_abilities)
    collection_abilities = staticmethod(programmes_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": NewProposalInput,
        "edit": ProposalInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "send": MoveEndpoint(projects.send),
        "take_back": MoveEndpoint(projects.take_back),
        "withdraw": MoveEndpoint(projects.withdraw, ReasonInput),
        "record_selected": MoveEndpoint(_outcome("record_selected"), SelectedInput),
        "record_rejected": MoveEndpoint(_outcome("record_rejected"), OperatorChoiceInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> ProjectProposal:
        call = ProgrammeCall.objects.visible_to(actor).filter(uuid=data.pop("call")).first()
        if call is None:
            raise NotVisible("call_not_found", "Cet appel n’existe pas.")
        return projects.open_proposal(call, actor=actor, **data)

    def edit_object(
        self, obj: ProjectProposal, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> ProjectProposal:
        asked = data.pop("needs", None)
        needs = None if asked is None else list(CallNeed.objects.filter(uuid__in=asked))
        if needs is not None and len(needs) < len(set(asked or ())):
            raise RuleBroken("need_unknown", "L’un de ces besoins n’existe pas.", field="needs")
        return projects.save_proposal(
            obj, actor=actor, needs=needs, expected_version=expected_version, **data
        )

    @extend_schema(request=InviteInput, responses=ProposalSerializer)
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Inviter un fournisseur dans le groupement ; il est prévenu et répond pour lui-même."""
        return self._act("edit", invite, InviteInput)

    @extend_schema(request=AnswerInput, responses=ProposalSerializer)
    @action(detail=True, methods=["post"], url_path="answer-invitation")
    def answer_invitation(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Confirmer ou décliner sa place dans le groupement, jusqu’à l’envoi."""
        return self._act("answer", projects.answer_invitation, AnswerInput)

    @extend_schema(request=DemonstratorInput, responses=ProposalSerializer)
    @action(detail=True, methods=["post"])
    def demonstrator(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Dire où et à partir de quand le démonstrateur se voit."""
        return self._act("demonstrate", demonstrators.set_demonstrator, DemonstratorInput)

    @extend_schema(request=ResultInput, responses=ProposalSerializer)
    @action(detail=True, methods=["post"])
    def result(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer ce que le démonstrateur a montré d’un objectif."""
        return self._act("evaluate", record_result, ResultInput)

    def _act(self, ability: str, handler: Any, given: SerializerClass) -> Response:
        found = self.get_object()
        self.allow(found, ability)
        body = given(data=self.request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        handler(found, actor=self.actor, **body.validated_data)
        return self.answer(self.reloaded(found))


ROUTES = [("project-proposals", ProposalViewSet, "project-proposal")]
