"""What the picker answers; `as_dict` is the API's shape and what a choice keeps."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

OPEN, TO_CHECK, CLOSED = "open", "to_check", "closed"
STANDINGS = {OPEN: "Ouverte", TO_CHECK: "À vérifier", CLOSED: "Fermée"}

INTERNAL, VEHICLE, DISPENSE, INNOVATIVE = "internal_cloud", "vehicle", "dispense", "innovative"
ADAPTED, FORMALISED = "adapted", "formalised"
LABELS = {
    INTERNAL: "Cloud interne de l’État, par convention",
    VEHICLE: "Support d’achat existant",
    DISPENSE: "Achat sans publicité ni mise en concurrence",
    INNOVATIVE: "Achat innovant",
    ADAPTED: "Procédure adaptée",
    FORMALISED: "Procédure formalisée",
}


def route_key(code: str, vehicle: str = "", lot: int | None = None) -> str:
    """What names a route among those proposed: « vehicle:SUP-2026-0001:2 »."""
    parts = [code, *([vehicle] if vehicle else []), *([str(lot)] if vehicle and lot else [])]
    return ":".join(parts)


@dataclass(frozen=True, kw_only=True)
class Route:
    """`vehicle`: the number of the vehicle it goes through, empty for the others; `lot`: that of its lot.
    `steps`: what must happen, in order. `source`: the text it rests on."""

    code: str
    standing: str
    reason: str
    source: str
    steps: tuple[str, ...] = ()
    # Where a notice is due, any medium of each being enough: (("boamp",), ("joue",)).
    publicity: tuple[tuple[str, ...], ...] = ()
    vehicle: str = ""
    vehicle_title: str = ""
    lot: int | None = None

    @property
    def key(self) -> str:
        return route_key(self.code, self.vehicle, self.lot)

    @property
    def label(self) -> str:
        return self.vehicle_title or LABELS[self.code]

    @property
    def standing_label(self) -> str:
        return STANDINGS[self.standing]

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "label": self.label,
            "vehicle": self.vehicle or None,
            "lot": self.lot,
            "standing": self.standing,
            "reason": self.reason,
            "source": self.source,
            "steps": list(self.steps),
            "publicity": [list(one) for one in self.publicity],
        }


@dataclass(frozen=True, kw_only=True)
class RouteResult:
    on: dt.date
    counted_eur_ht: Decimal
    routes: tuple[Route, ...]
    warnings: tuple[str, ...]

    def at(self, standing: str) -> tuple[Route, ...]:
        return tuple(route for route in self.routes if route.standing == standing)

    @property
    def open(self) -> tuple[Route, ...]:
        return self.at(OPEN)

    @property
    def to_check(self) -> tuple[Route, ...]:
        return self.at(TO_CHECK)

    @property
    def closed(self) -> tuple[Route, ...]:
        return self.at(CLOSED)

    def route(self, key: str) -> Route | None:
        return next((route for route in self.routes if route.key == key), None)

    def as_dict(self) -> dict[str, Any]:
        return {
            "date": self.on.isoformat(),
            "counted_eur_ht": f"{self.counted_eur_ht:.2f}",
            "routes": [route.as_dict() for route in self.routes],
            "warnings": list(self.warnings),
        }
