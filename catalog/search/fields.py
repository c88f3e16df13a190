"""From an offer and its relations to the columns the search reads. No query: relations are given."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from catalog.countries import zones
from catalog.enums import OfferState, Scheme, TrustStatus
from catalog.prices.packed import packed
from catalog.questions.facets import facet_values, numbers
from catalog.search.facets import COLUMN_FACETS, STATUS_FACETS
from catalog.search.fairness import PRIME

if TYPE_CHECKING:
    from catalog.models.offer import Offer
    from catalog.models.version import PriceLine

CARD_SCHEMES = (Scheme.SECNUMCLOUD, Scheme.HDS, Scheme.GAIAX, Scheme.ISO27001, Scheme.C5, Scheme.CSPN)
CARD_TEXT = 220


@dataclass(frozen=True, slots=True)
class SearchFields:
    offer_id: int
    columns: dict[str, Any]
    name: str
    middle: str
    rest: str


def searchable_fields(offer: Offer) -> SearchFields:
    trust = {row.scheme: row for row in offer.effective_trust.all()}
    entry = entry_price(offer)
    columns = {
        "is_public": offer.is_public,
        "sort_name": sort_key(offer.name)[:160],
        "supplier_id": offer.supplier_id,
        "service_models": sorted(offer.service_models),
        "category": offer.category.code if offer.category else "",
        "regions": zones(offer.regions),
        "open_source": offer.open_source,
        "price_eur_ht": entry.monthly_eur_ht if entry else None,
        "listed_on": offer.listed_on,
        "fair": fair_number(str(offer.uuid)),
        "tags": sorted(tags(offer)),
        "numbers": {name: str(number) for name, number in numbers(_answers(offer)).items()},
        "prices": prices(offer),
        "statuses": {scheme: _dated(trust[scheme]) for scheme in STATUS_FACETS if scheme in trust},
        **_card_columns(card(offer, trust, entry)),
    }
    for scheme in (Scheme.SECNUMCLOUD, Scheme.HDS, Scheme.GAIAX):
        row = trust.get(scheme)
        columns[scheme.value] = row.status if row else _without(offer, scheme)
        columns[f"{scheme.value}_until"] = row.valid_until if row else None
        columns[f"{scheme.value}_base_until"] = row.base_until if row else None
    gaiax = trust.get(Scheme.GAIAX)
    if gaiax and gaiax.status in (TrustStatus.IN_FORCE, TrustStatus.RENEWAL_PENDING):
        columns["gaiax"] = gaiax.level or TrustStatus.IN_FORCE.value
    else:
        columns["gaiax_until"] = columns["gaiax_base_until"] = None
    return SearchFields(
        offer_id=offer.pk,
        columns=columns,
        name=offer.name,
        middle=f"{offer.supplier.name} {offer.category.label if offer.category else ''}",
        rest=f"{offer.description} {' '.join(offer.service_models)}",
    )


def _card_columns(data: dict[str, Any]) -> dict[str, Any]:
    from catalog import card_markup  # it reads the models, which read this module

    today = timezone.localdate()
    return {
        "card": data,
        "card_html": card_markup.markup(data, on=today),
        "card_edition": card_markup.edition(),
        "card_until": card_markup.holds_until(data, on=today),
    }


def _answers(offer: Offer) -> dict[str, Any]:
    return offer.live_version.answers if offer.live_version else {}


def prices(offer: Offer) -> dict[str, Any]:
    plans = offer.live_version.plans.all() if offer.live_version else ()
    return packed((plan.priced for plan in plans), vat_regime=str(_answers(offer).get("vat_regime") or ""))


def tags(offer: Offer) -> Iterator[str]:
    """« facet=value » of every facet that has no column of its own: the questions', then the offer's."""
    for name, values in facet_values(_answers(offer)).items():
        if name not in COLUMN_FACETS:
            yield from (f"{name}={value}" for value in values)
    yield f"supplier={offer.supplier.number}"
    yield f"supplier_size={offer.supplier.size or 'unknown'}"
    yield f"supplier_country={offer.supplier.country or 'unknown'}"
    yield f"state={offer.state}"
    yield f"orderable={_yes_no(offer.is_orderable)}"
    yield f"internal={_yes_no(offer.is_internal_state)}"
    yield f"public_prices={_yes_no(offer.public_prices)}"


def _yes_no(value: bool | None) -> str:
    return "unknown" if value is None else str(value).lower()


def _dated(row: Any) -> dict[str, str | None]:
    """A status with its ends: the reader applies the clock."""
    return {
        "status": row.status,
        "until": row.valid_until.isoformat() if row.valid_until else None,
        "base_until": row.base_until.isoformat() if row.base_until else None,
    }


def fair_number(uuid: str) -> int:
    """In [1, PRIME): drawn from the identifier alone, so that no name, date or supplier weighs on it."""
    digest = hashlib.sha256(uuid.encode()).digest()
    return int.from_bytes(digest[:8], "big") % (PRIME - 1) + 1


def sort_key(name: str) -> str:
    """Accents and case left out, so that « Écosystème » stands among the E."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def _without(offer: Offer, scheme: Scheme) -> str:
    if offer.is_internal_state and scheme == Scheme.SECNUMCLOUD:
        return TrustStatus.NOT_APPLICABLE.value
    return TrustStatus.UNKNOWN.value


def entry_price(offer: Offer) -> PriceLine | None:
    """The cheapest plan's entry line, per month; None when no recurring price is published."""
    if offer.live_version is None:
        return None
    lines = [line for plan in offer.live_version.plans.all() if (line := plan.entry_price())]
    return min(lines, key=lambda line: line.monthly_eur_ht or Decimal(0), default=None)


def card(offer: Offer, trust: dict[str, Any], entry: PriceLine | None) -> dict[str, Any]:
    """What a list shows. Statuses keep their end date: the reader applies the clock."""
    text = offer.description
    return {
        "id": str(offer.uuid),
        "number": offer.number,
        "slug": offer.slug,
        "name": offer.name,
        "supplier": {
            "number": offer.supplier.number,
            "slug": offer.supplier.slug,
            "name": offer.supplier.name,
            "size": offer.supplier.size,
            "country": offer.supplier.country,
        },
        "state": offer.state,
        "service_models": list(offer.service_models),
        "category": offer.category.code if offer.category else None,
        "category_label": offer.category.label if offer.category else "",
        "description": text if len(text) <= CARD_TEXT else text[: CARD_TEXT - 1].rsplit(" ", 1)[0] + "…",
        "regions": offer.regions,
        "open_source": offer.open_source,
        "is_internal_state": offer.is_internal_state,
        "orderable": offer.state == OfferState.LISTED and not offer.is_internal_state,
        "price": _price(entry),
        "marks": [_mark(trust[s]) for s in CARD_SCHEMES if s in trust],
    }


def _mark(row: Any) -> dict[str, Any]:
    return {
        "scheme": row.scheme,
        "status": row.status,
        "until": row.valid_until.isoformat() if row.valid_until else None,
        "base_until": row.base_until.isoformat() if row.base_until else None,
        "undermined": row.undermined_by_id is not None,
        "origin": row.mark.origin if row.mark else None,
        "milestone": row.mark.milestone if row.mark else "",
        "level": row.level,
    }


def _price(entry: PriceLine | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "amount_eur_ht": str(entry.amount_eur_ht),
        "unit": entry.unit,
        "period": entry.period,
        "kind": entry.kind,
    }
