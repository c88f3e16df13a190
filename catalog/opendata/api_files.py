"""/api/v1/open-data/: whole datasets as files, streamed."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models.change import Position, Standing, standing
from catalog.opendata.conditional import dated, etag_of, not_modified
from catalog.opendata.datasets import DATASETS, MEDIA_TYPES, DataSet
from catalog.opendata.licence import ATTRIBUTION, LICENCE_NAME, LICENCE_URL, absolute, publisher
from catalog.opendata.paging import cursor_of
from catalog.opendata.writers import head, text_of
from marketplace.errors import NotVisible

NAMES = [f"{one.name}.{fmt}" for one in DATASETS.values() for fmt in one.formats]


class TheAddressSays(BaseContentNegotiation):
    """The ending of the address chooses the format; a refusal is JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


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
        parameters=[OpenApiParameter("name", str, OpenApiParameter.PATH, enum=NAMES)],
        responses={(200, media_type): OpenApiTypes.STR for media_type in MEDIA_TYPES.values()},
        operation_id="open_data_file",
        summary="Un jeu de données entier",
        description=(
            "Envoyé à mesure qu’il est lu, sans pagination. `If-None-Match` évite de le reprendre inchangé. "
            "Il dit sa licence, et en JSON l’adresse où suivre les changements survenus depuis."
        ),
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        asked, _, fmt = name.rpartition(".")
        dataset = DATASETS.get(asked)
        if dataset is None or fmt not in dataset.formats:
            raise NotVisible()
        now = standing()  # before the rows: what they lack comes after it in the feed
        etag = etag_of(now, what=name)
        return not_modified(request, etag) or dated(
            _file(request, dataset, fmt, now), etag=etag, standing=now
        )


def _file(request: Request, dataset: DataSet, fmt: str, now: Standing) -> HttpResponseBase:
    first = head(dataset, day=timezone.localdate().isoformat(), changes=changes_url(now.position))
    text = iter(()) if request.method == "HEAD" else text_of(dataset, fmt, first=first)
    answer = StreamingHttpResponse(text, content_type=f"{MEDIA_TYPES[fmt]}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{dataset.name}.{fmt}"'
    answer["Link"] = f'<{LICENCE_URL}>; rel="license", <{first["changes"]}>; rel="monitor"'
    return answer


PATHS = [
    path("open-data/", OpenDataView.as_view(), name="open-data"),
    path("open-data/<str:name>", OpenDataFileView.as_view(), name="open-data-file"),
]
