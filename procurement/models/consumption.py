"""What is taken of the maximum of a purchasing vehicle, or of one of its lots: one rule for both.

What approved orders commit, with the changes of their contracts, and what the marchés passed under it and
signed are worth; of every buyer, in the basis of the maximum. A marché signed without a total counts for
nothing of a maximum without tax; of one with tax, what has no known TTC is told apart: the rest is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Case, Count, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from marketplace.tax_basis import TaxBasis
from procurement.awards.enums import BOUND_STATES

MONEY = models.DecimalField(max_digits=14, decimal_places=2)
WITHOUT_TTC = Count("pk", filter=Q(amount_eur_ttc__isnull=True))
_OF_TTC = Q(maximum_basis=TaxBasis.TTC)


@dataclass(frozen=True, slots=True)
class Consumed:
    """In the basis of the maximum; `unknown`: how many amounts it cannot count for want of a known TTC."""

    eur: Decimal
    unknown: int


def with_consumption(rows: Any, *, commitment: str, award: str) -> Any:
    """Adds `ordered`, `awarded` and `without_ttc`; zero without any. The names are the paths from each to
    the row."""
    ordered = _commitments(**{commitment: OuterRef("pk")}).order_by().values(commitment)
    awarded = _awards(**{award: OuterRef("pk")}).order_by().values(award)
    return rows.annotate(
        ordered=_sum(ordered),
        awarded=_sum(awarded),
        without_ttc=Case(When(_OF_TTC, then=_count(ordered) + _count(awarded)), default=Value(0)),
    )


def consumed(row: models.Model, *, basis: str, commitment: str, award: str, without: int | None) -> Consumed:
    """But for the order `without`; two queries."""
    orders = _commitments(**{commitment: row})
    if without is not None:
        orders = orders.exclude(order_id=without)
    sums = [
        each.aggregate(total=Sum(_amount(basis)), unknown=WITHOUT_TTC)
        for each in (orders, _awards(**{award: row}))
    ]
    unknown = sum(each["unknown"] for each in sums) if basis == TaxBasis.TTC else 0
    return Consumed(sum((each["total"] or Decimal(0) for each in sums), Decimal("0.00")), unknown)


def _amount(basis: str) -> str:
    return "amount_eur_ttc" if basis == TaxBasis.TTC else "amount_eur_ht"


def _commitments(**of: Any) -> models.QuerySet[Any]:
    from procurement.models.budget import Commitment

    return Commitment.objects.filter(released_at=None, **of)


def _awards(**of: Any) -> models.QuerySet[Any]:
    from procurement.models.award import Award

    return Award.objects.filter(state__in=BOUND_STATES, **of)


def _sum(rows: Any) -> Coalesce:
    """Of rows already grouped; the database computes the one of the row's basis only."""

    def in_basis(basis: str) -> Subquery:
        return Subquery(rows.annotate(total=Sum(_amount(basis))).values("total"), output_field=MONEY)

    total = Case(When(_OF_TTC, then=in_basis(TaxBasis.TTC)), default=in_basis(TaxBasis.HT))
    return Coalesce(total, Value(Decimal(0), output_field=MONEY))


def _count(rows: Any) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(unknown=WITHOUT_TTC).values("unknown")), Value(0))
