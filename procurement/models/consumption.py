"""What is taken of the maximum of a purchasing vehicle, or of one of its lots: one rule for both.

What approved orders commit, with the changes of their contracts, and what the marchés passed under it and
signed are worth; of every buyer, in euros without VAT. A marché signed without a total counts for nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from procurement.awards.enums import BOUND_STATES

MONEY = models.DecimalField(max_digits=14, decimal_places=2)


def with_consumption(rows: Any, *, commitment: str, award: str) -> Any:
    """Adds `ordered` and `awarded`; zero without any. The names are the paths from each to the row."""
    ordered, awarded = _commitments(**{commitment: OuterRef("pk")}), _awards(**{award: OuterRef("pk")})
    return rows.annotate(
        ordered=_sum(ordered.values(commitment)),
        awarded=_sum(awarded.values(award)),
    )


def consumed(row: models.Model, *, commitment: str, award: str, without: int | None) -> Decimal:
    """But for the order `without`; two queries."""
    orders = _commitments(**{commitment: row})
    if without is not None:
        orders = orders.exclude(order_id=without)
    sums = (each.aggregate(total=Sum("amount_eur_ht"))["total"] for each in (orders, _awards(**{award: row})))
    return sum((each or Decimal(0) for each in sums), Decimal("0.00"))


def _commitments(**of: Any) -> models.QuerySet[Any]:
    from procurement.models.budget import Commitment

    return Commitment.objects.filter(released_at=None, **of)


def _awards(**of: Any) -> models.QuerySet[Any]:
    from procurement.models.award import Award

    return Award.objects.filter(state__in=BOUND_STATES, **of)


def _sum(rows: models.QuerySet[Any]) -> Coalesce:
    # Ordering would split the groups.
    total = rows.order_by().annotate(total=Sum("amount_eur_ht")).values("total")
    return Coalesce(Subquery(total, output_field=MONEY), Value(Decimal(0), output_field=MONEY))
