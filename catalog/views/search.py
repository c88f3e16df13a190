"""S2: the catalogue. The query string is the API's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from catalog import card_markup
from catalog.categories import CategoryTree, category_tree, last_tree
from catalog.filters import OfferFilterSet
from catalog.hooks import card_lines
from catalog.needs.abilities import needs_abilities
from catalog.retained import PARAMETER as RETAINED
from catalog.retained import narrowed, retained_by
from catalog.search.engine import is_in_memory, is_past_the_end, search, spelling, total, totals
from catalog.search.facets import FACET_LABELS, PRICE_MAX
from catalog.search.query import OfferPage, OfferQuery
from catalog.views import offers_page
from catalog.views.finding import actor_of
from catalog.views.search_groups import (
    chosen_values,
    facet_groups,
    in_sections,
    kept_fields,
    main_facets,
    range_groups,
    range_words,
)
from catalog.views.usage_order import card_note, usage_order, usage_told
from marketplace.accounts.abilities import allowed
from marketplace.ui.addresses import Asked
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.visitor_page import visitor_page

HIGHEST_PAGE = 1_000_000
# Parameters of the page alone: they change what its cards say to this reader, never the list.
PAGE_PARAMETERS = ("projet",)
BREADCRUMB = breadcrumb(current="Offres")


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    label: str
    url: str


def offers(request: HttpRequest) -> HttpResponse:
    retained = retained_by(actor_of(request))
    found, query, page = _found(request, retained)
    shared = common(request, found, query, page)
    if is_past_the_end(page):
        last = _url(shared["asked"].text(page=page.pages))
        return render(request, "catalog/past_the_end.html", {**shared, "last": last}, status=404)
    order, box = usage_order(request, found, query), _retained(query, retained)
    decided = offers_page.decides(page, query, shared)
    decided["page_has_errors"] = bool(order and order.form.errors)
    filled = {
        **offers_page.fills(request, page, query, shared),
        "cards_html": offers_page.cards_html(_cards(request, found, query, page, retained=retained)),
        "usage_html": offers_page.usage_html(request, order, shared),
        "retained_html": render_to_string("catalog/_retained_filter.html", box) if box else "",
        "empty_html": "" if page.total else _empty_html(request, query, page, found.categories),
    }
    return visitor_page(request, "catalog/offers.html", decided, filled)


Asking = tuple[OfferFilterSet, OfferQuery, OfferPage]


def _found(request: HttpRequest, retained: Mapping[int, str]) -> Asking:
    """With the last tree of categories read here, when the statement of the answer says that it stands."""
    if is_in_memory():
        asked = _asked(request, retained, last_tree())
        if asked[-1].categories_stand:
            return asked
    return _asked(request, retained, category_tree())


def _asked(request: HttpRequest, retained: Mapping[int, str], categories: CategoryTree) -> Asking:
    found = OfferFilterSet(request.GET, lenient=True, categories=categories)
    found.is_valid()
    query = found.query(with_facets=True, page=page_number(request.GET))
    query = narrowed(query, request.GET, retained, actor=actor_of(request))
    # Nothing is said to a visitor on a card but what its markup holds, and the price of a usage.
    markup_only = actor_of(request).is_anonymous and query.priced_usage is None
    query = replace(query, counted=main_facets(query), markup_only=markup_only)
    return found, query, search(query, categories=categories)


def _empty_html(
    request: HttpRequest, query: OfferQuery, page: OfferPage, categories: CategoryTree
) -> SafeString:
    asked = Asked(request.GET)
    told = _help(query, page, asked, categories) | {"query": query, "need_url": _need_url(request, asked)}
    return render_to_string("catalog/_no_result.html", told)


def _cards(
    request: HttpRequest,
    found: OfferFilterSet,
    query: OfferQuery,
    page: OfferPage,
    *,
    retained: Mapping[int, str],
) -> list[bytes]:
    """Markup, in UTF-8."""
    here = request.get_full_path()
    if query.markup_only and (kept := card_markup.kept(page.cards, return_path=here)) is not None:
        return kept
    lines = {} if query.markup_only else card_lines(request, page.cards)
    cards = [
        card_markup.shown(
            data,
            on=query.today,
            return_path=here,
            line=lines.get(data["number"]) if lines else None,
            retained=retained.get(key, ""),
        )
        for key, data in zip(page.ids, page.cards, strict=True)
    ]
    if usage := query.priced_usage:
        notes = (card_note(data, usage=usage, found=found, query=query) for data in page.cards)
        cards = [card_markup.noted(card, note) for card, note in zip(cards, notes, strict=True)]
    return [card.encode() for card in cards]


def filters(request: HttpRequest) -> HttpResponse:
    """The same form, for narrow screens and for whoever prefers a page."""
    found = OfferFilterSet(request.GET, lenient=True)
    found.is_valid()
    retained = retained_by(actor_of(request))
    query = narrowed(found.query(with_facets=True), request.GET, retained, actor=actor_of(request))
    page = search(query, categories=found.categories)
    context = common(request, found, query, page) | _retained(query, retained)
    context["sections"] = in_sections(context["groups"], query)
    return render(request, "catalog/filters.html", context)


def _retained(query: OfferQuery, retained: Mapping[int, str]) -> dict[str, Any]:
    """The box of the filter, for the members of an administration that retained offers. One total more."""
    if not retained and query.only is None:
        return {}
    every = replace(query, only=frozenset(retained), with_facets=False, page=1, page_size=1)
    return {"retained_count": total(every), "is_retained": query.only is not None}


def common(request: HttpRequest, found: OfferFilterSet, query: OfferQuery, page: OfferPage) -> dict[str, Any]:
    asked = Asked(request.GET)
    without_page = asked.text(without=("page",))
    filters, of_page = _hidden(kept_fields(query)), _hidden(_of_the_page(request.GET))
    told = _hidden(usage_told(request.GET))
    typed = _hidden([("q", query.q)]) if query.q else ""
    ordered = _hidden([("ordering", query.ordering)]) if query.ordering else ""
    return {
        "query": query,
        "page": page,
        "asked": asked,
        "groups": list(facet_groups(query, page)),
        "used_ranges": [one for one in range_groups(query, query.ranges) if one.used],
        "kept_filters_html": _safe(filters, of_page),
        "kept_html": _safe(filters, of_page, told),
        "sort_html": _safe(typed, filters, of_page, told),
        "form_html": _safe(typed, ordered, of_page, told),
        "used_count": len(query.used) - bool(query.q),
        "active": list(active_filters(query, page, asked)),
        "ignored": [name for name in found.ignored if not _is_read(name, query)],
        "without_page": without_page,
        "breadcrumb_data": BREADCRUMB,
        "filters_url": f"{_filters_url()}?{without_page}" if without_page else _filters_url(),
    }


def _hidden(fields: Iterable[tuple[str, str]]) -> str:
    """Markup of these fields."""
    return "".join(
        [f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields]
    )


def _safe(*parts: str) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 -- made by `_hidden`


def _is_read(name: str, query: OfferQuery) -> bool:
    """What the filters do not know is read elsewhere; one that members alone may use, for them."""
    return name in PAGE_PARAMETERS or (name == RETAINED and query.only is not None)


@cache
def _filters_url() -> str:
    return reverse("catalog:filters")


def _of_the_page(given: QueryDict) -> list[tuple[str, str]]:
    return [(name, given[name]) for name in PAGE_PARAMETERS if given.get(name)]


def page_number(given: QueryDict) -> int:
    """1 when absent or not a number: a page that does not exist is said, not guessed."""
    text = given.get("page", "")
    return (
        min(int(text), HIGHEST_PAGE)
        if text.isascii() and text.isdigit() and len(text) < 9 and int(text)
        else 1
    )


def active_filters(query: OfferQuery, page: OfferPage, asked: Asked) -> Iterator[ActiveFilter]:
    """Each active filter as a link that takes it away."""

    def without(*names: str) -> str:
        return _url(asked.text(without=("page", *names)))

    if query.q:
        yield ActiveFilter(f"« {query.q} »", without("q"))
    if query.only is not None:
        yield ActiveFilter(FACET_LABELS[RETAINED], without(RETAINED))
    for name in page.facets if query.facets or query.price_max is not None else ():
        chosen = chosen_values(query, name)
        for value in chosen:
            kept = [other for other in chosen if other != value]
            yield ActiveFilter(
                f"{FACET_LABELS[name]} : {page.facets.label(name, value)}",
                _url(asked.text(without=("page",), **{name: kept})),
            )
    for name, words in range_words(query):
        most = () if f"{name}_max" == PRICE_MAX else (f"{name}_max",)
        yield ActiveFilter(words, without(f"{name}_min", *most))


def _url(query_string: str) -> str:
    return f"/offres/?{query_string}" if query_string else "/offres/"


def _help(query: OfferQuery, page: OfferPage, asked: Asked, categories: CategoryTree) -> dict[str, Any]:
    """Which filter empties the list, and a spelling near to what was typed. Only on zero results."""
    counted = totals([query.without(name) for name in query.used], after=page)
    freed = [
        (FACET_LABELS.get(name, "texte cherché"), count, _url(asked.text(without=(name, "page"))))
        for name, count in zip(query.used, counted, strict=True)
        if count
    ]
    near = spelling(query.q, categories=categories) if _is_unheard(query, page) else None
    near_url = _url(asked.text(q=near)) if near else ""
    return {"freed": freed, "spelling": near, "spelling_url": near_url}


def _is_unheard(query: OfferQuery, page: OfferPage) -> bool:
    """One word that no offer holds, and that was not mended already."""
    if not query.q or " " in query.q or page.readings:
        return False
    return len(query.used) == 1 or not total(replace(query, facets={}, ranges={}, price_max=None), after=page)


def _need_url(request: HttpRequest, asked: Asked) -> str:
    """Where an administration says what it did not find; a visitor signs in on the way."""
    actor = actor_of(request)
    if not actor.is_anonymous and not allowed(needs_abilities(actor), "create"):
        return ""
    return f"{reverse('catalog:need_new')}?{asked.text(without=('page', 'ordering'))}"
