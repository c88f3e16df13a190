"""S6: who stands behind the offers."""

from collections import Counter
from string import ascii_uppercase
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone

from catalog.abilities import supplier_abilities
from catalog.cards import card_of
from catalog.enums import HELD_STATUSES, Inclusion, SupplierSize
from catalog.models import OfferSearchRow, Supplier
from catalog.retained import retained_by
from catalog.supplier_facts.words import facts_of
from catalog.views.finding import actor_of
from catalog.views.search import page_number
from catalog.views.supplier_moves import supplier_moves_of
from marketplace.accounts.abilities import allowed
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb

PAGE_SIZE = 30
LONGEST = 100
STATUSES = [
    ("ess", "Économie sociale et solidaire"),
    *((code, label) for code, label in Inclusion.choices if code != Inclusion.NONE),
    ("independent", "Indépendant de tout groupe"),
]
LETTERS = (*ascii_uppercase, "#")


def suppliers(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    rows = Supplier.objects.visible_to(actor_of(request)).with_initial().order_by("sort_name", "pk")
    if asked:
        rows = rows.filter(name__unaccent__icontains=asked)
    narrowed = {name: request.GET.get(name, "") for name in ("taille", "statut")}
    if narrowed["taille"] in SupplierSize:
        rows = rows.filter(size=narrowed["taille"])
    if narrowed["statut"] in dict(STATUSES):
        rows = rows.of_status(narrowed["statut"])
    counts = Counter(rows.values_list("initial", flat=True))
    letter = request.GET.get("lettre", "").upper()
    if letter in counts:
        rows = rows.filter(initial=letter)
    pages = Paginator(rows, PAGE_SIZE)
    number = page_number(request.GET)
    if number > pages.num_pages:
        raise NotVisible()
    context = {
        "page": pages.page(number),
        "q": asked,
        "narrowed": narrowed,
        "kept": urlencode({k: v for k, v in {"q": asked, **narrowed}.items() if v}),
        "sizes": SupplierSize.choices,
        "statuses": STATUSES,
        "letters": [(each, counts[each], each == letter) for each in LETTERS if each != "#" or counts[each]],
        "letter": letter if letter in counts else "",
        "breadcrumb_data": breadcrumb(current="Fournisseurs"),
    }
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
    retained = retained_by(actor_of(request))
    cards = [
        card_of(card, on=today, retained=retained.get(key, ""))
        for key, card in rows.values_list("offer_id", "card")
    ]
    context = {
        "supplier": found,
        "cards": cards,
        "held": sum(any(mark.status in HELD_STATUSES for mark in card.marks) for card in cards),
        "facts": facts_of(found),
        "may_declare": allowed(supplier_abilities(actor_of(request), found), "declare"),
        "may": supplier_moves_of(actor_of(request), found),
        "breadcrumb_data": breadcrumb(("Fournisseurs", "/fournisseurs/"), current=found.name),
    }
    return render(request, "catalog/supplier.html", context)
