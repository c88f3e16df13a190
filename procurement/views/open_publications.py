"""`/donnees/marches/`: the published contracts, read by all, each at an address that stays."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.opendata.licence import LICENCE_NAME, LICENCE_URL, publisher
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from procurement.models import Publication, PublicationFile
from procurement.publication_preview import json_text, lines_of, modifications_of

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
    rows = Publication.objects.public().select_related("buyer")
    publication = rows.filter(ocid=ocid).first()
    if publication is None:
        raise NotVisible
    releases = list(publication.releases.order_by("rank"))
    context = {
        "publication": publication,
        "lines": [line for line in lines_of(publication) if line.public],
        "holder_names": _names(releases[-1].ocds),
        "modifications": modifications_of(publication),
        "releases": releases,
        "object_text": json_text(publication.decp),
        "breadcrumb_data": breadcrumb(
            OPEN_DATA, ("Marchés publiés", "/donnees/marches/"), current=publication.reference
        ),
    }
    return render(request, "procurement/publications/open_page.html", context)


def _names(release: dict[str, list[dict[str, str]]]) -> list[str]:
    """Of the holders whose name was given: never a person's."""
    return [party["name"] for party in release["parties"] if "supplier" in party["roles"] and "name" in party]
