"""A list of offers to take away: the address of the list, another ending."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from catalog.filters import OfferFilterSet
from catalog.offer_table import offer_table
from catalog.retained import narrowed, retained_by
from catalog.views.finding import actor_of
from marketplace.documents.answers import FORMATS, table_answer


@require_safe
def offers(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Every page of the result, in its order. What the address says and nobody understands is left out,
    as on the list."""
    if kind not in FORMATS:
        raise Http404
    found = OfferFilterSet(request.GET, lenient=True)
    found.is_valid()
    actor = actor_of(request)
    query = narrowed(found.query(), request.GET, retained_by(actor), actor=actor)
    site = request.build_absolute_uri("/").rstrip("/")
    table = offer_table(query, categories=found.categories.said, site=site, place=found.place)
    return table_answer(table, format=FORMATS[kind], name="offres")
