"""/api/v1/trust-marks/: acts of the issuers, and what a supplier declares of its own offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django.core.exceptions import ValidationError as ModelError
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import trust
from catalog.abilities import catalog_abilities, mark_abilities, offer_abilities
from catalog.actions import declarations
from catalog.actions.authoring import refuse_if_not_editable
from catalog.api_reviews import IF_MATCH
from catalog.api_stack import refused
from catalog.enums import Origin, Scheme
from catalog.models import Offer, TrustMark
from catalog.serializers_marks import (
    ActInput,
    DatedActInput,
    EvidenceInput,
    MarkEditInput,
    MarkInput,
    RetractInput,
    TrustMarkSerializer,
)
from catalog.states import TRUST_MOVES
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.viewsets import PatchMixin, ReadViewSet


class TrustMarkFilterSet(django_filters.FilterSet):
    scheme = django_filters.MultipleChoiceFilter(choices=Scheme.choices)
    offer = django_filters.UUIDFilter(field_name="offer__uuid")

    class Meta:
        model = TrustMark
        fields: list[str] = []


def _record(status: str) -> Callable[..., Any]:
    """The act that leads to a status, as a move's handler."""

    def handler(mark: TrustMark, *, actor: Actor, expected_version: int | None = None, **given: Any) -> Any:
        return trust.record_status(
            mark, status=status, actor=actor, expected_version=expected_version, **given
        )

    return handler


def _mark_moves() -> Mapping[str, MoveEndpoint]:
    dated = {"obtain", "renew"}
    acts: dict[str, MoveEndpoint] = {
        move.name: MoveEndpoint(_record(move.target), DatedActInput if move.name in dated else ActInput)
        for move in TRUST_MOVES.values()
        if move.name not in ("expire", "retract", "question")
    }
    return {**acts, "retract": MoveEndpoint(declarations.retract_mark, RetractInput)}


class TrustMarkViewSet(MoveMixin, PatchMixin, ReadViewSet):
    """Marks with their history. Moves record an issuer's act; a supplier declares, corrects and withdraws
    what it declared itself, never what a register, a check or a third party says."""

    about = "les qualifications et labels des offres, avec leur historique"
    queryset = TrustMark.objects.order_by("pk")
    serializer_class = TrustMarkSerializer
    filterset_class = TrustMarkFilterSet
    public = ("list", "retrieve")
    abilities = staticmethod(mark_abilities)
    if_match = frozenset({"edit"})
    input_classes = {"create": MarkInput, "edit": MarkEditInput, "join_evidence": EvidenceInput}
    moves = _mark_moves()

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("offer__supplier", "evidence")
        return rows.prefetch_related("facts", "offer__effective_trust")

    @extend_schema(request=MarkInput, responses={201: TrustMarkSerializer})
    @once
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Declare a mark on an offer of one's own."""
        require(catalog_abilities(self.actor), "create")
        data = self.read_input("create")
        offer = (
            Offer.objects.visible_to(self.actor)
            .select_related("supplier")
            .filter(uuid=data.pop("offer"))
            .first()
        )
        if offer is None:
            raise NotVisible()
        require(offer_abilities(self.actor, offer), "edit")
        refuse_if_not_editable(offer)
        try:
            mark = trust.add_mark(offer, actor=self.actor, origin=Origin.DECLARED, **data)
        except ModelError as error:
            raise refused(error, code="mark_refused") from error
        return self.answer(self.reloaded(mark), status=201, location=True)

    def check_editable(self, obj: TrustMark) -> None:
        declarations.refuse_if_not_own(obj)

    def edit_object(
        self, obj: TrustMark, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> TrustMark:
        try:
            return declarations.edit_mark(obj, actor=actor, fields=data, expected_version=expected_version)
        except ModelError as error:
            raise refused(error, code="mark_refused") from error

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, parser_classes=[MultiPartParser])
    def evidence(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Le certificat joint, pour son fournisseur, l’opérateur et l’auditeur."""
        mark = self.get_object()
        self.allow(mark, "see_evidence")
        if mark.evidence is None:
            raise NotVisible()
        return download_response(mark.evidence, actor=self.actor)

    @extend_schema(
        request={"multipart/form-data": EvidenceInput},
        responses={201: TrustMarkSerializer},
        parameters=[IF_MATCH],
    )
    @evidence.mapping.post
    def join_evidence(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Joindre le certificat d’une déclaration : 10 Mo, le type lu dans le fichier."""
        mark = self.get_object()
        self.allow(mark, "join_evidence")
        version = self.expected(mark, "join_evidence")
        declarations.refuse_if_not_own(mark)
        upload = self.read_input("join_evidence")["file"]
        declarations.join_evidence(mark, actor=self.actor, upload=upload, expected_version=version)
        return self.answer(self.reloaded(mark), status=201)


ROUTES = [("trust-marks", TrustMarkViewSet, "trust-mark")]
