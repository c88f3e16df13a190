"""/api/v1/usage-statements/."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.files.store import download_in_pieces
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.models import Contract, UsageStatement
from procurement.statements import serving, writing
from procurement.statements.abilities import statement_abilities, statements_abilities, write_ability
from procurement.statements.enums import StatementState
from procurement.statements.forms import usage_file
from procurement.statements.serializers import (
    ServiceDoneInput,
    UsageCorrectionsInput,
    UsageFileInput,
    UsageRowsInput,
    UsageStatementInput,
    UsageStatementSerializer,
)


class StatementFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=StatementState.choices, label="État, répétable.")
    contract = django_filters.UUIDFilter(field_name="contract__uuid", label="Identifiant du contrat.")

    class Meta:
        model = UsageStatement
        fields: list[str] = []


class StatementViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Written by the supplier or its token; read by the administration and the auditor once sent."""

    about = "les relevés d’usage de ses contrats, et leur service fait"
    queryset = UsageStatement.objects.for_pages().order_by("-created_at", "-pk")
    serializer_class = UsageStatementSerializer
    filterset_class = StatementFilter
    abilities = staticmethod(statement_abilities)
    collection_abilities = staticmethod(statements_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": UsageStatementInput,
        "rows": UsageRowsInput,
        "file": UsageFileInput,
        "corrections": UsageCorrectionsInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "submit": MoveEndpoint(serving.submit),
        "withdraw": MoveEndpoint(serving.withdraw),
        "refuse": MoveEndpoint(serving.refuse, ReasonInput),
        "attest": MoveEndpoint(serving.attest, ServiceDoneInput),
        "send_back": MoveEndpoint(serving.send_back, ReasonInput),
        "certify": MoveEndpoint(serving.certify),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> UsageStatement:
        contract = (
            Contract.objects.visible_to(actor)
            .select_related("order__plan", "supplier")
            .filter(uuid=data.pop("contract"))
            .first()
        )
        if contract is None:
            raise NotVisible("contract_not_found", "Ce contrat n’existe pas ou n’est pas visible pour vous.")
        require({"create": write_ability(actor, contract)}, "create")
        rows, replaced = _pairs(data.pop("rows", [])), data.pop("replaces", None)
        if replaced is not None:
            found = UsageStatement.objects.visible_to(actor).filter(uuid=replaced).first()
            if found is None:
                raise NotVisible("statement_not_found", "Le relevé à remplacer n’existe pas.")
            data["replaces"] = found
        return writing.create_statement(contract, actor=actor, rows=rows, **data)

    @extend_schema(request=UsageRowsInput, responses=UsageStatementSerializer)
    @action(detail=True, methods=["post"])
    def rows(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Donner les quantités de composants du brouillon."""
        return self._write("rows", lambda data: {"rows": _pairs(data["rows"])}, writing.fill)

    @extend_schema(request={"multipart/form-data": UsageFileInput}, responses=UsageStatementSerializer)
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser], takes_large_files=True)
    def file(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Lire un fichier d’usage : il remplace le contenu du brouillon, ses lignes fautives sont nommées."""
        return self._write("file", lambda data: {"file": usage_file(data["file"])}, writing.fill_from_file)

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, sparse=False)
    def document(self, request: Request, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        """Le fichier d’usage tel qu’il a été reçu ; 404 quand les quantités ont été saisies."""
        found = self.get_object()
        if found.file is None:
            raise NotVisible("document_not_found", "Ce relevé a été saisi : il n’a pas de fichier.")
        return download_in_pieces(found.file, actor=self.actor)

    @extend_schema(request=UsageCorrectionsInput, responses=UsageStatementSerializer)
    @action(detail=True, methods=["post"])
    def corrections(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Redire les lignes du fichier qui n’ont pas pu être lues."""

        def lines(data: dict[str, Any]) -> dict[str, Any]:
            found = {each["line"]: (each["component"], each["quantity"]) for each in data["lines"]}
            return {"lines": found}

        return self._write("corrections", lines, writing.correct)

    def _write(self, name: str, read: Any, act: Any) -> Response:
        found = self.get_object()
        self.allow(found, "edit")
        version = self.expected(found, name)
        writing.refuse_sent(found)
        values = read(self.read_input(name))
        act(found, actor=self.actor, expected_version=version, **values)
        return self.answer(self.reloaded(found))


def _pairs(rows: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    return [(row["component"], row["quantity"]) for row in rows]


ROUTES: list[tuple[str, Any, str]] = [("usage-statements", StatementViewSet, "usage-statement")]
