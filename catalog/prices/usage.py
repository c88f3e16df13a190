"""What a buyer would use, and what the law and the offer say of leaving."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from catalog.enums import Meter

# Règlement (UE) 2023/2854 (Data Act), article 29: from that day a provider charges nothing for the switch.
SWITCHING_FREE_FROM = dt.date(2027, 1, 12)
SWITCHING_SOURCE = "Règlement (UE) 2023/2854, article 29"


@dataclass(frozen=True, slots=True)
class Usage:
    """Per month, except `storage_gb` (held all along) and `assistance_days` (once, at the end).

    None: not needed. Of the data, `storage_gb` is what leaves at the end.
    """

    months: int
    starts_on: dt.date
    seats: Decimal | None = None
    vcpu_hours: Decimal | None = None
    storage_gb: Decimal | None = None
    egress_gb: Decimal | None = None
    support: bool = False
    assistance_days: Decimal | None = None

    def quantity(self, meter: Meter) -> Decimal | None:
        """Per month; None when not needed, or when no figure of ours stands for the meter."""
        return {
            Meter.SEAT: self.seats,
            Meter.VCPU_HOUR: self.vcpu_hours,
            Meter.STORAGE_GB: self.storage_gb,
            Meter.EGRESS_GB: self.egress_gb,
            Meter.SUPPORT: Decimal(1) if self.support else None,
        }.get(meter)

    @property
    def needed(self) -> tuple[Meter, ...]:
        return tuple(meter for meter in Meter if self.quantity(meter))


@dataclass(frozen=True, slots=True)
class ExitTerms:
    """What the offer's answers say of leaving; None: not answered."""

    notice_months: Decimal | None = None
    egress_eur_ht_per_gb: Decimal | None = None
    assistance_eur_ht_per_day: Decimal | None = None
