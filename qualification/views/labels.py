"""The Gaia-X levels of an offer, as everybody who sees the offer reads them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.models import Offer
from catalog.views.finding import on_offer
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from qualification.coverage.shown import Chapter
from qualification.gaiax.labels import LevelResult, alone, not_nested
from qualification.labels import offer_labels


@require_safe
@on_offer
def labels(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    context = {
        "offer": offer,
        "labels": offer_labels(offer, actor=actor_of(request)),
        "secnumcloud": alone("secnumcloud", "L3"),
        "dropped": not_nested(),
        "breadcrumb_data": breadcrumb(*_above(offer), current="Niveaux Gaia-X"),
    }
    return render(request, "qualification/gaiax/labels.html", context)


@require_safe
@on_offer
def level(request: HttpRequest, *, offer: Offer, level: str) -> HttpResponse:
    found = offer_labels(offer, actor=actor_of(request))
    result = next((each for each in found.levels if each.level == level), None)
    if result is None:
        raise NotVisible
    above = reverse("qualification:labels", args=[offer.number, offer.slug])
    context = {
        "offer": offer,
        "labels": found,
        "result": result,
        "chapters": _chapters(result),
        "breadcrumb_data": breadcrumb(*_above(offer), ("Niveaux Gaia-X", above), current=f"Niveau {level}"),
    }
    return render(request, "qualification/gaiax/level.html", context)


def _above(offer: Offer) -> list[tuple[str, str]]:
    return [("Offres", "/offres/"), (offer.name, offer.get_absolute_url())]


def _chapters(result: LevelResult) -> list[Chapter]:
    """The criteria under their headings, in the scheme's order."""
    rows = {each.requirement.code: each for each in result.criteria}
    return [
        Chapter(section, tuple(rows[each.code] for each in asked))
        for section, asked in result.scheme.chapters()
    ]
