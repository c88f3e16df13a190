"""The list ordered by the price of a usage: its form, what it says above the list and on each card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from catalog.filters import USAGE_PARAMETERS, OfferFilterSet
from catalog.forms.usage import RankedUsageForm
from catalog.prices.usage import Usage
from catalog.search.cards import KeptCard
from catalog.search.query import OfferQuery
from catalog.usage_prices import card_price
from catalog.views.finding import actor_of
from marketplace.ui.typography import NBSP, number_text

BY_USAGE = "usage"


@dataclass(frozen=True, slots=True)
class UsageOrder:
    """`words`: the usage told, empty when it is not or not understood."""

    form: RankedUsageForm
    words: str


def usage_told(given: QueryDict) -> list[tuple[str, str]]:
    """What the address says of a usage: every form of the page carries it along."""
    return [(name, given[name]) for name in USAGE_PARAMETERS if given.get(name)]


def usage_order(request: HttpRequest, found: OfferFilterSet, query: OfferQuery) -> UsageOrder | None:
    """None when the list is in another order."""
    if query.ordering != BY_USAGE:
        return None
    form, usage = found.usage_form, query.priced_usage
    if not form.is_bound:
        organisation = actor_of(request).organisation
        if organisation is not None and organisation.is_buyer:
            form = RankedUsageForm(initial={"place": organisation.vat_territory})
    return UsageOrder(form, ", ".join(_words(usage)) if usage else "")


def _words(usage: Usage) -> Iterator[str]:
    figures = (
        (usage.seats, "poste", "postes"),
        (usage.vcpu_hours, "heure de vCPU par mois", "heures de vCPU par mois"),
        (usage.storage_gb, "Go stocké", "Go stockés"),
        (usage.egress_gb, "Go sorti par mois", "Go sortis par mois"),
    )
    for figure, one, many in figures:
        if figure:
            yield f"{number_text(figure.normalize())}{NBSP}{one if figure < 2 else many}"
    if usage.support:
        yield "assistance comprise"
    yield f"{usage.months}{NBSP}mois"


def card_note(data: KeptCard, *, usage: Usage, found: OfferFilterSet, query: OfferQuery) -> SafeString:
    """The price of the usage on the card, or what is missing to know it."""
    told = card_price(data, usage=usage, place=found.place, on=query.today)
    address = urlencode([("offre", data["number"]), *usage_told(found.data)])
    context = {
        "name": data["name"],
        "told": told,
        "price": told.price,
        "commits": told.price.months > usage.months,
        "cost_url": f"{reverse('catalog:cost')}?{address}",
    }
    return render_to_string("catalog/_usage_price.html", context)
