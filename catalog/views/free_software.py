"""The map of free software: which offers run it, under which licence, with its number in the SILL."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog.models import Offer
from catalog.questions.engine import questions
from catalog.questions.rows import say
from marketplace.ui.breadcrumb import breadcrumb


@dataclass(frozen=True, slots=True)
class FreeOffer:
    """`licence`, `sill` empty: not answered."""

    offer: Offer
    licence: str
    sill: str
    repository: str


def free_software(request: HttpRequest) -> HttpResponse:
    """By category, then by name. One query whatever the number of offers."""
    rows = (
        Offer.objects.public()
        .filter(open_source=True)
        .select_related("supplier", "category", "live_version")
        .order_by("category__position", "name", "pk")
    )
    found = [_free(offer) for offer in rows]
    groups = [
        (category.label if category else "Sans catégorie", list(offers))
        for category, offers in groupby(found, key=lambda each: each.offer.category)
    ]
    context = {
        "groups": groups,
        "total": len(found),
        "known": sum(bool(each.sill) for each in found),
        "breadcrumb_data": breadcrumb(("Offres", "/offres/"), current="Logiciels libres"),
    }
    return render(request, "catalog/free_software.html", context)


def _free(offer: Offer) -> FreeOffer:
    answers = offer.live_version.answers if offer.live_version else {}
    licence, sill, repository = (
        say(questions()[name], answers.get(name), categories={})
        for name in ("licence", "sill_id", "repository_url")
    )
    return FreeOffer(offer, licence, sill, repository)
