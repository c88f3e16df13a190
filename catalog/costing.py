"""The cost of a usage for offers of the catalogue: their formulas, the tax, what comes back to the buyer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from catalog.enums import HELD_STATUSES, Scheme
from catalog.models import Offer
from catalog.prices.aids import CoFinancing, Compensation, co_financings, vat_compensations
from catalog.prices.cost import Cost, PricedPlan, best, cost
from catalog.prices.usage import ExitTerms, Usage
from marketplace.money import LARGEST_TOTAL, TaxedAmount, Totals, VatFacts, VatRule, totals, vat_for
from marketplace.vat import vat_rules

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


@dataclass(frozen=True, slots=True)
class Buyer:
    """`kind`: of OrganisationKind, empty when not said. `place`: a territory of the VAT rules."""

    kind: str = ""
    place: str = "metropole"


@dataclass(frozen=True, slots=True)
class OfferCost:
    """`cost` None: no formula of the offer is priced. `others`: its other formulas, as computed.
    `too_large`: the names of those whose amounts no order could hold, for this usage."""

    offer: Offer
    cost: Cost | None
    others: tuple[Cost, ...]
    totals: Totals | None
    vat_rule: VatRule | None
    compensations: tuple[Compensation, ...]
    co_financings: tuple[CoFinancing, ...]
    too_large: tuple[str, ...] = ()


def offers_to_cost(*, actor: Actor, **which: Any) -> list[Offer]:
    """The visible offers that a filter names, with all that a cost reads. Four queries."""
    rows = Offer.objects.visible_to(actor).for_sheet().filter(**which)
    return list(rows.prefetch_related("effective_trust", "live_version__plans__lines"))


def offer_costs(offers: Sequence[Offer], *, usage: Usage, buyer: Buyer) -> list[OfferCost]:
    """In the order given. Relations are prefetched by the caller (`offers_to_cost`): no query here."""
    return [_offer_cost(offer, usage=usage, buyer=buyer) for offer in offers]


def _offer_cost(offer: Offer, *, usage: Usage, buyer: Buyer) -> OfferCost:
    answers = offer.live_version.answers if offer.live_version else {}
    terms = exit_terms(answers)
    told = {plan: _held(plan, usage=usage, terms=terms) for plan in priced_plans(offer)}
    costs = [found for found in told.values() if found is not None]
    shown = best(costs)
    today = timezone.localdate()
    rule = vat_rule(offer.supplier.country, regime=answers.get("vat_regime"), place=buyer.place, on=today)
    taxed = totals([TaxedAmount(shown.total_eur_ht, rule)]) if shown else None
    return OfferCost(
        offer=offer,
        cost=shown,
        others=tuple(each for each in costs if each is not shown and each.is_priced),
        totals=taxed,
        vat_rule=rule,
        compensations=tuple(
            vat_compensations(
                buyer_kind=buyer.kind,
                service_models=offer.service_models,
                total_eur_ttc=taxed.total_eur_ttc if taxed else None,
                on=today,
            )
        )
        if shown
        else (),
        co_financings=tuple(
            co_financings(buyer_kind=buyer.kind, secnumcloud_held=_secnumcloud_held(offer, on=today))
        ),
        too_large=tuple(plan.name for plan, found in told.items() if found is None),
    )


def _held(plan: PricedPlan, *, usage: Usage, terms: ExitTerms) -> Cost | None:
    """None when an amount is larger than an order could hold."""
    try:
        found = cost(plan, usage=usage, terms=terms)
    except ValueError:
        return None
    return found if found.total_eur_ht <= LARGEST_TOTAL else None


def priced_plans(offer: Offer) -> list[PricedPlan]:
    version = offer.live_version
    return [plan.priced for plan in (version.plans.all() if version else ())]


def exit_terms(answers: Mapping[str, Any]) -> ExitTerms:
    return ExitTerms(
        notice_months=_number(answers.get("exit_notice_months")),
        egress_eur_ht_per_gb=_number(answers.get("exit_egress_eur_ht_per_gb")),
        assistance_eur_ht_per_day=_number(answers.get("exit_assistance_eur_ht_per_day")),
    )


def _number(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None


def vat_rule(country: str, *, regime: str | None, place: str, on: dt.date) -> VatRule | None:
    """None when the supplier's regime is not known: the total then stays without tax."""
    facts = VatFacts(
        supplier_country=country or None,
        supplier_regime=regime or None,
        customer_place=place or None,
        customer_identified=None,
    )
    return vat_for(facts, rules=vat_rules(), on=on)


def _secnumcloud_held(offer: Offer, *, on: dt.date) -> bool:
    rows = (row for row in offer.effective_trust.all() if row.scheme == Scheme.SECNUMCLOUD)
    return any(row.status_on(on) in HELD_STATUSES for row in rows)
