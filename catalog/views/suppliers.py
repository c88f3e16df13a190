"""S6: who stands behind the offers."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone

from catalog.cards import card_of
from catalog.models import OfferSearchRow, Supplier
from catalog.views.finding import actor_of
from catalog.views.search import page_number
from catalog.views.supplier_moves import supplier_moves_of
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb

PAGE_SIZE = 30
LONGEST = 100


def suppliers(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    rows = Supplier.objects.visible_to(actor_of(request)).order_by("name", "pk")
    if asked:
        rows = rows.filter(name__unaccent__icontains=asked)
    pages = Paginator(rows, PAGE_SIZE)
    number = page_number(request.GET)
    if number > pages.num_pages:
        raise NotVisible()
    context = {"page": pages.page(number), "q": asked, "breadcrumb_data": breadcrumb(current="Fournisseurs")}
    return render(request, "catalog/suppliers.html", context)


def supplier(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    """A supplier without a public offer has no page, but its own members keep theirs in « Mes offres »."""
    found = (
        Supplier.objects.visible_to(actor_of(request))
        .select_related("organisation")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise NotVisible()
    if slug != found.slug:
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    today = timezone.localdate()
    rows = OfferSearchRow.objects.filter(supplier=found, is_public=True).order_by("sort_name", "pk")
    context = {
        "supplier": found,
        "cards": [card_of(card, on=today) for card in rows.values_list("card", flat=True)],
        "may": supplier_moves_of(actor_of(request), found),
        "breadcrumb_data": breadcrumb(("Fournisseurs", "/fournisseurs/"), current=found.name),
    }
    return render(request, "catalog/supplier.html", context)
