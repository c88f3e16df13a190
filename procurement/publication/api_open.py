"""/api/v1/publication/: what is published of the contracts, for everybody: DECP, OCDS, files of the night."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.opendata.api_files import TheAddressSays
from catalog.opendata.licence import LICENCE_URL, absolute, publisher
from marketplace.errors import NotVisible
from marketplace.rest.paging import Feed
from procurement.models import Publication, PublicationFile, PublicationRelease
from procurement.publication.files import path_of
from procurement.publication.ocds import Package, record
from procurement.publication.streams import decp_document, decp_objects, dumps

SIRET = re.compile(r"[0-9]{14}")
SUMS = "SHA256SUMS"


class ByNumber(Feed):
    """In the order of the rows: nothing published while one reads moves a row from one page to another."""

    ordering = "pk"


PAGES = [
    OpenApiParameter("cursor", str, description="Donné par la page précédente."),
    OpenApiParameter("page_size", int, description="Nombre de résultats par page, de 1 à 100."),
]


class DecpView(APIView):
    public = True
    content_negotiation_class = TheAddressSays

    @extend_schema(
        parameters=[OpenApiParameter("buyer", str, description="SIRET de l’acheteur, 14 chiffres."), *PAGES],
        responses={(200, "application/json"): OpenApiTypes.OBJECT},
        operation_id="publication_decp",
        summary="Données essentielles des marchés (DECP 2.0.3)",
        description=(
            "Un document valide pour le schéma officiel : tout, envoyé à mesure qu’il est lu, ou une page si "
            '`page_size` ou `cursor` est donné ; l’en-tête `Link` (`rel="next"`) mène à la suivante.'
        ),
    )
    def get(self, request: Request) -> HttpResponseBase:
        rows = Publication.objects.public()
        if (buyer := request.query_params.get("buyer")) is not None:
            if not SIRET.fullmatch(buyer):
                raise ValidationError({"buyer": ["Donnez un SIRET : 14 chiffres, sans espace."]})
            rows = rows.filter(buyer_siret=buyer)
        if {"cursor", "page_size"} & set(request.query_params):
            return _decp_page(self, request, rows)
        etag = _etag("decp", buyer or "")
        if (same := _unchanged(request, etag)) is not None:
            return same
        texts = decp_document(decp_objects(rows)) if request.method == "GET" else ()
        return _dressed(StreamingHttpResponse(texts, content_type="application/json; charset=utf-8"), etag)


def _decp_page(view: APIView, request: Request, rows: Any) -> HttpResponse:
    pages = ByNumber()
    page = pages.paginate_queryset(rows, request, view=view) or []
    document = "".join(decp_document(dumps(row.decp) for row in page))
    answer = HttpResponse(document, content_type="application/json; charset=utf-8")
    links = [f'<{LICENCE_URL}>; rel="license"']
    if (following := pages.get_next_link()) is not None:
        links.append(f'<{following}>; rel="next"')
    answer["Link"] = ", ".join(links)
    return answer


def _etag(what: str, of: str = "") -> str:
    """Weak, of all that was ever released: rows are only added, and none leaves out of order."""
    last = PublicationRelease.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return f'W/"{hashlib.sha256(f"{what}:{of}:{last}".encode()).hexdigest()[:32]}"'


def _unchanged(request: Request, etag: str) -> HttpResponseNotModified | None:
    answer = get_conditional_response(request, etag=etag)
    if not isinstance(answer, HttpResponseNotModified):
        return None
    answer["ETag"] = etag
    return answer


def _dressed(answer: StreamingHttpResponse, etag: str) -> StreamingHttpResponse:
    answer["ETag"] = etag
    answer["Cache-Control"] = "public, no-cache"
    answer["Link"] = f'<{LICENCE_URL}>; rel="license"'
    return answer


class ReleasesView(APIView):
    public = True

    @extend_schema(
        parameters=PAGES,
        responses={200: OpenApiTypes.OBJECT},
        operation_id="publication_ocds_releases",
        summary="Publications OCDS 1.1.5, de la plus ancienne à la plus récente",
        description=(
            "Un paquet de publications par page ; `links.next` mène à la suivante. Une correction est une "
            "publication de plus : rien n’est remplacé."
        ),
    )
    def get(self, request: Request) -> Response:
        pages = ByNumber()
        page = pages.paginate_queryset(PublicationRelease.objects.all(), request, view=self) or []
        head = package(request.build_absolute_uri(), _dated(page), following=pages.get_next_link() or "")
        return Response({**head, "releases": [row.ocds for row in page]})


class RecordView(APIView):
    public = True

    @extend_schema(
        responses={200: OpenApiTypes.OBJECT},
        operation_id="publication_ocds_record",
        summary="Le dossier OCDS d’un processus d’achat",
        description="Toutes ses publications et leur état réuni (`compiledRelease`).",
    )
    def get(self, request: Request, ocid: str) -> Response:
        rows = list(PublicationRelease.objects.of_process(ocid))
        if not rows:
            raise NotVisible()
        here = absolute(reverse("api:publication-ocds-record", args=[ocid]))
        return Response({**package(here, _dated(rows)), "records": [record([row.ocds for row in rows])]})


def _dated(rows: list[PublicationRelease]) -> str:
    """When the newest of them left; now without any."""
    return str(rows[-1].ocds["date"]) if rows else timezone.now().isoformat(timespec="seconds")


def package(uri: str, published_at: str, *, following: str = "") -> dict[str, Any]:
    return Package(
        uri=uri,
        publisher=publisher(),
        publisher_uri=settings.SITE_URL,
        license=LICENCE_URL,
        published_at=published_at,
        next_uri=following,
    ).head()


class PublicationFileOutput(serializers.ModelSerializer[PublicationFile]):
    title = serializers.CharField(source="get_kind_display")
    url = serializers.SerializerMethodField()

    class Meta:
        model = PublicationFile
        fields = ("name", "kind", "title", "day", "rows", "size", "sha256", "made_at", "url")

    def get_url(self, file: PublicationFile) -> str:
        return absolute(reverse("api:publication-file", args=[file.name]))


class FilesView(APIView):
    public = True

    @extend_schema(
        responses={200: PublicationFileOutput(many=True)},
        operation_id="publication_files",
        summary="Fichiers de la nuit et leurs empreintes",
        description="Un mois de fichiers, les plus récents d’abord. Chacun est entier.",
    )
    def get(self, request: Request) -> Response:
        rows = PublicationFile.objects.order_by("-day", "kind")
        return Response(PublicationFileOutput(rows, many=True).data)


class FileView(APIView):
    public = True
    content_negotiation_class = TheAddressSays

    @extend_schema(
        responses={
            (200, "application/gzip"): OpenApiTypes.BINARY,
            (200, "text/plain"): OpenApiTypes.STR,
        },
        operation_id="publication_file",
        summary="Un fichier de la nuit",
        description=f"`{SUMS}` donne toutes les empreintes, à vérifier par `sha256sum -c`.",
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        if name == SUMS:
            rows = PublicationFile.objects.order_by("-day", "kind")
            text = "".join(f"{row.sha256}  {row.name}\n" for row in rows)
            return HttpResponse(text, content_type="text/plain; charset=utf-8")
        row = PublicationFile.objects.filter(name=name).first()
        if row is None or not path_of(row).is_file():
            raise NotVisible()
        # Not declared as an encoding: the checksum is that of the file as it is kept.
        answer = FileResponse(path_of(row).open("rb"), content_type="application/gzip", filename=row.name)
        answer["ETag"] = f'"{row.sha256}"'
        answer["Link"] = f'<{LICENCE_URL}>; rel="license"'
        return answer


PATHS = [
    # Public to the last byte: nothing in it could be guessed from its length.
    path("publication/decp/", gzip_page(DecpView.as_view()), name="publication-decp"),
    path("publication/ocds/releases/", ReleasesView.as_view(), name="publication-ocds-releases"),
    path("publication/ocds/records/<slug:ocid>/", RecordView.as_view(), name="publication-ocds-record"),
    path("publication/files/", FilesView.as_view(), name="publication-files"),
    path("publication/files/<str:name>", FileView.as_view(), name="publication-file"),
]
