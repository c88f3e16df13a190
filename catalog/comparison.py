"""S4: where up to four offers differ. Unknown is a value and is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from catalog.cards import price_unit
from catalog.enums import Scheme, TrustStatus
from catalog.models import Offer
from catalog.questions.rows import UNKNOWN, ComparedRow, compared_row, compared_rows
from catalog.search.fields import entry_price
from marketplace.ui.typography import euros

MOST = 4
SCHEMES = (Scheme.SECNUMCLOUD, Scheme.HDS, Scheme.ISO27001, Scheme.GAIAX)


@dataclass(frozen=True, slots=True)
class Comparison:
    offers: tuple[Offer, ...]
    differences: tuple[ComparedRow, ...]
    same: tuple[ComparedRow, ...]

    @property
    def unknown(self) -> int:
        return sum(row.unknown for row in (*self.differences, *self.same))

    @property
    def rows(self) -> tuple[ComparedRow, ...]:
        return (*self.differences, *self.same)


def compare(offers: Sequence[Offer], *, categories: dict[str, str]) -> Comparison:
    """Relations are prefetched by the caller (`for_comparison`): no query here."""
    rows = [*_plain_rows(offers), *_trust_rows(offers)]
    rows += compared_rows(
        [offer.live_version.answers if offer.live_version else None for offer in offers],
        categories=categories,
    )
    names = tuple(offer.name for offer in offers)
    rows = [replace(row, names=names) for row in rows]
    return Comparison(
        tuple(offers),
        tuple(row for row in rows if row.differs),
        tuple(row for row in rows if not row.differs),
    )


def for_comparison(numbers: Sequence[int], *, actor: object) -> list[Offer]:
    """Visible ones, in the order asked. Four queries."""
    found = (
        Offer.objects.visible_to(actor)  # type: ignore[arg-type]  # an Actor
        .for_sheet()
        .prefetch_related("effective_trust__mark", "live_version__plans__lines")
        .filter(number__in=numbers)
    )
    by_number = {offer.number: offer for offer in found}
    return [by_number[number] for number in dict.fromkeys(numbers) if number in by_number]


def _plain_rows(offers: Sequence[Offer]) -> list[ComparedRow]:
    return [
        compared_row("Fournisseur", [offer.supplier.name for offer in offers]),
        compared_row("Référencement", [offer.get_state_display() for offer in offers]),
        compared_row("Prix mensuel d’entrée", [_price(offer) for offer in offers]),
    ]


def _price(offer: Offer) -> str:
    entry = entry_price(offer)
    if entry is None:
        return ""
    words = price_unit({"period": entry.period, "kind": entry.kind, "unit": entry.unit})
    return f"{euros(entry.amount_eur_ht, tax='HT', unit_price=True)} {words}"


def _trust_rows(offers: Sequence[Offer]) -> list[ComparedRow]:
    return [
        compared_row(Scheme(scheme).label, [_trust(offer, scheme) for offer in offers]) for scheme in SCHEMES
    ]


def _trust(offer: Offer, scheme: str) -> str:
    row = next((r for r in offer.effective_trust.all() if r.scheme == scheme), None)
    if row is None:
        return (
            TrustStatus.NOT_APPLICABLE.label
            if offer.is_internal_state and scheme == Scheme.SECNUMCLOUD
            else ""
        )
    status = row.status_on(timezone.localdate())
    if status == TrustStatus.UNKNOWN:
        return ""
    words = str(status.label)
    if row.valid_until:
        words += f", jusqu’au {row.valid_until:%d/%m/%Y}"
    if row.mark and row.mark.origin == "declared":
        words += " (selon le fournisseur)"
    return words


def csv_rows(comparison: Comparison) -> list[list[str]]:
    """Text only: a cell that a spreadsheet would compute is kept as text by a leading apostrophe."""
    head = ["Critère", *(offer.name for offer in comparison.offers), "Diffère"]
    body = [[row.label, *row.texts, "oui" if row.differs else "non"] for row in comparison.rows]
    return [[_inert(cell) for cell in row] for row in (head, *body)]


def _inert(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell != UNKNOWN else cell
