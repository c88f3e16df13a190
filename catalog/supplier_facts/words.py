"""What a supplier says of itself, in words: size, place, structure, independence, age. Pure.

No register of these facts is read: each is the supplier's own word, of the day it was declared, and
unknown until then. Why they are shown: circulaire 6404/SG of 31 May 2023, rule R15 (diversity of suppliers).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.ui.typography import number_text

if TYPE_CHECKING:
    from catalog.models import Supplier

OLDEST_YEAR = 1700
FIELDS = (
    "size", "region", "is_ess", "inclusion", "is_independent", "group_name", "founded_year",
    "public_share_percent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """`words` None: unknown."""

    label: str
    words: str | None


def facts_of(supplier: Supplier) -> tuple[Fact, ...]:
    """In the order of the page. A region is told of a French supplier only."""
    facts = [
        Fact("Taille", supplier.get_size_display() or None),
        Fact("Petite ou moyenne entreprise", _yes_no(supplier.is_sme)),
        Fact("Économie sociale et solidaire", _yes_no(supplier.is_ess)),
        Fact("Structure d’inclusion", supplier.get_inclusion_display() or None),
        Fact("Indépendant de tout groupe", _independence(supplier)),
        Fact("Année de création", str(supplier.founded_year) if supplier.founded_year else None),
        Fact("Part du chiffre d’affaires avec le secteur public", _share(supplier)),
    ]
    if supplier.country == "FR":
        facts.insert(2, Fact("Région du siège", supplier.get_region_display() or None))
    return tuple(facts)


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "Oui" if value else "Non"


def _independence(supplier: Supplier) -> str | None:
    told = _yes_no(supplier.is_independent)
    return f"{told}, {supplier.group_name}" if supplier.group_name else told


def _share(supplier: Supplier) -> str | None:
    share = supplier.public_share_percent
    return None if share is None else f"{number_text(share)}\u00a0%"
