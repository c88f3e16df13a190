"""S4: up to four offers side by side, on a page and in a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.categories import category_words
from catalog.comparison import MOST, ComparedOffer, Comparison, compare, for_comparison
from catalog.comparison_table import UNSETTLED, comparison_pdf, comparison_table, conclusion_of, counts_of
from catalog.views.finding import actor_of
from catalog.yearly_cost import BASIS
from marketplace.documents.answers import FORMATS, table_answer
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.drawings import Bar, BarChart, bar_chart, shorten

PDF = "pdf"
BAR_LABEL = 38
# An amount of eight digits stands beside the longest bar in a picture 320 wide.
BAR_LENGTH = 170


def asked_numbers(given: QueryDict) -> list[int]:
    """Distinct, in order. What is not a number is left out."""
    texts = (text.split("-")[0] for text in given.getlist("offre")[:40])
    return list(dict.fromkeys(int(t) for t in texts if t.isascii() and t.isdigit() and len(t) < 16))


def address(numbers: list[int]) -> str:
    return "&".join(f"offre={number}" for number in numbers)


@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    numbers = asked_numbers(request.GET)
    # One more than is compared: the page names the one left out.
    asked = for_comparison(numbers[: MOST + 1], actor=actor_of(request))
    found = compare(asked[:MOST], categories=category_words())
    here = address([column.offer.number for column in found.columns])
    context = {
        "comparison": found,
        "counts": counts_of(found),
        "removable": _removable(found),
        "left_out": asked[MOST:],
        "missing": min(len(numbers), MOST + 1) - len(asked),
        "most": MOST,
        "unsettled_title": UNSETTLED,
        "show_same": request.GET.get("tout") == "1" or len(found.columns) < 2,
        "here": here,
        "link": request.build_absolute_uri(f"{request.path}?{here}"),
        "files": [(code.upper(), _file(code, here)) for code in ("ods", PDF, "csv")],
        "chart": _chart(found),
        "conclusion": conclusion_of(found),
        "basis": BASIS,
        "breadcrumb_data": breadcrumb(("Offres", "/offres/"), current="Comparer"),
    }
    return render(request, "catalog/compare.html", context)


@require_safe
def table(request: HttpRequest, kind: str) -> HttpResponseBase:
    if kind != PDF and kind not in FORMATS:
        raise Http404
    numbers = asked_numbers(request.GET)[:MOST]
    found = compare(for_comparison(numbers, actor=actor_of(request)), categories=category_words())
    if kind != PDF:
        return table_answer(comparison_table(found), format=FORMATS[kind], name="comparaison")
    page = request.build_absolute_uri(f"{reverse('catalog:compare')}?{address(numbers)}")
    answer = HttpResponse(
        comparison_pdf(found, when=timezone.now(), address=page), content_type="application/pdf"
    )
    answer["Content-Disposition"] = 'attachment; filename="comparaison.pdf"'
    return answer


def _file(kind: str, here: str) -> str:
    return f"{reverse('catalog:compare_table', args=[kind])}?{here}"


def _removable(found: Comparison) -> list[tuple[ComparedOffer, str]]:
    kept = [column.offer.number for column in found.columns]
    return [
        (column, address([number for number in kept if number != column.offer.number]))
        for column in found.columns
    ]


def _chart(found: Comparison) -> BarChart | None:
    """None below two offers: nothing to compare."""
    bars = [
        Bar(shorten(column.name, BAR_LABEL), cost.amount_eur_ht, words=cost.text)
        for column, cost in found.known_costs
    ]
    return bar_chart(bars, longest=BAR_LENGTH) if len(bars) > 1 else None
