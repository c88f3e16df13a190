"""« Données ouvertes »: what can be taken, in which format, under which licence, how to follow it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from catalog.enums import ChangeKind, OfferState
from catalog.models import Change, Offer
from catalog.models.change import standing
from catalog.opendata.datasets import DATASETS, DataSet
from catalog.opendata.licence import ATTRIBUTION, LICENCE_NAME, LICENCE_URL, publisher
from marketplace.ui.breadcrumb import breadcrumb

WORDS = {"json": "JSON", "ndjson": "NDJSON, une offre ou un fait par ligne", "csv": "CSV, pour un tableur"}


def open_data(request: HttpRequest) -> HttpResponse:
    context = {
        "datasets": [(one, _files(one)) for one in DATASETS.values()],
        "licence": {"name": LICENCE_NAME, "url": LICENCE_URL, "attribution": ATTRIBUTION},
        "publisher": publisher(),
        "offers": Offer.objects.public().count(),
        "facts": _told().count(),
        "latest_at": standing().latest_at,
        "kinds": ChangeKind.choices,
        "changes_url": reverse("api:change-list"),
        "turtle_url": reverse("api:open-data-file", args=["dcat.ttl"]),
        "json_ld_url": reverse("api:open-data-file", args=["dcat.jsonld"]),
        "breadcrumb_data": breadcrumb(current="Données ouvertes"),
    }
    return render(request, "catalog/open_data.html", context)


def _told() -> QuerySet[Change]:
    """As in the history: a removed offer's facts are said no more."""
    return Change.objects.filter(kind=ChangeKind.TRUST_FACT).exclude(offer__state=OfferState.REMOVED)


def _files(one: DataSet) -> list[tuple[str, str]]:
    return [(WORDS[fmt], reverse("api:open-data-file", args=[f"{one.name}.{fmt}"])) for fmt in one.formats]
