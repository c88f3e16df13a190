"""What is taken away from the catalogue: a whole list in a file."""

from __future__ import annotations

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django_filters.utils import translate_validation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from catalog.filters import OfferFilterSet
from catalog.offer_table import offer_table
from marketplace.documents.answers import FORMATS, Format, table_answer
from marketplace.rest.viewsets import MarketViewSet

FORMAT = OpenApiParameter(
    "format", str, enum=list(FORMATS), description="Format du fichier\u202f; « csv » sinon."
)


class ExportMixin(MarketViewSet):
    """On the offers' viewset."""

    @extend_schema(parameters=[FORMAT], responses={200: OpenApiTypes.BINARY})
    @action(detail=False, methods=["get"], pagination_class=None)
    def export(self, request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        """Tout un résultat de recherche dans un fichier : mêmes paramètres que la liste, sans pages."""
        given = QueryDict(request.META.get("QUERY_STRING", ""))
        found = OfferFilterSet(given)
        if not found.is_valid():
            raise translate_validation(found.errors)
        site = request.build_absolute_uri("/").rstrip("/")
        table = offer_table(found.query(), categories=found.categories, site=site)
        return table_answer(table, format=_format(given), name="offres")


def _format(given: QueryDict) -> Format:
    """Raises ValidationError (400) on a format nobody writes."""
    code = given.get("format", "csv").lower()
    if code not in FORMATS:
        raise ValidationError(
            {"format": [f"Ce format n’est pas proposé. Choisissez parmi {', '.join(FORMATS)}."]}
        )
    return FORMATS[code]
