"""/api/v1/needs/: missing needs, the same rules as their pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.enums import NeedState
from catalog.models import MissingNeed, Offer
from catalog.needs import actions as needs
from catalog.needs.abilities import need_abilities, needs_abilities
from catalog.needs.serializers import CoverInput, MergeInput, NeedInput, NeedSerializer
from marketplace.accounts.actors import Actor
from marketplace.errors import RuleBroken
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import NoInput, ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass


class NeedFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=NeedState.choices, label="État, répétable.")
    near = django_filters.CharFilter(
        method="sort_by_likeness",
        max_length=200,
        label="Besoins qui disent la même chose, les plus proches d’abord. À lire avant d’en signaler un.",
    )

    class Meta:
        model = MissingNeed
        fields: list[str] = []

    def sort_by_likeness(self, rows: Any, name: str, value: str) -> Any:
        return rows.near(value)


def cover(
    need: MissingNeed, *, actor: Actor, offer: Any, reason: str, expected_version: int | None
) -> MissingNeed:
    found = Offer.objects.visible_to(actor).filter(uuid=offer).first()
    if found is None:
        raise RuleBroken("offer_unknown", "Cette offre n’existe pas.", field="offer")
    return needs.cover(need, actor=actor, offer=found, reason=reason, expected_version=expected_version)


def merge(
    need: MissingNeed, *, actor: Actor, into: Any, reason: str, expected_version: int | None
) -> MissingNeed:
    found = MissingNeed.objects.visible_to(actor).filter(uuid=into).first()
    if found is None:
        raise RuleBroken("need_unknown", "Ce besoin n’existe pas.", field="into")
    return needs.merge(need, actor=actor, into=found, reason=reason, expected_version=expected_version)


class NeedViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Read by every administration, the operator and the auditor; never by suppliers."""

    about = "les besoins non couverts"
    queryset = MissingNeed.objects.with_joins().order_by("-created_at", "-pk")
    serializer_class = NeedSerializer
    filterset_class = NeedFilterSet
    abilities = staticmethod(need_abilities)
    collection_abilities = staticmethod(needs_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": NeedInput,
        "join": NoInput,
        "leave": NoInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "answer": MoveEndpoint(needs.answer, ReasonInput),
        "cover": MoveEndpoint(cover, CoverInput),
        "dismiss": MoveEndpoint(needs.dismiss, ReasonInput),
        "merge": MoveEndpoint(merge, MergeInput),
        "reopen": MoveEndpoint(needs.reopen, ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> MissingNeed:
        return needs.report(actor=actor, **data)

    @extend_schema(request=None, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def join(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Dire « moi aussi » : une administration compte une fois."""
        need = self.get_object()
        self.allow(need, "join")
        self.read_input("join")
        needs.join(need, actor=self.actor)
        return self.answer(self.reloaded(need))

    @extend_schema(request=None, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ne plus avoir ce besoin, pour son administration ; ce qui a été écrit reste."""
        need = self.get_object()
        self.allow(need, "leave")
        self.read_input("leave")
        needs.leave(need, actor=self.actor)
        return self.answer(self.reloaded(need))


ROUTES = [("needs", NeedViewSet, "need")]
