"""An offer in schema.org terms, for search engines: what is proven and published, nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from catalog.cards import price_unit
from catalog.enums import HELD_STATUSES, Origin
from catalog.models import Offer, OfferVersion
from catalog.opendata.licence import absolute
from catalog.presentation import ShownMark

# Nothing in the text may end the element that holds it.
_IN_HTML = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def described(offer: Offer, version: OfferVersion, marks: Iterable[ShownMark]) -> dict[str, Any]:
    """No query: plans, supplier and marks are given."""
    supplier = offer.supplier
    found = {
        "@context": "https://schema.org",
        "@type": "Service",
        "name": offer.name,
        "description": offer.description,
        "url": absolute(offer.get_absolute_url()),
        "identifier": str(offer.uuid),
        "serviceType": offer.category.label if offer.category else "",
        "provider": {
            "@type": "Organization",
            "name": supplier.name,
            "url": absolute(supplier.get_absolute_url()),
        },
        "offers": [price for plan in version.plans.all() if (price := _price(plan))],
        "hasCertification": [_certification(shown) for shown in marks if _is_proven(shown)],
    }
    return {name: value for name, value in found.items() if value}


def _price(plan: Any) -> dict[str, Any] | None:
    line = plan.entry_price()
    if line is None:
        return None
    words = {"period": line.period, "kind": line.kind, "unit": line.unit}
    return {
        "@type": "Offer",
        "name": plan.name,
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": str(line.amount_eur_ht),
            "priceCurrency": "EUR",
            "valueAddedTaxIncluded": False,
            "unitText": price_unit(words),
        },
    }


def _is_proven(shown: ShownMark) -> bool:
    """Held today, and not on the supplier's word alone."""
    return shown.status in HELD_STATUSES and shown.mark.origin != Origin.DECLARED


def _certification(shown: ShownMark) -> dict[str, Any]:
    mark = shown.mark
    found = {
        "@type": "Certification",
        "name": mark.name,
        "about": mark.scope,
        "certificationIdentification": mark.decision_number,
        "validFrom": mark.valid_from.isoformat() if mark.valid_from else "",
        "expires": mark.valid_until.isoformat() if mark.valid_until else "",
        "issuedBy": {"@type": "Organization", "name": mark.issuer} if mark.issuer else "",
    }
    return {name: value for name, value in found.items() if value}


def data_block(found: dict[str, Any]) -> SafeString:
    """A block of data, which no browser runs: the policy of the pages on scripts does not apply to it."""
    text = json.dumps(found, ensure_ascii=False).translate(_IN_HTML)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 -- escaped above
