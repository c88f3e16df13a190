"""/api/v1/changes/: what happened to the public catalogue, in an order that misses nothing."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.enums import ChangeKind
from catalog.models import Change
from catalog.opendata.paging import ChangePages
from catalog.opendata.serializers import CatalogChangeSerializer
from marketplace.rest.viewsets import MarketViewSet


class ChangeFilterSet(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=ChangeKind.choices)
    offer = django_filters.UUIDFilter(field_name="offer__uuid")

    class Meta:
        model = Change
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Changements du catalogue public"))
class ChangeViewSet(MarketViewSet):
    """Oldest first, up to the horizon: who follows `resume` misses no commit and reads none twice."""

    about = (
        "les changements du catalogue public, du plus ancien au plus récent\u202f; "
        "suivez `next`, puis revenez à `resume`"
    )
    queryset = Change.objects.select_related("offer", "fact__mark", "fact__supersedes")
    serializer_class = CatalogChangeSerializer
    filterset_class = ChangeFilterSet
    pagination_class = ChangePages
    public = True

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        serializer: Any = self.get_serializer(page, many=True)
        _ = serializer.child.fields
        return self.get_paginated_response(serializer.data)


ROUTES = [("changes", ChangeViewSet, "change")]
