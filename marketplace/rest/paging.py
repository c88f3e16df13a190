"""Page numbers with a count for what people browse, cursors for feeds that grow at one end."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import InvalidPage, Paginator
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.request import Request

MAX_PAGE_SIZE = 100
_PAST = "Cette page est au-delà de la dernière."


def whole_number(request: Request, name: str, *, default: int, most: int) -> int:
    """A query parameter as a whole number from 1 to `most`. Raises ValidationError (400)."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
        raise ValidationError({name: [f"Donnez un nombre entier de 1 à {most}."]})
    return int(text)


class PageNumber(PageNumberPagination):
    """`count, next, previous, results`. A page past the end is a 404; a malformed one a 400."""

    page_size = 20
    page_size_query_param = "page_size"
    page_size_query_description = "Nombre de résultats par page, de 1 à 100."
    max_page_size = MAX_PAGE_SIZE

    def get_page_size(self, request: Request) -> int:
        return whole_number(request, "page_size", default=20, most=MAX_PAGE_SIZE)

    def get_page_number(self, request: Request, paginator: Any) -> int:
        return whole_number(request, "page", default=1, most=999_999_999)

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any]:
        self.request = request
        paginator = self.django_paginator_class(queryset, self.get_page_size(request))
        try:
            self.page = paginator.page(self.get_page_number(request, paginator))
        except InvalidPage as exc:
            raise NotFound(_PAST, code="past_the_end") from exc
        return list(self.page)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter("page", "Numéro de page, à partir de 1.", most=999_999_999),
            _parameter("page_size", self.page_size_query_description, most=MAX_PAGE_SIZE),
        ]


class Paged:
    """The page asked of a list that is no queryset: what the caller reads, then the links around it."""

    def __init__(self, request: Request) -> None:
        """Raises ValidationError (400)."""
        self.paging = PageNumber()
        self.paging.request = request
        self.size = self.paging.get_page_size(request)
        self.number = self.paging.get_page_number(request, None)
        self.first = (self.number - 1) * self.size

    def links(self, *, count: int) -> dict[str, Any]:
        """`count, next, previous`. Raises NotFound (404) past the end."""
        if self.number > 1 and self.first >= count:
            raise NotFound(_PAST, code="past_the_end")
        self.paging.page = Paginator(range(count), self.size).page(self.number)
        links = {"next": self.paging.get_next_link(), "previous": self.paging.get_previous_link()}
        return {"count": count, **links}


class Feed(CursorPagination):
    """`next, previous, results`, newest first, stable while rows arrive."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    ordering = "-id"

    def get_page_size(self, request: Request) -> int:
        return whole_number(request, "page_size", default=50, most=MAX_PAGE_SIZE)

    def decode_cursor(self, request: Request) -> Any:
        try:
            return super().decode_cursor(request)
        except NotFound as exc:
            raise ValidationError({"cursor": ["Ce curseur n’est pas l’un des nôtres."]}) from exc

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor = {
            "name": "cursor",
            "required": False,
            "in": "query",
            "description": "Curseur donné par `next` ou `previous`.",
            "schema": {"type": "string"},
        }
        size = _parameter("page_size", "Nombre de résultats par page, de 1 à 100.", most=MAX_PAGE_SIZE)
        return [cursor, size]


def _parameter(name: str, description: str, *, most: int) -> dict[str, Any]:
    return {
        "name": name,
        "required": False,
        "in": "query",
        "description": description,
        "schema": {"type": "integer", "minimum": 1, "maximum": most},
    }


# Of a list that is no queryset (`Paged`).
PAGE_PARAMETERS = [
    OpenApiParameter("page", OpenApiTypes.INT, description="Numéro de page, à partir de 1."),
    OpenApiParameter("page_size", OpenApiTypes.INT, description=PageNumber.page_size_query_description),
]
