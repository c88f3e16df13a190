"""What a draft consultation asks, as plain values: the same shape from the pages and from the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypedDict

from procurement.models import (
    AwardCriterion,
    Consultation,
    ConsultationInvitation,
    ConsultationLot,
    PriceItem,
)

FIELDS = (
    "title", "description", "category", "access", "required_schemes", "pay_per_use", "price_formula",
    "response_days", "question_days", "answer_days", "closing_time", "reduction", "reduction_reason",
    "prior_notice_on", "candidature_days", "selection_criteria", "candidates_least", "candidates_most",
)  # fmt: skip


class ItemContent(TypedDict):
    label: str
    unit: str
    quantity: Decimal
    is_usage: bool


class LotContent(TypedDict, total=False):
    """`price_items` absent: those of the lot of this place stay."""

    title: str
    description: str
    price_items: Sequence[ItemContent]


class CriterionContent(TypedDict):
    kind: str
    label: str
    weight: int


def write_fields(row: Consultation, values: Mapping[str, Any]) -> None:
    """Raises TypeError on a name outside FIELDS."""
    unknown = values.keys() - set(FIELDS)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    for name, value in values.items():
        setattr(row, name, value)


def write_criteria(row: Consultation, criteria: Sequence[CriterionContent]) -> None:
    row.criteria.all().delete()
    AwardCriterion.objects.bulk_create(
        AwardCriterion(consultation=row, position=place, **criterion)
        for place, criterion in enumerate(criteria, start=1)
    )


def write_lots(row: Consultation, lots: Sequence[LotContent]) -> None:
    """Lots keep their row by place, so that a page of lots leaves the price schedules alone."""
    kept = {lot.number: lot for lot in row.lots.all()}
    for number, content in enumerate(lots, start=1):
        lot = kept.pop(number, None) or ConsultationLot(consultation=row, number=number)
        lot.title, lot.description = content["title"], content.get("description", "")
        lot.save()
        if "price_items" in content:
            write_price_items(lot, content["price_items"])
    for lot in kept.values():
        lot.delete()


def write_price_items(lot: ConsultationLot, items: Sequence[ItemContent]) -> None:
    lot.price_items.all().delete()
    PriceItem.objects.bulk_create(
        PriceItem(lot=lot, position=place, **item) for place, item in enumerate(items, start=1)
    )


def write_invitations(row: Consultation, suppliers: Sequence[Any]) -> None:
    row.invitations.exclude(supplier__in=suppliers).delete()
    invited = set(row.invitations.values_list("supplier_id", flat=True))
    ConsultationInvitation.objects.bulk_create(
        ConsultationInvitation(consultation=row, supplier=supplier)
        for supplier in suppliers
        if supplier.pk not in invited
    )
