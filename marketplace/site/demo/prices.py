"""Plans and prices of the demonstration's offers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from catalog.actions.authoring import LineInput, PlanInput
from catalog.enums import Meter, PriceKind, PricePeriod, Prorata

METERS = {"poste": Meter.SEAT, "heure de vCPU": Meter.VCPU_HOUR, "Go": Meter.STORAGE_GB}


def line(
    label: str,
    kind: str,
    amount: str,
    unit: str = "",
    period: str = PricePeriod.MONTH,
    meter: Meter | None = None,
    **more: Any,
) -> LineInput:
    """`meter` absent: what the unit says."""
    measured = meter or METERS.get(unit, Meter.OTHER)
    return LineInput(label, kind, period, Decimal(amount), unit=unit, meter=measured.value, **more)


def leaving(label: str, amount: str, unit: str, meter: Meter) -> LineInput:
    return line(label, PriceKind.EXIT, amount, unit, PricePeriod.NONE, meter)


LEAVING = (
    leaving("Sortie des données au départ", "0.010000", "Go", Meter.EGRESS_GB),
    leaving("Assistance au départ", "750.00", "jour", Meter.ASSISTANCE_DAY),
)


MACHINES = PlanInput(
    "À l’usage",
    "Machines et stockage, sans engagement.",
    (
        line("Accès à la plateforme", PriceKind.FIXED, "120.00"),
        line(
            "Heure de vCPU",
            PriceKind.UNIT,
            "0.031500",
            "heure de vCPU",
            PricePeriod.HOUR,
            usage_step=Decimal(1),
        ),
        line(
            "Stockage objet",
            PriceKind.UNIT,
            "0.024000",
            "Go",
            included_quantity=Decimal(100),
            tiers=((Decimal(50_000), Decimal("0.020000")),),
        ),
        line("Sortie de données", PriceKind.UNIT, "0.008000", "Go", PricePeriod.NONE, Meter.EGRESS_GB),
        line("Assistance jour et nuit", PriceKind.FIXED, "450.00", meter=Meter.SUPPORT),
        *LEAVING,
    ),
)
SEATS = (
    PlanInput(
        "Essentielle",
        "Messagerie et agendas.",
        (
            line(
                "Poste",
                PriceKind.UNIT,
                "3.90",
                "poste",
                minimum_quantity=Decimal(10),
                tiers=((Decimal(500), Decimal("3.40")), (Decimal(5_000), Decimal("2.90"))),
            ),
            line("Mise en service", PriceKind.ONE_OFF, "1500.00", period=PricePeriod.NONE),
        ),
    ),
    PlanInput(
        "Complète",
        "Avec archivage et délégations.",
        (line("Poste", PriceKind.UNIT, "5.40", "poste", prorata=Prorata.DAY.value), *LEAVING),
        commitment_months=12,
    ),
)
ROOMS = (PlanInput("Salles", "", (line("Salle de réunion", PriceKind.UNIT, "14.00", "salle"),)),)
CAPACITY = (PlanInput("Capacité réservée", "", (line("Téraoctet réservé", PriceKind.UNIT, "19.50", "To"),)),)
