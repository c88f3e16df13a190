"""The lists of a project frozen at each step, by API. Endpoints of `projects/`."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.errors import NotVisible
from marketplace.rest.paging import PAGE_PARAMETERS, Paged
from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import MarketViewSet
from procurement.enums import FrozenAt, Standing
from procurement.models import EligibilityList, EligibilityRow

LIST = OpenApiParameter("list", uuid.UUID, required=True, description="L’identifiant d’une liste figée.")


class FrozenListOutput(StrictSerializer):
    id = serializers.UUIDField(source="uuid")
    step = serializers.ChoiceField(choices=FrozenAt.choices)
    frozen_at = serializers.DateTimeField()
    obligations = serializers.ListField(child=serializers.CharField())
    counts = serializers.SerializerMethodField()

    def get_counts(self, made: EligibilityList) -> dict[str, int]:
        counted = dict(made.rows.values_list("standing").order_by().annotate(Count("pk")))
        return {standing.value: counted.get(standing.value, 0) for standing in Standing}


class FrozenRowOutput(StrictSerializer):
    offer = serializers.UUIDField(source="offer.uuid")
    number = serializers.IntegerField(source="offer.number")
    name = serializers.CharField(source="offer.name")
    standing = serializers.ChoiceField(choices=Standing.choices)
    findings = serializers.ListField(child=serializers.DictField(), help_text="Les raisons de ce jour-là.")
    statuses = serializers.DictField(help_text="Les statuts de ce jour-là.")
    shortlisted = serializers.BooleanField()


class FrozenRowsOutput(StrictSerializer):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = FrozenRowOutput(many=True)


class FrozenListsMixin(MarketViewSet):
    @extend_schema(responses=FrozenListOutput(many=True), filters=False)
    @action(detail=True, methods=["get"], url_path="frozen-lists", pagination_class=None)
    def frozen_lists(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Les listes figées à chaque étape, la dernière d’abord, avec leurs comptes."""
        lists = self.get_object().eligibility_lists.all()[:100]
        return Response(FrozenListOutput(lists, many=True).data)

    @extend_schema(parameters=[LIST, *PAGE_PARAMETERS], responses=FrozenRowsOutput, filters=False)
    @action(detail=True, methods=["get"], url_path="frozen-rows", pagination_class=None)
    def frozen_rows(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Les offres d’une liste figée : classement, raisons et statuts de ce jour-là."""
        project, paged = self.get_object(), Paged(request)
        rows = EligibilityRow.objects.filter(eligibility_list=_list_of(project, request)).select_related(
            "offer"
        )
        links = paged.links(count=rows.count())
        shown = rows[paged.first : paged.first + paged.size]
        return Response({**links, "results": FrozenRowOutput(shown, many=True).data})


def _list_of(project: Any, request: Request) -> EligibilityList:
    """Raises ValidationError (400) on « list », NotVisible (404)."""
    asked = request.query_params.get("list", "")
    try:
        wanted = uuid.UUID(asked)
    except ValueError as error:
        message = "Donnez l’identifiant d’une liste figée, tel que frozen-lists/ le donne."
        raise serializers.ValidationError({"list": [message]}) from error
    found: EligibilityList | None = project.eligibility_lists.filter(uuid=wanted).first()
    if found is None:
        raise NotVisible("list_not_found", "Cette liste n’est pas l’une de celles du projet.")
    return found
