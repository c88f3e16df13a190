"""/api/v1/evaluations/ and clarification-requests/: the same rules as their pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import NoInput, ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.consultations.people import member_by_email
from procurement.evaluation import agreeing, asking, evaluating
from procurement.evaluation.abilities import (
    begin_ability,
    clarification_abilities,
    clarifications_abilities,
    evaluation_abilities,
    evaluations_abilities,
)
from procurement.evaluation.enums import ClarificationKind, EvaluationState
from procurement.evaluation.evaluating import MarkGiven
from procurement.evaluation.serializers import (
    ClarificationAnswerInput,
    ClarificationSerializer,
    ConsensusInput,
    EvaluationSerializer,
    EvaluatorsInput,
    InterestDeclarationInput,
    LiftInput,
    MarksInput,
    NewClarificationInput,
    NewEvaluationInput,
    OneEvaluationSerializer,
    SetAsideInput,
)
from procurement.evaluation.sheet import responses_of
from procurement.models import ClarificationRequest, Consultation, Evaluation, OpenedResponse


class EvaluationFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=EvaluationState.choices, label="État, répétable.")
    consultation = django_filters.UUIDFilter(field_name="consultation__uuid", label="Son identifiant.")

    class Meta:
        model = Evaluation
        fields: ClassVar[list[str]] = []


class EvaluationViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Before the consensus, each evaluator reads their own marks alone."""

    about = "les évaluations de réponses"
    queryset = Evaluation.objects.for_pages().order_by("-created_at", "-pk")
    serializer_class = EvaluationSerializer
    filterset_class = EvaluationFilterSet
    abilities = staticmethod(evaluation_abilities)
    collection_abilities = staticmethod(evaluations_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": NewEvaluationInput,
        "name_evaluators": EvaluatorsInput,
        "declare_interest": InterestDeclarationInput,
        "mark": MarksInput,
        "give": NoInput,
        "agree": MarksInput,
        "set_aside": SetAsideInput,
        "lift": LiftInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "open_consensus": MoveEndpoint(agreeing.open_consensus, ConsensusInput),
        "conclude": MoveEndpoint(agreeing.conclude, NoInput),
        "resume": MoveEndpoint(agreeing.resume, ReasonInput),
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if self.action == "list" else rows.with_sheet()

    def get_serializer_class(self) -> SerializerClass:
        return EvaluationSerializer if self.action == "list" else OneEvaluationSerializer

    def reloaded(self, obj: Any) -> Evaluation:
        return Evaluation.objects.with_sheet().get(pk=obj.pk)

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Evaluation:
        found = Consultation.objects.visible_to(actor).for_pages().filter(uuid=data["consultation"]).first()
        if found is None:
            raise NotVisible
        require(begin_ability(actor, found), "create")
        people = [member_by_email(found.organisation, each, field="people") for each in data["people"]]
        return evaluating.begin(found, actor=actor, people=people)

    def _act(self, ability: str, *states: str) -> tuple[Evaluation, int | None, dict[str, Any]]:
        """401, 404, 403, 412, 409, then 400."""
        found = self.get_object()
        self.allow(found, ability)
        version = self.expected(found, ability)
        evaluating.refuse_unless(found, *states)
        return found, version, self.read_input(ability)

    @extend_schema(request=EvaluatorsInput, responses=OneEvaluationSerializer)
    @action(detail=True, methods=["post"], url_path="name-evaluators")
    def name_evaluators(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Nommer d’autres personnes qui évaluent."""
        found, version, data = self._act("name_evaluators", EvaluationState.MARKING)
        own = found.consultation.organisation
        people = [member_by_email(own, each, field="people") for each in data["people"]]
        evaluating.name_evaluators(found, actor=self.actor, people=people, expected_version=version)
        return self.answer(self.reloaded(found))

    @extend_schema(request=InterestDeclarationInput, responses=OneEvaluationSerializer)
    @action(detail=True, methods=["post"], url_path="declare-interest")
    def declare_interest(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Déclarer ses liens avec les fournisseurs, avant de noter."""
        found, _, data = self._act("declare_interest", EvaluationState.MARKING)
        evaluating.declare_interest(found, actor=self.actor, **data)
        return self.answer(self.reloaded(found))

    @extend_schema(request=MarksInput, responses=OneEvaluationSerializer)
    @action(detail=True, methods=["post"])
    def mark(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer ses notes sur un critère ; personne d’autre ne les lit avant la mise en commun."""
        found, _, data = self._act("mark", EvaluationState.MARKING)
        evaluating.save_marks(found, actor=self.actor, **_marks(found, data))
        return self.answer(self.reloaded(found))

    @extend_schema(request=NoInput, responses=OneEvaluationSerializer)
    @action(detail=True, methods=["post"])
    def give(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Donner toutes ses notes : elles ne changent plus."""
        found, _, _ = self._act("give", EvaluationState.MARKING)
        evaluating.give(found, actor=self.actor)
        return self.answer(self.reloaded(found))

    @extend_schema(request=MarksInput, responses=OneEvaluationSerializer)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Retenir les notes d’un critère, chacune avec son motif."""
        found, version, data = self._act("agree", EvaluationState.CONSENSUS)
        agreeing.agree(found, actor=self.actor, expected_version=version, **_marks(found, data))
        return self.answer(self.reloaded(found))

    @extend_schema(request=SetAsideInput, responses=OneEvaluationSerializer)
    @action(detail=True, methods=["post"], url_path="set-aside")
    def set_aside(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Écarter une réponse, avec son motif légal ; anormalement basse, après avoir interrogé."""
        found, version, data = self._act("set_aside", *asking.RUNNING)
        data["response"] = one_response(found, data["response"])
        asking.set_aside(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))

    @extend_schema(request=LiftInput, responses=OneEvaluationSerializer)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Reprendre une réponse écartée."""
        found, version, data = self._act("lift", *asking.RUNNING)
        data["response"] = one_response(found, data["response"])
        asking.lift(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))


def _marks(evaluation: Evaluation, data: dict[str, Any]) -> dict[str, Any]:
    """Raises RuleBroken on an unknown criterion or response."""
    criteria = evaluation.consultation.criteria.all()
    criterion = next((one for one in criteria if one.uuid == data["criterion"]), None)
    if criterion is None:
        message = "Ce critère n’est pas de cette consultation."
        raise RuleBroken("criterion_unknown", message, field="criterion")
    marks = [
        MarkGiven(one_response(evaluation, each["response"]), each["value"], each.get("reason", ""))
        for each in data["marks"]
    ]
    return {"criterion": criterion, "marks": marks}


def one_response(evaluation: Evaluation, uuid: Any) -> OpenedResponse:
    """Raises RuleBroken on a response of another consultation."""
    found = next((one.response for one in responses_of(evaluation) if one.response.uuid == uuid), None)
    if found is None:
        message = "Cette réponse n’est pas de cette consultation."
        raise RuleBroken("response_unknown", message, field="response")
    return found


class ClarificationFilterSet(django_filters.FilterSet):
    consultation = django_filters.UUIDFilter(
        field_name="response__deposit__consultation__uuid", label="Son identifiant."
    )
    kind = django_filters.MultipleChoiceFilter(choices=ClarificationKind.choices, label="Nature, répétable.")

    class Meta:
        model = ClarificationRequest
        fields: ClassVar[list[str]] = []


class ClarificationViewSet(CreateOnceMixin, ReadViewSet):
    """The administration's, and each supplier those about its own responses."""

    about = "les précisions demandées aux fournisseurs sur leurs réponses"
    queryset = ClarificationRequest.objects.for_pages().order_by("-asked_at", "-pk")
    serializer_class = ClarificationSerializer
    filterset_class = ClarificationFilterSet
    abilities = staticmethod(clarification_abilities)
    collection_abilities = staticmethod(clarifications_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": NewClarificationInput,
        "answer": ClarificationAnswerInput,
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> ClarificationRequest:
        rows = Evaluation.objects.visible_to(actor).with_sheet()
        wanted = data.pop("response")
        evaluation = rows.filter(consultation__deposits__opened__uuid=wanted).first()
        if evaluation is None:
            raise NotVisible
        require(evaluation_abilities(actor, evaluation), "clarify")
        return asking.ask(evaluation, actor=actor, response=one_response(evaluation, wanted), **data)

    @extend_schema(request=ClarificationAnswerInput, responses=ClarificationSerializer)
    @action(detail=True, methods=["post"], url_path="answer", url_name="answer")
    @once
    def reply(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Répondre, une fois, avant la fin du dernier jour."""
        found = self.get_object()
        self.allow(found, "answer")
        asking.refuse_answered(found)
        asking.answer(found, actor=self.actor, text=self.read_input("answer")["answer"])
        return self.answer(self.reloaded(found))


ROUTES: list[tuple[str, Any, str]] = [
    ("evaluations", EvaluationViewSet, "evaluation"),
    ("clarification-requests", ClarificationViewSet, "clarification-request"),
]
