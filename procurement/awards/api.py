"""/api/v1/awards/ and rejection-letters/: the same rules as their pages."""

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

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.awards import deciding, ending, notifying
from procurement.awards.abilities import award_abilities, awards_abilities, outcomes_abilities
from procurement.awards.enums import AwardState
from procurement.awards.letters import letter_pdf
from procurement.awards.serializers import (
    AwardDecisionInput,
    AwardSerializer,
    CertificateInput,
    CertificateOutput,
    LettersInput,
    LotOutcomeInput,
    LotOutcomeSerializer,
    NewAwardInput,
    NotificationInput,
    RejectionLetterSerializer,
    SignatureInput,
)
from procurement.consultations.abilities import consultation_abilities
from procurement.evaluation.abilities import evaluation_abilities
from procurement.evaluation.api import one_response
from procurement.models import Award, Consultation, ConsultationLot, Evaluation, LotOutcome, RejectionLetter


class AwardFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=AwardState.choices, label="État, répétable.")
    consultation = django_filters.UUIDFilter(field_name="consultation__uuid", label="Son identifiant.")

    class Meta:
        model = Award
        fields: ClassVar[list[str]] = []


class AwardViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """The administration's, the auditor's, and each supplier those it is to have."""

    about = "les attributions"
    queryset = Award.objects.for_pages().order_by("-created_at", "-pk")
    serializer_class = AwardSerializer
    filterset_class = AwardFilterSet
    abilities = staticmethod(award_abilities)
    collection_abilities = staticmethod(awards_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": NewAwardInput,
        "add_certificate": CertificateInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "decide": MoveEndpoint(deciding.decide, AwardDecisionInput),
        "send_letters": MoveEndpoint(deciding.send_letters, LettersInput),
        "sign": MoveEndpoint(deciding.sign, SignatureInput),
        "notify": MoveEndpoint(notifying.notify_holder, NotificationInput),
        "drop": MoveEndpoint(deciding.drop, ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Award:
        rows = Evaluation.objects.visible_to(actor).with_sheet()
        evaluation = rows.filter(consultation__uuid=data["consultation"]).first()
        if evaluation is None:
            raise NotVisible
        require(evaluation_abilities(actor, evaluation), "award")
        lot = _lot(evaluation.consultation, data["lot"])
        deciding.refuse_not_ranked(evaluation)
        response = one_response(evaluation, data["response"])
        return deciding.propose(evaluation, actor=actor, lot=lot, response=response, reason=data["reason"])

    @extend_schema(request={"multipart/form-data": CertificateInput}, responses={201: CertificateOutput})
    @action(detail=True, methods=["post"], url_path="certificates", parser_classes=[MultiPartParser])
    def add_certificate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Joindre un certificat fiscal ou social, avant la décision."""
        found = self.get_object()
        self.allow(found, "add_certificate")
        deciding.refuse_decided(found)
        made = deciding.add_certificate(found, actor=self.actor, **self.read_input("add_certificate"))
        return Response(CertificateOutput(made).data, status=201)


def _lot(consultation: Consultation, number: int) -> ConsultationLot:
    """Raises NotVisible."""
    found = next((one for one in consultation.lots.all() if one.number == number), None)
    if found is None:
        raise NotVisible
    return found


class LotOutcomeFilterSet(django_filters.FilterSet):
    consultation = django_filters.UUIDFilter(field_name="consultation__uuid", label="Son identifiant.")

    class Meta:
        model = LotOutcome
        fields: ClassVar[list[str]] = []


class LotOutcomeViewSet(CreateOnceMixin, ReadViewSet):
    """Lots that ended alone; whoever reads the consultation reads why."""

    about = "les lots terminés sans attribution"
    public = True
    queryset = LotOutcome.objects.for_pages().order_by("-decided_at", "-pk")
    serializer_class = LotOutcomeSerializer
    filterset_class = LotOutcomeFilterSet
    collection_abilities = staticmethod(outcomes_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": LotOutcomeInput}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> LotOutcome:
        rows = Consultation.objects.visible_to(actor).with_content()
        consultation = rows.filter(uuid=data["consultation"]).first()
        if consultation is None:
            raise NotVisible
        require(consultation_abilities(actor, consultation), "declare_sans_suite")
        lot = _lot(consultation, data["lot"])
        return ending.end_lot(consultation, actor=actor, lot=lot, kind=data["kind"], reason=data["reason"])


class LetterFilterSet(django_filters.FilterSet):
    award = django_filters.UUIDFilter(field_name="award__uuid", label="Identifiant de l’attribution.")

    class Meta:
        model = RejectionLetter
        fields: ClassVar[list[str]] = []


class RejectionLetterViewSet(ReadViewSet):
    """The administration's, the auditor's, and each supplier its own."""

    about = "les lettres de rejet"
    queryset = RejectionLetter.objects.for_pages().order_by("-sent_at", "-pk")
    serializer_class = RejectionLetterSerializer
    filterset_class = LetterFilterSet

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def pdf(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """La lettre, en PDF."""
        answer = HttpResponse(letter_pdf(self.get_object()), content_type="application/pdf")
        answer.headers["Content-Disposition"] = 'attachment; filename="lettre-de-rejet.pdf"'
        return answer


ROUTES: list[tuple[str, Any, str]] = [
    ("awards", AwardViewSet, "award"),
    ("lot-outcomes", LotOutcomeViewSet, "lot-outcome"),
    ("rejection-letters", RejectionLetterViewSet, "rejection-letter"),
]
