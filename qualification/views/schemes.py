"""The schemes as everybody reads them: list, requirements, what another edition changes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from qualification.schemes import Scheme, edition_named, editions
from qualification.schemes.difference import difference

HOME = ("Référentiels", "/referentiels/")


@require_safe
def scheme_list(request: HttpRequest) -> HttpResponse:
    context = {"schemes": editions(), "breadcrumb_data": breadcrumb(current="Référentiels")}
    return render(request, "qualification/schemes.html", context)


@require_safe
def scheme(request: HttpRequest, key: str) -> HttpResponse:
    found = named(key)
    context = {
        "scheme": found,
        "chapters": found.chapters(),
        "others": [one for one in editions() if one.code == found.code and one != found],
        "breadcrumb_data": breadcrumb(HOME, current=found.title),
    }
    return render(request, "qualification/scheme.html", context)


@require_safe
def scheme_difference(request: HttpRequest, key: str, other: str) -> HttpResponse:
    """From the edition `key` to the edition `other` of the same scheme."""
    before, after = named(key), named(other)
    if before.code != after.code:
        raise NotVisible
    context = {
        "change": difference(before, after),
        "breadcrumb_data": breadcrumb(HOME, (before.title, f"/referentiels/{key}/"), current="Ce qui change"),
    }
    return render(request, "qualification/scheme_difference.html", context)


def named(key: str) -> Scheme:
    """Raises NotVisible (404)."""
    try:
        return edition_named(key)
    except KeyError:
        raise NotVisible from None
