"""Which rows of « Mon bureau » are asked for: all of them, or those of one contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from procurement.models import Contract


def about(contract: Contract | None, field: str = "contract") -> Q:
    """Of that contract alone; everything without one."""
    return Q() if contract is None else Q(**{field: contract.pk})
