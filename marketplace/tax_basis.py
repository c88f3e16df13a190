"""In what a ceiling is written, and an amount known in one basis or both: never compared across bases."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import models


class TaxBasis(models.TextChoices):
    """In what a ceiling is written: an amount is never compared with one of the other kind."""

    HT = "HT", "hors taxes"
    TTC = "TTC", "toutes taxes comprises"


@dataclass(frozen=True, slots=True)
class Amounts:
    """`ttc` None: not known."""

    ht: Decimal
    ttc: Decimal | None

    def stated(self, basis: str) -> Decimal | None:
        """In the basis of a ceiling. None: that ceiling cannot be judged, and lets nothing pass."""
        return self.ttc if basis == TaxBasis.TTC else self.ht


def basis_field(label: str) -> models.CharField[str, str]:
    """Rows written before a ceiling said its basis were without tax."""
    return models.CharField(label, max_length=3, choices=TaxBasis, default=TaxBasis.HT)


def basis_constraint(name: str, *, field: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=models.Q(**{f"{field}__in": sorted(TaxBasis.values)}),
        violation_error_message="Un plafond est hors taxes (HT) ou toutes taxes comprises (TTC).",
    )
