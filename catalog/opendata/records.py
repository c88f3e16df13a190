"""From rows to what is given away. No query: relations are given. None is unknown, never no."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from catalog.fact_sources import FACT_OF_QUESTION, answer_source
from catalog.models import (
    EffectiveTrust,
    Offer,
    OfferVersion,
    PriceLine,
    StackEdge,
    Supplier,
    TrustFact,
    TrustMark,
)
from catalog.opendata.answers import open_answer, open_questions
from catalog.opendata.licence import absolute, sources_in_words

Record = dict[str, Any]


def offer_record(offer: Offer, *, on: datetime.date) -> Record:
    """`on`: the day whose clock is applied to statuses."""
    version = offer.live_version
    return {
        "id": str(offer.uuid),
        "number": offer.number,
        "name": offer.name,
        "page": absolute(offer.get_absolute_url()),
        "state": offer.state,
        "is_public_sheet": offer.is_public_sheet,
        "is_internal_state": offer.is_internal_state,
        "orderable": offer.is_orderable,
        "listed_on": _day(offer.listed_on),
        "supplier": supplier_record(offer.supplier),
        "service_models": offer.service_models,
        "category": offer.category.code if offer.category else None,
        "category_label": offer.category.label if offer.category else None,
        "description": offer.description or None,
        "website": offer.website or None,
        "regions": offer.regions,
        "open_source": offer.open_source,
        "public_prices": offer.public_prices,
        "version": version.number if version else None,
        "answers": _answers(version),
        "plans": _plans(version),
        "trust": [_trust(row, on=on) for row in offer.effective_trust.all()],
        "marks": [mark_record(mark, on=on) for mark in offer.trust_marks.all()],
        "stack": [_layer(edge) for edge in offer.stack_edges.all()],
        "sources": sources_in_words(offer.sources) | corrections_in_words(offer),
        "facts_read_on": _day(offer.facts_read_on),
        "facts_confirmed_on": _day(offer.facts_confirmed_on),
    }


def corrections_in_words(offer: Offer) -> dict[str, list[str]]:
    """Question → what says that the operator corrected it, under the name of the fact it replaces."""
    said = ((name, answer_source(offer, name)) for name in offer.corrections)
    return {FACT_OF_QUESTION.get(name, name): [source.text] for name, source in said if source}


def supplier_record(supplier: Supplier) -> Record:
    return {
        "id": str(supplier.uuid),
        "number": supplier.number,
        "name": supplier.name,
        "legal_name": supplier.legal_name or None,
        "country": supplier.country,
        "identifier_scheme": supplier.identifier_scheme or None,
        "identifier": supplier.identifier or None,
        "size": supplier.size or None,
        "website": supplier.website or None,
        "claimed": supplier.organisation_id is not None,
        "page": absolute(supplier.get_absolute_url()),
        "sources": sources_in_words(supplier.sources),
        **declared_record(supplier),
    }


def declared_record(supplier: Supplier) -> Record:
    """What the supplier says of itself: its word, of the day told; null until then. Its size is above."""
    share = supplier.public_share_percent
    return {
        "region": supplier.region or None,
        "is_ess": supplier.is_ess,
        "inclusion": supplier.inclusion or None,
        "is_independent": supplier.is_independent,
        "group_name": supplier.group_name or None,
        "founded_year": supplier.founded_year,
        "public_share_percent": None if share is None else str(share),
        "facts_declared_at": _moment(supplier.facts_declared_at),
    }


def _answers(version: OfferVersion | None) -> Record:
    """Every question given away, answered or null: a reader sees what was not said."""
    said = version.answers if version else {}
    return {one.id: open_answer(one, said.get(one.id)) for one in open_questions()}


def _plans(version: OfferVersion | None) -> list[Record]:
    plans = version.plans.all() if version else ()
    return [
        {
            "code": plan.code,
            "name": plan.name,
            "description": plan.description or None,
            "commitment_months": plan.commitment_months,
            "lines": [_line(line) for line in plan.lines.all()],
        }
        for plan in plans
    ]


def _line(line: PriceLine) -> Record:
    """Amounts in euros before tax, as text: no reader rounds them."""
    upcoming = line.next_amount_eur_ht
    return {
        "code": line.code,
        "label": line.label,
        "kind": line.kind,
        "unit": line.unit or None,
        "period": line.period,
        "amount_eur_ht": str(line.amount_eur_ht),
        "meter": line.meter,
        "included_quantity": str(line.included_quantity),
        "minimum_quantity": str(line.minimum_quantity),
        "tier_mode": line.tier_mode if line.tiers else None,
        "tiers": line.tiers,
        "next_amount_eur_ht": str(upcoming) if upcoming is not None else None,
        "next_from": _day(line.next_from),
        "prorata": line.prorata,
        "usage_step": str(line.usage_step),
    }


def _trust(row: EffectiveTrust, *, on: datetime.date) -> Record:
    """What a scheme is worth for the offer that day, layers below included."""
    undermined = row.undermined_by if row.is_undermined(on) else None
    return {
        "scheme": row.scheme,
        "status": row.status_on(on).value,
        "level": row.level or None,
        "valid_until": _day(row.valid_until),
        "undermined_by": str(undermined.uuid) if undermined else None,
        "mark": str(row.mark.uuid) if row.mark else None,
        "origin": row.mark.origin if row.mark else None,
    }


def mark_record(mark: TrustMark, *, on: datetime.date) -> Record:
    return {
        "id": str(mark.uuid),
        "scheme": mark.scheme,
        "name": mark.name,
        "level": mark.level or None,
        "scope": mark.scope or None,
        "regions": mark.regions,
        "status": mark.status_on(on).value,
        "recorded_status": mark.status,
        "milestone": mark.milestone or None,
        "valid_from": _day(mark.valid_from),
        "valid_until": _day(mark.valid_until),
        "decision_number": mark.decision_number or None,
        "issuer": mark.issuer or None,
        "origin": mark.origin,
        "source": mark.source or None,
        "source_url": mark.source_url or None,
        "read_on": _day(mark.read_on),
        "note": mark.note or None,
    }


def fact_record(fact: TrustFact) -> Record:
    """One dated event of a mark. `corrects`: the identifier of the fact that it replaces."""
    mark = fact.mark
    return {
        "id": str(fact.change.uuid),
        "offer": str(mark.offer.uuid),
        "offer_number": mark.offer.number,
        "offer_name": mark.offer.name,
        "mark": str(mark.uuid),
        "scheme": mark.scheme,
        "name": mark.name,
        "scope": mark.scope or None,
        "status": fact.status,
        "milestone": fact.milestone or None,
        "effective_at": _moment(fact.effective_at),
        "valid_until": _day(fact.valid_until),
        "issuer": fact.issuer or None,
        "act_reference": fact.act_reference or None,
        "act_date": _day(fact.act_date),
        "origin": fact.origin,
        "source": fact.source or None,
        "reason": fact.reason or None,
        "recorded_at": _moment(fact.recorded_at),
        "corrects": _told_as(fact.supersedes),
    }


def _told_as(fact: TrustFact | None) -> str | None:
    change = getattr(fact, "change", None)
    return str(change.uuid) if change else None


def price_records(offer: Offer) -> Iterator[Record]:
    """One per line of the version online."""
    for plan in _plans(offer.live_version):
        for line in plan["lines"]:
            yield {
                "offer": str(offer.uuid),
                "offer_number": offer.number,
                "offer_name": offer.name,
                "supplier_name": offer.supplier.name,
                "version": offer.live_version.number if offer.live_version else None,
                "plan": plan["code"],
                "plan_name": plan["name"],
                **line,
            }


def _layer(edge: StackEdge) -> Record:
    return {
        "layer": edge.layer,
        "offer": str(edge.base.uuid) if edge.base and edge.base.is_public else None,
        "name": edge.base.name if edge.base else edge.base_name,
        "region": edge.region or None,
        "inherits": edge.inherits,
        "source": edge.source or None,
    }


def _day(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(at: datetime.datetime | None) -> str | None:
    return at.astimezone(datetime.UTC).isoformat(timespec="seconds") if at else None
