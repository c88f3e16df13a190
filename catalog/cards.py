"""Cards of a list, as the reader sees them today: the clock applied to the stored statuses. No query."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.enums import CuratedKind, PriceKind, PricePeriod, ServiceModel, SupplierSize, TrustStatus
from catalog.hooks import CardLine
from catalog.models.trust import status_by_the_clock

MODEL_WORDS = {code: label.split(" (")[0] for code, label in ServiceModel.choices}
MAX_MARKS = 3


@dataclass(frozen=True, slots=True)
class CardMark:
    scheme: str
    status: str
    until: datetime.date | None
    origin: str
    milestone: str
    level: str
    undermined: bool

    @property
    def is_declared(self) -> bool:
        return self.origin == "declared"


@dataclass(frozen=True, slots=True)
class Card:
    """`line`: what an upper app says first of the offer, to this reader. `retained`: the code of what the
    reader's own administration says of it; empty: nothing."""

    data: Mapping[str, Any]
    marks: tuple[CardMark, ...]
    line: CardLine | None = None
    retained: str = ""

    @property
    def retained_word(self) -> str:
        return CuratedKind(self.retained).label.lower() if self.retained else ""

    @property
    def url(self) -> str:
        return f"/offres/{self.data['number']}-{self.data['slug']}/"

    @property
    def supplier_url(self) -> str:
        supplier = self.data["supplier"]
        return f"/fournisseurs/{supplier['number']}-{supplier['slug']}/"

    @property
    def models(self) -> str:
        return ", ".join(MODEL_WORDS.get(code, code) for code in self.data["service_models"])

    @property
    def size(self) -> str:
        code = self.data["supplier"]["size"]
        return SupplierSize(code).label if code in SupplierSize.values else ""

    @property
    def shown_marks(self) -> tuple[CardMark, ...]:
        """At most three, absences left out: a list of what an offer lacks says nothing."""
        told = [mark for mark in self.marks if mark.status not in (TrustStatus.NONE, TrustStatus.UNKNOWN)]
        return tuple(told[:MAX_MARKS])

    @property
    def price(self) -> Decimal | None:
        return Decimal(self.data["price"]["amount_eur_ht"]) if self.data["price"] else None

    @property
    def price_unit(self) -> str:
        return price_unit(self.data["price"]) if self.data["price"] else ""


def price_unit(line: Mapping[str, Any]) -> str:
    """« par poste et par mois », « par mois »."""
    period = "" if line["period"] == PricePeriod.NONE else PricePeriod(line["period"]).label
    if line["kind"] != PriceKind.UNIT or not line["unit"]:
        return period
    return f"par {line['unit']} et {period}" if period else f"par {line['unit']}"


def card_of(
    data: Mapping[str, Any], *, on: datetime.date, line: CardLine | None = None, retained: str = ""
) -> Card:
    return Card(data, tuple(_mark(mark, on=on) for mark in data["marks"]), line, retained)


def _mark(data: Mapping[str, Any], *, on: datetime.date) -> CardMark:
    until, base = _day(data["until"]), _day(data["base_until"])
    status = status_by_the_clock(data["status"], until=until, on=on, base_until=base)
    lost = status in (TrustStatus.SUSPENDED, TrustStatus.EXPIRED, TrustStatus.WITHDRAWN)
    return CardMark(
        scheme=data["scheme"],
        status=status.value,
        until=until,
        origin=data["origin"] or "",
        milestone=data["milestone"],
        level=data["level"],
        undermined=bool(data["undermined"]) and lost,
    )


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def public_card(data: Mapping[str, Any], *, on: datetime.date) -> dict[str, Any]:
    """What the API's list says of one offer."""
    supplier = data["supplier"]
    return {
        "id": data["id"],
        "number": data["number"],
        "slug": data["slug"],
        "name": data["name"],
        "state": data["state"],
        "supplier": {"number": supplier["number"], "name": supplier["name"], "country": supplier["country"]},
        "service_models": data["service_models"],
        "category": data["category"],
        "description": data["description"],
        "regions": data["regions"],
        "open_source": data["open_source"],
        "is_internal_state": data["is_internal_state"],
        "orderable": data["orderable"],
        "price_from": data["price"],
        "trust": [
            {
                "scheme": mark.scheme,
                "status": mark.status,
                "valid_until": mark.until.isoformat() if mark.until else None,
                "origin": mark.origin or None,
                "undermined": mark.undermined,
            }
            for mark in card_of(data, on=on).marks
        ],
    }


CARD_FIELDS = (
    "id", "number", "slug", "name", "state", "supplier", "service_models", "category", "description",
    "regions", "open_source", "is_internal_state", "orderable", "price_from", "trust",
)  # fmt: skip
