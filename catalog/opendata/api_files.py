"""/api/v1/open-data/: whole datasets as files, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models.change import Position, Standing, standing
from catalog.opendata.conditional import dated, etag_of, not_modified
from catalog.opendata.datasets import DATASETS, MEDIA_TYPES, DataSet
from catalog.opendata.dcat import nodes
from catalog.opendata.licence import ATTRIBUTION, LICENCE_NAME, LICENCE_URL, absolute, publisher
from catalog.opendata.paging import cursor_of
from catalog.opendata.rdf import as_json_ld, as_turtle
from catalog.opendata.writers import head, text_of
from marketplace.errors import NotVisible

GRAPHS = {"dcat.jsonld": ("application/ld+json", as_json_ld), "dcat.ttl": ("text/turtle", as_turtle)}
EVERY_TYPE = [*MEDIA_TYPES.values(), *(media_type for media_type, _ in GRAPHS.values())]


class TheAddressSays(BaseContentNegotiation):
    """The ending of the address chooses the format; a refusal is JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def files() -> dict[str, tuple[DataSet, str]]:
    """By name. Upper apps have registered theirs before the first address is read."""
    return {f"{one.name}.{fmt}": (one, fmt) for one in DATASETS.values() for fmt in one.formats}


def file_url(dataset: DataSet, fmt: str) -> str:
    return absolute(reverse("api:open-data-file", args=[f"{dataset.name}.{fmt}"]))


def changes_url(position: Position) -> str:
    return absolute(f"{reverse('api:change-list')}?cursor={cursor_of(position)}")


class OpenDataView(APIView):
    public = True

    @extend_schema(
        responses={200: OpenApiTypes.OBJECT},
        operation_id="open_data_list",
        summary="Jeux de données ouverts",
        description="Chaque jeu de données, ses fichiers, sa licence.",
    )
    def get(self, request: Request) -> Response:
        return Response(
            {
                "publisher": publisher(),
                "licence": {"name": LICENCE_NAME, "url": LICENCE_URL, "attribution": ATTRIBUTION},
                "changes": absolute(reverse("api:change-list")),
                "dcat": {name: absolute(reverse("api:open-data-file", args=[name])) for name in GRAPHS},
                "datasets": [_described(one) for one in DATASETS.values()],
            }
        )


def _described(one: DataSet) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "description": one.description,
        "files": [
            {"format": fmt, "media_type": MEDIA_TYPES[fmt], "url": file_url(one, fmt)} for fmt in one.formats
        ],
    }


class OpenDataFileView(APIView):
    public = True
    content_negotiation_class = TheAddressSays

    @extend_schema(
        parameters=[OpenApiParameter("name", str, OpenApiParameter.PATH, enum=[*files(), *GRAPHS])],
        responses={
            (200, media_type): OpenApiTypes.ANY if "json" in media_type else OpenApiTypes.STR
            for media_type in EVERY_TYPE
        },
        operation_id="open_data_file",
        summary="Un jeu de données entier",
        description=(
            "Envoyé à mesure qu’il est lu, sans pagination. `If-None-Match` évite de le reprendre inchangé. "
            "Il dit sa licence, et en JSON l’adresse où suivre les changements survenus depuis."
        ),
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        if name not in files() and name not in GRAPHS:
            raise NotVisible()
        now = standing()  # before the rows: what they lack comes after it in the feed
        etag = etag_of(now, what=name)
        if (same := not_modified(request, etag)) is not None:
            return same
        follow = changes_url(now.position)
        media_type, chunks = _dataset(name, follow=follow) if name in files() else _graph(name, now)
        answer = StreamingHttpResponse(
            chunks if request.method == "GET" else (), content_type=f"{media_type}; charset=utf-8"
        )
        answer["Content-Disposition"] = f'inline; filename="{name}"'
        answer["Link"] = f'<{LICENCE_URL}>; rel="license", <{follow}>; rel="monitor"'
        return dated(answer, etag=etag, standing=now)


def _dataset(name: str, *, follow: str) -> tuple[str, Iterator[str]]:
    dataset, fmt = files()[name]
    first = head(dataset, day=timezone.localdate().isoformat(), changes=follow)
    return MEDIA_TYPES[fmt], text_of(dataset, fmt, first=first)


def _graph(name: str, now: Standing) -> tuple[str, Iterator[str]]:
    media_type, write = GRAPHS[name]
    return media_type, write(nodes(now))


PATHS = [
    path("open-data/", OpenDataView.as_view(), name="open-data"),
    # Public to the last byte: nothing in them could be guessed from their length.
    path("open-data/<str:name>", gzip_page(OpenDataFileView.as_view()), name="open-data-file"),
]
