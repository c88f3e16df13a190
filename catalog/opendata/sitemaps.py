"""Addresses that the public reads, with the date of their last true change; and what robots may read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from catalog.models import Collection, Offer, Supplier
from catalog.models.change import standing
from catalog.opendata.licence import absolute
from marketplace.ui import navigation

# Addresses with as many answers as there are choices: nothing that the sheets do not say.
NOT_FOR_ROBOTS = ("/api/", "/bureau/", "/compte/", "/offres/comparer/", "/offres/filtres/", "/*?")


class _Dated(Sitemap):
    limit = 5_000

    def lastmod(self, row: Any) -> dt.datetime | None:
        found: dt.datetime | None = row.changed_at
        return found

    def get_latest_lastmod(self) -> dt.datetime | None:
        """Without reading every row."""
        return standing().latest_at


class OfferMap(_Dated):
    def items(self) -> QuerySet[Offer]:
        rows = Offer.objects.public().only("number", "slug")
        return rows.annotate(changed_at=Max("changes__at")).order_by("pk")


class SupplierMap(_Dated):
    def items(self) -> QuerySet[Supplier]:
        rows = Supplier.objects.with_public_offers().only("number", "slug")
        return rows.annotate(changed_at=Max("offers__changes__at")).order_by("pk")


class CollectionMap(Sitemap):
    def items(self) -> QuerySet[Collection]:
        return Collection.objects.on_show(timezone.localdate()).order_by("pk")


class PageMap(Sitemap):
    """Pages of words: when they changed is not known, so it is not said."""

    def items(self) -> list[str]:
        found = (*navigation.VISITOR, *navigation.FOOTER)
        paths = [entry.path for entry in found if not entry.path.startswith("/api/")]
        return ["/", *(path for path in dict.fromkeys(paths) if navigation.exists(path))]

    def location(self, path: str) -> str:
        return path


SITEMAPS = {"pages": PageMap, "offres": OfferMap, "fournisseurs": SupplierMap, "selections": CollectionMap}


def robots(request: HttpRequest) -> HttpResponse:
    """A demonstration is fictitious: no engine may take it for the catalogue."""
    closed = ("/",) if settings.DEMONSTRATION else NOT_FOR_ROBOTS
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    if not settings.DEMONSTRATION:
        lines += ["", f"Sitemap: {absolute(reverse('catalog:sitemap'))}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
