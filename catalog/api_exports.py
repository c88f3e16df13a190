"""What is taken away from the catalogue: a whole list in a file, a comparison."""

from __future__ import annotations

import uuid

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django_filters.utils import translate_validation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api_usage import RANKED_PARAMETERS
from catalog.categories import category_words
from catalog.comparison import MOST, compare, for_comparison
from catalog.filters import OfferFilterSet
from catalog.models import Offer
from catalog.offer_table import offer_table
from catalog.retained import asked_among_retained
from catalog.serializers_comparison import ComparisonSerializer
from marketplace.documents.answers import FORMATS, Format, table_answer
from marketplace.errors import NotVisible
from marketplace.rest.viewsets import MarketViewSet

FORMAT = OpenApiParameter(
    "format", str, enum=list(FORMATS), description="Format du fichier\u202f; « csv » sinon."
)

TYPES = [each.content_type.partition(";")[0] for each in FORMATS.values()]
FILES = {(200, each): OpenApiTypes.OBJECT if "json" in each else OpenApiTypes.BINARY for each in TYPES}
OFFERS = OpenApiParameter(
    "offer",
    OpenApiTypes.UUID,
    many=True,
    required=True,
    description="Offre à comparer, de une à quatre fois.",
)


class ExportMixin(MarketViewSet):
    """On the offers' viewset."""

    @extend_schema(parameters=[FORMAT, *RANKED_PARAMETERS], responses=FILES)
    @action(detail=False, methods=["get"], pagination_class=None)
    def export(self, request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        """Tout un résultat de recherche dans un fichier : mêmes paramètres que la liste, sans pages."""
        given = QueryDict(request.META.get("QUERY_STRING", ""))
        found = OfferFilterSet(given)
        if not found.is_valid():
            raise translate_validation(found.errors)
        site = request.build_absolute_uri("/").rstrip("/")
        query = asked_among_retained(found.query(), given, actor=self.actor)
        table = offer_table(query, categories=found.categories.said, site=site, place=found.place)
        return table_answer(table, format=asked_format(given), name="offres")

    @extend_schema(parameters=[OFFERS], responses=ComparisonSerializer, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def comparison(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Jusqu’à quatre offres côte à côte : différences, inconnues comptées, source et date des faits."""
        numbers = _numbers(request)
        columns = for_comparison(numbers, actor=self.actor)
        if len(columns) < len(numbers):
            raise NotVisible
        found = compare(columns, categories=category_words())
        return Response(ComparisonSerializer(found, context=self.get_serializer_context()).data)


def _numbers(request: Request) -> list[int]:
    """Public numbers of the offers asked, in order. Raises 400 (none, too many, not an id), 404."""
    uuids = asked_uuids(request)
    known = dict(Offer.objects.filter(uuid__in=uuids).values_list("uuid", "number"))
    if len(known) < len(uuids):
        raise NotVisible
    return [known[one] for one in uuids]


def asked_uuids(request: Request) -> list[uuid.UUID]:
    """Distinct, in order. Raises ValidationError (400): none, too many, not an id."""
    asked = list(dict.fromkeys(request.query_params.getlist("offer")))
    if not asked or len(asked) > MOST:
        raise ValidationError({"offer": [f"Donnez de une à {MOST} offres, une par « offer »."]})
    try:
        return list(dict.fromkeys(uuid.UUID(text) for text in asked))
    except ValueError as error:
        raise ValidationError({"offer": ["Ce n’est pas l’identifiant d’une offre."]}) from error


def asked_format(given: QueryDict) -> Format:
    """Raises ValidationError (400) on a format nobody writes."""
    code = given.get("format", "csv").lower()
    if code not in FORMATS:
        raise ValidationError(
            {"format": [f"Ce format n’est pas proposé. Choisissez parmi {', '.join(FORMATS)}."]}
        )
    return FORMATS[code]
