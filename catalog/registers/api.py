"""/api/v1/register-imports/ and register-differences/: the same rules as their pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.abilities import catalog_abilities, difference_abilities, import_abilities
from catalog.models import RegisterDifference, RegisterImport
from catalog.registers import actions as registers
from catalog.registers.serializers import (
    ConfirmImportInput,
    RegisterDifferenceSerializer,
    RegisterFileInput,
    RegisterImportDetailSerializer,
    RegisterImportSerializer,
)
from catalog.registers.specs import REGISTERS
from catalog.serializers_curation import DecisionReasonInput
from catalog.serializers_queues import OutcomeInput
from marketplace.accounts.abilities import require
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.viewsets import ReadViewSet, SerializerClass


class RegisterImportFilterSet(django_filters.FilterSet):
    register = django_filters.MultipleChoiceFilter(
        choices=[(code, spec.label) for code, spec in REGISTERS.items()], label="Registre, répétable."
    )

    class Meta:
        model = RegisterImport
        fields: list[str] = []


class RegisterImportViewSet(MoveMixin, ReadViewSet):
    """Readings of registers: prepared from a file, confirmed on what was previewed, undone."""

    about = "les imports de registres"
    queryset = RegisterImport.objects.select_related("compared_with").order_by("-prepared_at", "-pk")
    serializer_class = RegisterImportSerializer
    filterset_class = RegisterImportFilterSet
    abilities = staticmethod(import_abilities)
    parser_classes = (JSONParser, MultiPartParser)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": RegisterFileInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "apply": MoveEndpoint(registers.confirm, ConfirmImportInput),
        "drop": MoveEndpoint(registers.drop),
        "undo": MoveEndpoint(registers.undo, DecisionReasonInput),
    }

    def get_serializer_class(self) -> Any:
        return RegisterImportSerializer if self.action == "list" else RegisterImportDetailSerializer

    @extend_schema(
        request={"multipart/form-data": RegisterFileInput}, responses={201: RegisterImportDetailSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Préparer un import : les écarts sont dits, rien du registre ne change."""
        require(catalog_abilities(self.actor), "curate")
        given = self.read_input("create")
        upload = given.pop("file")
        made = registers.prepare(
            REGISTERS[given.pop("register")],
            content=upload.read(),
            file_name=upload.name,
            source=given.pop("read_at"),
            actor=self.actor,
            **given,
        )
        return self.answer(self.reloaded(made), status=201, location=True)


class RegisterDifferenceFilterSet(django_filters.FilterSet):
    open = django_filters.BooleanFilter(
        field_name="closed_at", lookup_expr="isnull", label="« true » : à traiter."
    )
    reading = django_filters.UUIDFilter(field_name="reading__uuid", label="Identifiant de l’import.")

    class Meta:
        model = RegisterDifference
        fields: list[str] = []


class RegisterDifferenceViewSet(ReadViewSet):
    """What a register says otherwise of an offer. No status follows by itself."""

    about = "les écarts de registre"
    queryset = (
        RegisterDifference.objects.select_related("reading", "offer", "mark")
        .defer("reading__rows", "reading__readings", "reading__faults")
        .order_by("reading__prepared_at", "pk")
    )
    serializer_class = RegisterDifferenceSerializer
    filterset_class = RegisterDifferenceFilterSet
    abilities = staticmethod(difference_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"close": OutcomeInput}

    @extend_schema(request=OutcomeInput, responses=RegisterDifferenceSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Clore l’écart en disant ce qui en a été conclu. Aucun statut ne change."""
        found = self.get_object()
        self.allow(found, "close")
        registers.refuse_closed(found)
        return self.answer(
            self.reloaded(registers.close(found, actor=self.actor, **self.read_input("close")))
        )


ROUTES = [
    ("register-imports", RegisterImportViewSet, "register-import"),
    ("register-differences", RegisterDifferenceViewSet, "register-difference"),
]
