"""/api/v1/response-drafts/, sealed-deposits/ and opened-responses/."""

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
from marketplace.files.store import download_response
from marketplace.rest.serializers import NoInput
from marketplace.rest.viewsets import PatchMixin, ReadViewSet, SerializerClass
from procurement.consultations import depositing, drafts
from procurement.consultations.abilities import draft_abilities, drafts_abilities
from procurement.consultations.api import ConsultationViewSet, QuestionViewSet
from procurement.consultations.clock import database_now
from procurement.consultations.publishing import refuse_over
from procurement.consultations.serializers_responses import (
    DraftFileInput,
    DraftFileOutput,
    NewDraftInput,
    OneResponseDraftSerializer,
    OneSealedDepositSerializer,
    OpenedResponseSerializer,
    RemoveFileInput,
    ResponseDraftInput,
    ResponseDraftSerializer,
    SealedDepositSerializer,
)
from procurement.models import Consultation, OpenedResponse, ResponseDraft, SealedDeposit

CONSULTATION = "Identifiant de la consultation."


class DraftFilterSet(django_filters.FilterSet):
    consultation = django_filters.UUIDFilter(field_name="consultation__uuid", label=CONSULTATION)

    class Meta:
        model = ResponseDraft
        fields: ClassVar[list[str]] = []


class DraftViewSet(PatchMixin, ReadViewSet):
    """A supplier's own, read by nobody else. No Idempotency-Key here: it would keep a digest of what is
    written; a second draft of a lot is refused."""

    about = "les brouillons de réponse de son entreprise"
    queryset = ResponseDraft.objects.for_pages().order_by("-created_at", "-pk")
    serializer_class = ResponseDraftSerializer
    filterset_class = DraftFilterSet
    if_match = frozenset({"edit"})
    abilities = staticmethod(draft_abilities)
    collection_abilities = staticmethod(drafts_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": NewDraftInput,
        "edit": ResponseDraftInput,
        "add_file": DraftFileInput,
        "remove_file": RemoveFileInput,
        "deposit": NoInput,
        "drop": NoInput,
    }

    def get_serializer_class(self) -> SerializerClass:
        return ResponseDraftSerializer if self.action == "list" else OneResponseDraftSerializer

    @extend_schema(request=NewDraftInput, responses={201: OneResponseDraftSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Commencer une réponse à un lot, si les conditions sont remplies."""
        require(drafts_abilities(self.actor), "create")
        data = self.read_input("create")
        found = Consultation.objects.visible_to(self.actor).for_pages()
        consultation = found.filter(uuid=data["consultation"]).first()
        lot = consultation.lots.filter(number=data["lot"]).first() if consultation else None
        if consultation is None or lot is None:
            raise NotVisible
        made = drafts.begin(consultation, actor=self.actor, lot=lot)
        return self.answer(self.reloaded(made), status=201, location=True)

    def check_editable(self, obj: ResponseDraft) -> None:
        refuse_over(obj.consultation, now=database_now())

    def edit_object(
        self, obj: ResponseDraft, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> ResponseDraft:
        if "prices" in data:
            given = {str(each["item"]): each["unit_price_eur_ht"] for each in data["prices"]}
            data["prices"] = {item: price for item, price in given.items() if price is not None}
        return drafts.save(obj, actor=actor, expected_version=expected_version, **data)

    @extend_schema(request={"multipart/form-data": DraftFileInput}, responses={201: DraftFileOutput})
    @action(detail=True, methods=["post"], url_path="files", parser_classes=[MultiPartParser])
    def add_file(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Joindre un fichier au brouillon ; il est chiffré aussitôt, sans attendre une analyse."""
        found = self.get_object()
        self.allow(found, "edit")
        made = drafts.add_file(found, actor=self.actor, **self.read_input("add_file"))
        return Response(DraftFileOutput(made).data, status=201)

    @extend_schema(request=RemoveFileInput, responses=OneResponseDraftSerializer)
    @action(detail=True, methods=["post"], url_path="remove-file")
    def remove_file(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Retirer un fichier du brouillon."""
        found = self.get_object()
        self.allow(found, "edit")
        drafts.remove_file(found, actor=self.actor, file_id=self.read_input("remove_file")["file"])
        return self.answer(self.reloaded(found))

    @extend_schema(request=NoInput, responses={201: OneSealedDepositSerializer})
    @action(detail=True, methods=["post"])
    def deposit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Remettre la réponse : elle est scellée, le brouillon est détruit, l’accusé est dans la réponse."""
        found = self.get_object()
        self.allow(found, "deposit")
        self.read_input("deposit")
        made = depositing.deposit(found, actor=self.actor)
        row = SealedDeposit.objects.for_pages().get(pk=made.pk)
        return Response(
            OneSealedDepositSerializer(row, context=self.get_serializer_context()).data, status=201
        )

    @extend_schema(request=NoInput, responses={204: None})
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Détruire le brouillon et sa clé."""
        found = self.get_object()
        self.allow(found, "edit")
        self.read_input("drop")
        drafts.drop(found, actor=self.actor)
        return Response(status=204)


class DepositFilterSet(django_filters.FilterSet):
    consultation = django_filters.UUIDFilter(field_name="consultation__uuid", label=CONSULTATION)

    class Meta:
        model = SealedDeposit
        fields: ClassVar[list[str]] = []


class DepositViewSet(ReadViewSet):
    """A supplier's own deposits and receipts; those of others once the consultation is opened."""

    about = "les dépôts scellés et leurs accusés de réception"
    queryset = SealedDeposit.objects.for_pages().order_by("-received_at", "-pk")
    serializer_class = SealedDepositSerializer
    filterset_class = DepositFilterSet

    def get_serializer_class(self) -> SerializerClass:
        return SealedDepositSerializer if self.action == "list" else OneSealedDepositSerializer


class OpenedFilterSet(django_filters.FilterSet):
    consultation = django_filters.UUIDFilter(field_name="deposit__consultation__uuid", label=CONSULTATION)

    class Meta:
        model = OpenedResponse
        fields: ClassVar[list[str]] = []


class OpenedResponseViewSet(ReadViewSet):
    """What the opening gave: for the administration, the auditor, and each supplier its own."""

    about = "les réponses ouvertes"
    queryset = OpenedResponse.objects.for_pages().order_by("pk")
    serializer_class = OpenedResponseSerializer
    filterset_class = OpenedFilterSet

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(
        detail=True,
        methods=["get"],
        url_path=r"files/(?P<file>[0-9a-fA-F-]{36})",
        url_name="file",
        pagination_class=None,
    )
    def file(self, request: Request, file: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Un fichier de la réponse, une fois analysé ; chaque lecture est inscrite à son journal."""
        found = self.get_object()
        each = next((one.file for one in found.files.all() if str(one.file.uuid) == file.lower()), None)
        if each is None:
            raise NotVisible
        return download_response(each, actor=self.actor)


ROUTES: list[tuple[str, Any, str]] = [
    ("consultations", ConsultationViewSet, "consultation"),
    ("consultation-questions", QuestionViewSet, "consultation-question"),
    ("response-drafts", DraftViewSet, "response-draft"),
    ("sealed-deposits", DepositViewSet, "sealed-deposit"),
    ("opened-responses", OpenedResponseViewSet, "opened-response"),
]
