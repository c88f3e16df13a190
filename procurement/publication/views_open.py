"""`/donnees/marches/`: the published contracts, read by all, each at an address that stays."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.opendata.licence import LICENCE_NAME, LICENCE_URL, publisher
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from procurement.models import Publication, PublicationFile, PublicationRelease
from procurement.publication.ocds import names_of
from procurement.publication.preview import (
    json_text,
    lines_of,
    lots_of_release,
    modifications_of,
    words_of_releases,
)

PAGE_SIZE = 20
OPEN_DATA = ("Données ouvertes", "/donnees/")


@require_safe
def open_contracts(request: HttpRequest) -> HttpResponse:
    rows = Publication.objects.public().select_related("buyer").order_by("-published_at", "-pk")
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "files": PublicationFile.objects.newest(),
        "licence": {"name": LICENCE_NAME, "url": LICENCE_URL},
        "publisher": publisher(),
        "breadcrumb_data": breadcrumb(OPEN_DATA, current="Marchés publiés"),
    }
    return render(request, "procurement/publications/open_list.html", context)


@require_safe
def open_contract(request: HttpRequest, ocid: str) -> HttpResponse:
    """Of a process: its contract, or that of each lot."""
    rows = Publication.objects.public().select_related("buyer", "vehicle__award__lot")
    found = list(rows.filter(ocid=ocid).order_by("published_at", "pk"))
    if not found:
        raise NotVisible
    releases = list(PublicationRelease.objects.of_process(ocid))
    context = {
        "ocid": ocid,
        "title": releases[-1].ocds["tender"]["title"],
        "contracts": [_contract(one, releases[-1].ocds) for one in found],
        "lots": lots_of_release(releases[-1].ocds),
        "releases": list(
            zip([one.released_at for one in releases], words_of_releases(releases), strict=True)
        ),
        "breadcrumb_data": breadcrumb(
            OPEN_DATA, ("Marchés publiés", "/donnees/marches/"), current=found[0].reference
        ),
    }
    return render(request, "procurement/publications/open_page.html", context)


def _contract(publication: Publication, release: dict[str, Any]) -> dict[str, Any]:
    return {
        "publication": publication,
        "lines": [line for line in lines_of(publication) if line.public],
        "holder_names": names_of(release, lot=_lot(publication)),
        "modifications": modifications_of(publication),
        "object_text": json_text(publication.decp),
    }


def _lot(publication: Publication) -> int:
    """Of the consultation that made it; 1 without any."""
    award = getattr(publication.vehicle, "award", None)
    return award.lot.number if award is not None else 1
