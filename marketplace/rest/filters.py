from typing import Any

from django.db.models import QuerySet
from django_filters import UUIDFilter, utils
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

NO_IDENTIFIER = "Donnez un identifiant, ou retirez ce paramètre."


class StrictFilterBackend(DjangoFilterBackend):
    """A wrong filter value is a 400 that names the parameter; one error shape with the bodies."""

    raise_exception = True

    def get_filterset_class(self, view: Any, queryset: QuerySet[Any] | None = None) -> Any:
        """A FilterSet may read parameters for another table than the viewset's (the search rows)."""
        return getattr(view, "filterset_class", None)

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        if view.detail:
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        empty = [
            name
            for name, one in filterset.filters.items()
            if isinstance(one, UUIDFilter) and name in request.query_params and not request.query_params[name]
        ]
        if empty:
            raise ValidationError(dict.fromkeys(empty, [NO_IDENTIFIER]))
        if not filterset.is_valid():
            raise utils.translate_validation(filterset.errors)
        narrowed: QuerySet[Any] = filterset.qs
        return narrowed
