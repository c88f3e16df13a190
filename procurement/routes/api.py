"""Which way a purchase may go: facts in, routes out; and the route chosen for a project."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.principal import actor_of
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.models import Project, RouteChoice
from procurement.routes import actions as routes
from procurement.routes import pick
from procurement.routes.abilities import choose_ability, route_choice_abilities, route_choices_abilities
from procurement.routes.actions import vehicles_seen
from procurement.routes.enums import RouteChoiceState
from procurement.routes.results import route_key
from procurement.routes.serializers import (
    RouteChoiceInput,
    RouteChoiceSerializer,
    RouteRefusalInput,
    RoutesInput,
    RoutesOutput,
    purchase_facts,
)


class PurchaseRouteViewSet(viewsets.ViewSet):
    public = ("create",)

    @extend_schema(request=RoutesInput, responses={200: RoutesOutput}, operation_id="purchase_routes_pick")
    def create(self, request: Request) -> Response:
        """Les voies ouvertes, fermées ou à vérifier, avec leur raison et leur texte. Les supports d’achat de
        votre administration y figurent si vous êtes connecté."""
        given = RoutesInput(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        on = given.validated_data["date"]
        return Response(
            pick(
                purchase_facts(given.validated_data, vehicles=vehicles_seen(actor_of(request), on=on)), on=on
            ).as_dict()
        )


class RouteChoiceFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=RouteChoiceState.choices, label="État, répétable.")
    project = django_filters.UUIDFilter(field_name="project__uuid", label="Identifiant du projet.")

    class Meta:
        model = RouteChoice
        fields: list[str] = []


class RouteChoiceViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Read by the project's administration and the auditor."""

    about = "les voies d’achat choisies pour les projets de son administration"
    queryset = RouteChoice.objects.for_pages().order_by("-chosen_at", "-pk")
    serializer_class = RouteChoiceSerializer
    filterset_class = RouteChoiceFilterSet
    abilities = staticmethod(route_choice_abilities)
    collection_abilities = staticmethod(route_choices_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": RouteChoiceInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "confirm": MoveEndpoint(routes.confirm),
        "refuse": MoveEndpoint(routes.refuse, RouteRefusalInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> RouteChoice:
        project = Project.objects.named(data["project"], actor=actor)
        require(choose_ability(actor, project), "create")
        key = route_key(data["route"], data.get("vehicle") or "", data.get("lot"))
        return routes.choose(project, actor=actor, key=key, facts=purchase_facts(data), on=data["date"])


ROUTES: list[tuple[str, Any, str]] = [
    ("purchase-routes", PurchaseRouteViewSet, "purchase-route"),
    ("route-choices", RouteChoiceViewSet, "route-choice"),
]
