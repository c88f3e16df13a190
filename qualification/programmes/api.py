"""/api/v1/programmes/, programme-calls/ and programme-applications/: the same rules as their pages."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import django_filters
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api_exports import FILES, FORMAT, asked_format
from catalog.models import MissingNeed, Offer
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.documents.answers import table_answer
from marketplace.errors import NotVisible, RuleBroken
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.paging import PageNumber
from marketplace.rest.serializers import ReasonInput, StrictSerializer
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass
from qualification.programmes import api_projects, api_tremplin, applications, calls, progress, projects
from qualification.programmes.abilities import (
    application_abilities,
    call_abilities,
    calls_abilities,
    programmes_abilities,
)
from qualification.programmes.dashboard import applications_table
from qualification.programmes.enums import ApplicationState, CallState
from qualification.programmes.facts import programmes
from qualification.programmes.help import estimate_for, help_for
from qualification.programmes.models import ProgrammeApplication, ProgrammeCall
from qualification.programmes.serializers import (
    ApplicationSerializer,
    CallInput,
    CallSerializer,
    DraftInput,
    HelpSerializer,
    MilestoneInput,
    NewApplicationInput,
    OneApplicationSerializer,
    OneCallSerializer,
    OperatorChoiceInput,
    PostponeInput,
    ProgrammeSerializer,
    ReportInput,
    SelectedInput,
)
from qualification.programmes.serializers_projects import CallNeedInput

CODE = OpenApiParameter("id", str, OpenApiParameter.PATH, description="« pme-secnumcloud ».")
PAGES = [
    OpenApiParameter("page", int, description="Numéro de page, à partir de 1."),
    OpenApiParameter("page_size", int, description=PageNumber.page_size_query_description),
]


@extend_schema_serializer(many=False)
class ProgrammeListSerializer(StrictSerializer):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ProgrammeSerializer(many=True)


class ProgrammeViewSet(viewsets.ViewSet):
    public = True
    lookup_value_regex = "[a-z0-9][a-z0-9-]{2,40}"

    @extend_schema(responses=ProgrammeListSerializer, parameters=PAGES, operation_id="programmes_list")
    def list(self, request: Request) -> Response:
        """Les programmes connus, avec la source de chaque fait."""
        pages = PageNumber()
        found = pages.paginate_queryset(tuple(programmes().values()), request)
        told = ProgrammeSerializer(found, many=True, context={"request": request})
        return pages.get_paginated_response(told.data)

    @extend_schema(responses=ProgrammeSerializer, parameters=[CODE], operation_id="programmes_retrieve")
    def retrieve(self, request: Request, pk: str = "") -> Response:
        """Un programme, avec la source de chaque fait."""
        if pk not in programmes():
            raise NotVisible
        return Response(ProgrammeSerializer(programmes()[pk], context={"request": request}).data)


class CallFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=CallState.choices, label="État, répétable.")
    programme = django_filters.CharFilter(field_name="programme_code", max_length=40, label="Son code.")
    open = django_filters.BooleanFilter(method="keep_open", label="« true » : ceux ouverts maintenant.")

    class Meta:
        model = ProgrammeCall
        fields: ClassVar[list[str]] = []

    def keep_open(self, rows: Any, name: str, value: bool) -> Any:
        now_open = rows.open_at(timezone.now())
        return now_open if value else rows.exclude(pk__in=now_open)


class CallViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Calls of the programmes: published ones are read by everybody."""

    about = "les appels des programmes"
    queryset = ProgrammeCall.objects.order_by("-closes_at", "-pk")
    serializer_class = CallSerializer
    filterset_class = CallFilterSet
    public = ("list", "retrieve")
    abilities = staticmethod(call_abilities)
    collection_abilities = staticmethod(calls_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": CallInput,
        "postpone": PostponeInput,
        "add_need": CallNeedInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "publish": MoveEndpoint(calls.publish_call),
        "cancel": MoveEndpoint(calls.cancel_call, ReasonInput),
    }

    def get_serializer_class(self) -> SerializerClass:
        return CallSerializer if self.action == "list" else OneCallSerializer

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> ProgrammeCall:
        return calls.create_call(actor=actor, **data)

    @extend_schema(request=CallNeedInput, responses={201: OneCallSerializer})
    @action(detail=True, methods=["post"], url_path="needs")
    def add_need(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ajouter un besoin et ses objectifs à un appel à projets, avant sa publication."""
        call = self.get_object()
        self.allow(call, "edit")
        version = self.expected(call, "add_need")
        data = self.read_input("add_need")
        asked = data.pop("need")
        need = MissingNeed.objects.visible_to(self.actor).filter(uuid=asked).first() if asked else None
        if asked and need is None:
            raise RuleBroken("need_unknown", "Ce besoin n’existe pas.", field="need")
        targets = [(each["kind"], each["title"], each["threshold"]) for each in data.pop("targets")]
        projects.add_need(
            call, actor=self.actor, need=need, targets=targets, expected_version=version, **data
        )
        return self.answer(self.reloaded(call), status=201)

    @extend_schema(request=PostponeInput, responses=OneCallSerializer)
    @action(detail=True, methods=["post"])
    def postpone(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Reporter la clôture ; elle ne s’avance jamais."""
        call = self.get_object()
        self.allow(call, "postpone")
        version = self.expected(call, "postpone")
        calls.postpone_call(call, actor=self.actor, expected_version=version, **self.read_input("postpone"))
        return self.answer(self.reloaded(call))


class ApplicationFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ApplicationState.choices, label="État, répétable.")
    call = django_filters.UUIDFilter(field_name="call__uuid", label="Identifiant de l’appel.")

    class Meta:
        model = ProgrammeApplication
        fields: ClassVar[list[str]] = []


def _outcome(move: str) -> Any:
    def record(
        application: ProgrammeApplication, *, expected_version: int | None = None, **given: Any
    ) -> Any:
        return progress.record_outcome(application, move, expected_version=expected_version, **given)

    return record


class ApplicationViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    """A supplier's own applications; once sent, all of them for who runs programmes and the auditor."""

    about = "les candidatures aux programmes"
    queryset = ProgrammeApplication.objects.for_lists().order_by("-pk")
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationFilterSet
    if_match = frozenset({"edit"})
    abilities = staticmethod(application_abilities)
    collection_abilities = staticmethod(programmes_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": NewApplicationInput,
        "edit": DraftInput,
        "milestone": MilestoneInput,
        "report": ReportInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "send": MoveEndpoint(applications.send),
        "take_back": MoveEndpoint(applications.take_back),
        "withdraw": MoveEndpoint(applications.withdraw, ReasonInput),
        "record_selected": MoveEndpoint(_outcome("record_selected"), SelectedInput),
        "record_waitlisted": MoveEndpoint(_outcome("record_waitlisted"), OperatorChoiceInput),
        "record_rejected": MoveEndpoint(_outcome("record_rejected"), OperatorChoiceInput),
    }

    def get_serializer_class(self) -> SerializerClass:
        return ApplicationSerializer if self.action == "list" else OneApplicationSerializer

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> ProgrammeApplication:
        call = ProgrammeCall.objects.visible_to(actor).filter(uuid=data["call"]).first()
        own = Offer.objects.owned_by(actor).exclude(state__in=("withdrawn", "removed"))
        offer = own.select_related("supplier__organisation").filter(uuid=data["offer"]).first()
        if call is None:
            raise NotVisible("call_not_found", "Cet appel n’existe pas.")
        if offer is None:
            raise NotVisible("offer_not_found", "Cette offre n’existe pas ou n’est pas l’une des vôtres.")
        return applications.open_application(call, actor=actor, offer=offer)

    def edit_object(
        self,
        obj: ProgrammeApplication,
        *,
        actor: Actor,
        data: dict[str, Any],
        expected_version: int | None,
    ) -> ProgrammeApplication:
        return applications.save_draft(obj, actor=actor, expected_version=expected_version, **data)

    @extend_schema(request=MilestoneInput, responses={201: OneApplicationSerializer})
    @action(detail=True, methods=["post"])
    def milestone(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer un jalon que l’ANSSI a constaté, de J0 à J3."""
        return self._told("milestone", progress.record_milestone)

    @extend_schema(request=ReportInput, responses={201: OneApplicationSerializer})
    @action(detail=True, methods=["post"])
    def report(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Envoyer le rapport d’un trimestre écoulé, une fois."""
        return self._told("report", progress.report_progress)

    @extend_schema(responses=HelpSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def help(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Conseil, preuves des socles, fournisseurs voisins ; durée et coût quand une source les dit."""
        found, today = self.get_object(), timezone.localdate()
        self.allow(found, "find_help")
        told = help_for(found, on=today)
        data = {
            "advisors": told.advisors,
            "inherited": told.inherited,
            "companions": told.companions,
            "estimate": estimate_for(found, found.call.programme, on=today),
        }
        return Response(HelpSerializer(data, context=self.get_serializer_context()).data)

    @extend_schema(parameters=[FORMAT], responses=FILES, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def export(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Toutes les candidatures envoyées dans un fichier, avec jalons et rapports."""
        require(programmes_abilities(self.actor), "dashboard")
        given = QueryDict(request.META.get("QUERY_STRING", ""))
        return table_answer(applications_table(), format=asked_format(given), name="candidatures")

    def _told(self, act: str, handler: Any) -> Response:
        found = self.get_object()
        self.allow(found, act)
        progress.refuse_unless_chosen(found)
        tell = partial(handler, found, actor=self.actor, expected_version=self.expected(found, act))
        tell(**self.read_input(act))
        return self.answer(self.reloaded(found), status=201)


ROUTES = [
    ("programmes", ProgrammeViewSet, "programme"),
    ("programme-calls", CallViewSet, "programme-call"),
    ("programme-applications", ApplicationViewSet, "programme-application"),
    *api_projects.ROUTES,
    *api_tremplin.ROUTES,
]
