"""/api/v1/consultations/ and consultation-questions/: the same rules as their pages."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import MoveRefused, NotVisible
from marketplace.files.store import download_response
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.parsers import StrictJSONParser
from marketplace.rest.serializers import NoInput, ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass
from procurement.actions.supplier_lists import suppliers_named
from procurement.candidates import selecting
from procurement.consultations import keys, opening, publishing, rehearsing, talk, writing
from procurement.consultations.abilities import (
    begin_ability,
    consultation_abilities,
    consultations_abilities,
    questions_abilities,
)
from procurement.consultations.enums import ConsultationKind, ConsultationState
from procurement.consultations.gather import eligibility_of
from procurement.consultations.notices import recording
from procurement.consultations.notices.content import notice_of
from procurement.consultations.people import member_by_email
from procurement.consultations.record import opening_record_pdf
from procurement.consultations.serializers import (
    CeremonyOutput,
    ConsultationAnswerInput,
    ConsultationDocumentInput,
    ConsultationDocumentOutput,
    ConsultationEditInput,
    ConsultationExtensionInput,
    ConsultationNoticeInput,
    ConsultationPublicationInput,
    ConsultationQuestionInput,
    ConsultationQuestionSerializer,
    ConsultationSerializer,
    EligibilityOutput,
    HolderSecretInput,
    HolderSecretOutput,
    KeyHoldersInput,
    NewConsultationInput,
    NoticeSendingInput,
    OneConsultationSerializer,
    RehearsalOutput,
    ReplaceHolderInput,
)
from procurement.models import Consultation, ConsultationQuestion, Project


class ConsultationFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ConsultationState.choices, label="État, répétable.")
    kind = django_filters.MultipleChoiceFilter(choices=ConsultationKind.choices, label="Nature, répétable.")
    project = django_filters.UUIDFilter(field_name="project__uuid", label="Identifiant du projet.")
    open = django_filters.BooleanFilter(method="keep_open", label="« true » : celles ouvertes maintenant.")

    class Meta:
        model = Consultation
        fields: ClassVar[list[str]] = []

    def keep_open(self, rows: Any, name: str, value: bool) -> Any:
        now_open = rows.open_at(timezone.now())
        return now_open if value else rows.exclude(pk__in=now_open)


class ConsultationViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    """Published ones are read by everybody, or by the suppliers invited."""

    about = "les consultations"
    queryset = Consultation.objects.for_pages().order_by("-created_at", "-pk")
    serializer_class = ConsultationSerializer
    filterset_class = ConsultationFilterSet
    public = ("list", "retrieve", "document")
    if_match = frozenset({"edit"})
    abilities = staticmethod(consultation_abilities)
    collection_abilities = staticmethod(consultations_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": NewConsultationInput,
        "edit": ConsultationEditInput,
        "name_holders": KeyHoldersInput,
        "replace_holder": ReplaceHolderInput,
        "rehearse": HolderSecretInput,
        "give_secret": HolderSecretInput,
        "extend": ConsultationExtensionInput,
        "announce": ConsultationNoticeInput,
        "add_document": ConsultationDocumentInput,
        "record_sending": NoticeSendingInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "publish": MoveEndpoint(publishing.publish, ConsultationPublicationInput),
        "invite": MoveEndpoint(selecting.invite, NoInput),
        "withdraw": MoveEndpoint(writing.withdraw, ReasonInput),
        "declare_sans_suite": MoveEndpoint(writing.declare_sans_suite, ReasonInput),
        "declare_infructueux": MoveEndpoint(writing.declare_infructueux, ReasonInput),
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return (
            rows if self.action == "list" else rows.with_content().prefetch_related("keys", "holders__user")
        )

    def get_serializer_class(self) -> SerializerClass:
        return ConsultationSerializer if self.action == "list" else OneConsultationSerializer

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Consultation:
        project = Project.objects.named(data.pop("project"), actor=actor)
        require(begin_ability(actor, project), "create")
        return writing.create(project, actor=actor, **data)

    def check_editable(self, obj: Consultation) -> None:
        writing.refuse_published(obj)

    def edit_object(
        self, obj: Consultation, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> Consultation:
        if "invited" in data:
            data["invited"] = suppliers_named(data["invited"], field="invited")
        if data.get("category") is not None:
            data["category"] = writing.category_named(obj, data["category"])
        return writing.edit(obj, actor=actor, expected_version=expected_version, **data)

    def _act(self, ability: str) -> tuple[Consultation, int | None, dict[str, Any]]:
        found = self.get_object()
        self.allow(found, ability)
        version = self.expected(found, ability)
        return found, version, self.read_input(ability)

    # -- the key

    @extend_schema(request=KeyHoldersInput, responses=OneConsultationSerializer)
    @action(detail=True, methods=["post"], url_path="name-holders")
    def name_holders(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Nommer les trois personnes qui tiennent la clé : deux ouvrent, une garde le secours."""
        found, version, data = self._act("name_holders")
        find = partial(member_by_email, found.organisation)
        people = {place: find(email, field="openers") for place, email in enumerate(data["openers"], 1)}
        people[3] = find(data["recovery"], field="recovery")
        keys.name_holders(found, actor=self.actor, people=people, expected_version=version)
        return self.answer(self.reloaded(found))

    @extend_schema(request=ReplaceHolderInput, responses=OneConsultationSerializer)
    @action(detail=True, methods=["post"], url_path="replace-holder")
    def replace_holder(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Remplacer une personne : une autre clé sert aux dépôts suivants, une fois éprouvée."""
        found, version, data = self._act("replace_holder")
        data["person"] = member_by_email(found.organisation, data["person"], field="person")
        keys.replace_holder(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))

    @extend_schema(request=NoInput, responses=HolderSecretOutput)
    @action(detail=True, methods=["post"], url_path="take-secret")
    def take_secret(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Prendre son secret : il est dans cette réponse et nulle part ailleurs."""
        found = self.get_object()
        self.allow(found, "take_secret")
        NoInput(data=request.data, context=self.get_serializer_context()).is_valid(raise_exception=True)
        secret = keys.take_secret(found, actor=self.actor)
        return Response(HolderSecretOutput({"secret": secret}).data, headers={"Cache-Control": "no-store"})

    @extend_schema(request=HolderSecretInput, responses=RehearsalOutput)
    @action(detail=True, methods=["post"])
    def rehearse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Éprouver son secret sur une réponse d’essai, avant la publication."""
        found, _, data = self._act("rehearse")
        return Response(RehearsalOutput(rehearsing.rehearse(found, actor=self.actor, **data)).data)

    @extend_schema(request=HolderSecretInput, responses=CeremonyOutput)
    @action(detail=True, methods=["post"], url_path="give-secret")
    def give_secret(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Donner son secret pour l’ouverture, après la clôture : la deuxième personne ouvre."""
        found, _, data = self._act("give_secret")
        done = opening.give_secret(found, actor=self.actor, **data)
        if done.refusal:
            raise MoveRefused("set_altered", done.refusal, about=found)
        return Response(CeremonyOutput(done).data)

    # -- once published

    @extend_schema(request=ConsultationExtensionInput, responses=OneConsultationSerializer)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Reporter la clôture, avant qu’elle soit passée ; elle ne s’avance jamais."""
        found, version, data = self._act("extend")
        publishing.extend(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))

    @extend_schema(request=NoticeSendingInput, responses=OneConsultationSerializer)
    @action(detail=True, methods=["post"], url_path="record-sending")
    def record_sending(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer l’envoi de l’avis à un support officiel, fait hors d’ici."""
        found, version, data = self._act("record_sending")
        recording.record_sending(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))

    @extend_schema(responses={200: OpenApiTypes.OBJECT}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, sparse=False)
    def notice(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Le contenu de l’avis, à recopier dans le formulaire officiel."""
        found = self.get_object()
        self.allow(found, "export_notice")
        return Response(notice_of(found, on=timezone.localdate()))

    @extend_schema(
        request={
            "application/json": ConsultationNoticeInput,
            "multipart/form-data": ConsultationNoticeInput,
        },
        responses=OneConsultationSerializer,
    )
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser, StrictJSONParser])
    def announce(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Publier un avis de modification, dit à tous au même moment."""
        found, version, data = self._act("announce")
        publishing.announce(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))

    @extend_schema(responses=EligibilityOutput, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def eligibility(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Puis-je répondre, et pourquoi."""
        found = self.get_object()
        self.allow(found, "respond")
        return Response(EligibilityOutput(eligibility_of(found, self.actor)).data)

    # -- files

    @extend_schema(
        request={"multipart/form-data": ConsultationDocumentInput},
        responses={201: ConsultationDocumentOutput},
    )
    @action(detail=True, methods=["post"], url_path="documents", parser_classes=[MultiPartParser])
    def add_document(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Joindre un document au brouillon : 10 Mo, le type lu dans le fichier."""
        found, _, data = self._act("add_document")
        made = writing.add_document(found, actor=self.actor, **data)
        return Response(ConsultationDocumentOutput(made).data, status=201)

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(
        detail=True,
        methods=["get"],
        url_path=r"documents/(?P<document>[0-9a-fA-F-]{36})/file",
        url_name="document",
        pagination_class=None,
    )
    def document(self, request: Request, document: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Un document de la consultation."""
        found = self.get_object()
        each = next((one for one in found.documents.all() if str(one.uuid) == document.lower()), None)
        if each is None:
            raise NotVisible
        return download_response(each.file, actor=self.actor)

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], url_path="opening-record", pagination_class=None)
    def opening_record(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Le procès-verbal d’ouverture, en PDF."""
        found = self.get_object()
        self.allow(found, "see_responses")
        if not found.is_opened:
            raise MoveRefused("not_opened", "Les réponses ne sont pas ouvertes.", about=found)
        answer = HttpResponse(opening_record_pdf(found), content_type="application/pdf")
        answer.headers["Content-Disposition"] = f'attachment; filename="{found.number}-ouverture.pdf"'
        return answer


class QuestionFilterSet(django_filters.FilterSet):
    consultation = django_filters.UUIDFilter(field_name="consultation__uuid", label="Son identifiant.")

    class Meta:
        model = ConsultationQuestion
        fields: ClassVar[list[str]] = []


class QuestionViewSet(CreateOnceMixin, ReadViewSet):
    """Answered ones for whoever sees the consultation; nobody reads who asked."""

    about = "les questions posées aux consultations, sans nom"
    queryset = ConsultationQuestion.objects.for_pages().order_by("-asked_at", "-pk")
    serializer_class = ConsultationQuestionSerializer
    filterset_class = QuestionFilterSet
    public = ("list", "retrieve")
    collection_abilities = staticmethod(questions_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": ConsultationQuestionInput,
        "answer_all": ConsultationAnswerInput,
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> ConsultationQuestion:
        found = Consultation.objects.visible_to(actor).for_pages().filter(uuid=data["consultation"]).first()
        if found is None:
            raise NotVisible
        return talk.ask(found, actor=actor, text=data["text"])

    @extend_schema(request=ConsultationAnswerInput, responses=ConsultationQuestionSerializer)
    @action(detail=True, methods=["post"], url_path="answer")
    @once
    def answer_all(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Répondre à tous."""
        found = self.get_object()
        require(consultation_abilities(self.actor, found.consultation), "answer")
        talk.answer(found, actor=self.actor, text=self.read_input("answer_all")["answer"])
        return self.answer(self.reloaded(found))
