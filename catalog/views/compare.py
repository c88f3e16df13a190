import csv

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from catalog.comparison import MOST, Comparison, compare, csv_rows, for_comparison
from catalog.views.finding import actor_of
from catalog.views.sheet import category_labels
from marketplace.ui.breadcrumb import breadcrumb


def asked_numbers(given: QueryDict) -> list[int]:
    """Distinct, in order. What is not a number is left out."""
    texts = (text.split("-")[0] for text in given.getlist("offre")[:40])
    return list(dict.fromkeys(int(t) for t in texts if t.isascii() and t.isdigit() and len(t) < 16))


def address(numbers: list[int]) -> str:
    return "&".join(f"offre={number}" for number in numbers)


def _comparison(request: HttpRequest) -> tuple[Comparison, list[int]]:
    numbers = asked_numbers(request.GET)
    offers = for_comparison(numbers[:MOST], actor=actor_of(request))
    return compare(offers, categories=category_labels()), numbers


def comparison(request: HttpRequest) -> HttpResponse:
    found, numbers = _comparison(request)
    kept = [offer.number for offer in found.offers]
    removable = [(offer, address([n for n in kept if n != offer.number])) for offer in found.offers]
    context = {
        "comparison": found,
        "removable": removable,
        "too_many": len(numbers) > MOST,
        "missing": min(len(numbers), MOST) - len(kept),
        "most": MOST,
        "show_same": request.GET.get("tout") == "1" or len(kept) < 2,
        "here": address(kept),
        "comparison_csv_url": f"{reverse('catalog:compare_csv')}?{address(kept)}",
        "breadcrumb_data": breadcrumb(("Offres", "/offres/"), current="Comparer"),
    }
    return render(request, "catalog/compare.html", context)


def comparison_csv(request: HttpRequest) -> HttpResponse:
    found, _ = _comparison(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="comparaison.csv"'
    response.write("\ufeff")
    csv.writer(response, delimiter=";").writerows(csv_rows(found))
    return response
