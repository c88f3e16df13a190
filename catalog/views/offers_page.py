"""The page of offers, put together: what decides its shell, and what fills it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from catalog.search.query import ORDERINGS, OfferPage, OfferQuery
from catalog.views.search_groups import groups_html
from catalog.views.usage_order import UsageOrder
from marketplace.documents.answers import FORMATS
from marketplace.ui import panels
from marketplace.ui.pagination import page_links
from marketplace.ui.remembered import remembered
from marketplace.ui.typography import plural

PRINTED = ("kept_html", "form_html", "sort_html", "filters_url", "without_page")
ORDERED_BY = tuple(ORDERINGS.items())


def decides(page: OfferPage, query: OfferQuery, common: Mapping[str, Any]) -> dict[str, Hashable]:
    """What a condition or a loop of the template reads: few values, none typed by the reader."""
    return {
        "breadcrumb_data": common["breadcrumb_data"],
        "used_count": common["used_count"],
        "has_active": bool(common["active"]),
        "has_query": bool(common["without_page"]),
        "is_empty": page.total == 0,
        "is_one": page.total == 1,
        "ordering": query.ordering,
        "orderings": ORDERED_BY,
        "exports": exports(),
    }


def fills(
    request: HttpRequest, page: OfferPage, query: OfferQuery, common: Mapping[str, Any]
) -> dict[str, object]:
    """What the template prints as it is: words, and markup of other templates (as bytes, in UTF-8)."""
    context = {**common, "query": query, "page": page}
    return {
        "q": query.q,
        "results": plural(page.total, one="résultat", many="résultats"),
        "offers_found": plural(page.total, one="offre", many="offres"),
        "lines": plural(page.total, one="ligne", many="lignes"),
        **{name: common[name] for name in PRINTED},
        "active_html": _joined(
            remembered("catalog/_active_filter.html", {}, {"url": one.url, "label": one.label})
            for one in common["active"]
        ),
        "facets_html": groups_html(common["groups"]),
        "ranges_html": _told("catalog/_ranges.html", context, if_any=common["used_ranges"]),
        "ignored_html": _told("catalog/_ignored.html", context, if_any=common["ignored"]),
        "readings_html": _told("catalog/_readings.html", context, if_any=page.readings),
        "panels_html": panels.render("offers.cards", request=request, subject=page),
        "pagination_html": page_links(page.page, pages=page.pages, query=common["asked"]),
    }


def cards_html(cards: Iterable[bytes]) -> bytes:
    """`cards`: markup, in UTF-8."""
    return b"".join([part for card in cards for part in (b"<li>", card, b"</li>")])


def usage_html(request: HttpRequest, order: UsageOrder | None, context: Mapping[str, Any]) -> SafeString:
    """The form of the usage by which the list is ordered; nothing in another order."""
    if order is None:
        return SafeString("")
    return render_to_string("catalog/_usage_order.html", {**context, "usage_order": order}, request=request)


def _told(template: str, context: Mapping[str, Any], *, if_any: object) -> SafeString:
    return render_to_string(template, dict(context)) if if_any else SafeString("")


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 -- the output of templates


@cache
def exports() -> tuple[tuple[str, str], ...]:
    """(address, label) of each format."""
    return tuple((reverse("catalog:offers_export", args=[one.code]), one.label) for one in FORMATS.values())
