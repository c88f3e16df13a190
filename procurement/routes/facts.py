"""What the picker reads. No database: the same facts come from a form, the API or a project."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class VehicleSeen:
    """A vehicle open on the day, or one lot of it. `left_eur`: what remains under its maximum, in its
    `basis`, None when it is not known. `lot`: its number, None for a vehicle without lots."""

    number: str
    kind: str
    title: str
    holder_name: str
    left_eur: Decimal | None = None
    basis: str = "HT"
    lot: int | None = None


@dataclass(frozen=True, kw_only=True)
class PurchaseFacts:
    """`value_eur_ht`: the whole value, renewals and options included. `homogeneous_eur_ht`: the other needs
    of the same kind over twelve months, None when nobody counted them. `known_eur_ht`: those of the same CPV
    family that this marketplace holds, None when not looked up; `family` names it. `vehicles` None: not
    looked up."""

    buyer_kind: str
    value_eur_ht: Decimal
    homogeneous_eur_ht: Decimal | None = None
    known_eur_ht: Decimal | None = None
    family: str = ""
    is_innovative: bool | None = None
    vehicles: tuple[VehicleSeen, ...] | None = None

    @property
    def counted_eur_ht(self) -> Decimal:
        """What a threshold is compared with: the need and those like it, or those known until they are
        counted."""
        others = self.known_eur_ht if self.homogeneous_eur_ht is None else self.homogeneous_eur_ht
        return self.value_eur_ht + (others or 0)
