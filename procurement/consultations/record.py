"""The record of the opening: who was there, what had been received, what was opened. Page and PDF."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketplace.audit.models import AuditEvent
from marketplace.documents.pdf import compile_pdf, row
from marketplace.ui.typography import datetime_text, plural
from procurement.models import Consultation, SealedDeposit

_TEMPLATE = Path(__file__).with_name("record.typ")


@dataclass(frozen=True)
class OpeningRecord:
    """`present`: those whose secrets opened, as the journal says. `deposits`: all, in the order they came."""

    present: tuple[str, ...]
    deposits: tuple[SealedDeposit, ...]

    @property
    def opened(self) -> tuple[SealedDeposit, ...]:
        return tuple(made for made in self.deposits if hasattr(made, "opened"))


def opening_record(consultation: Consultation) -> OpeningRecord:
    """Two queries. Of an opened consultation."""
    event = (
        AuditEvent.objects.filter(
            object_type=consultation._meta.label_lower, object_id=consultation.pk, what="open"
        )
        .select_related("side")
        .order_by("-pk")
        .first()
    )
    side = getattr(event, "side", None)
    rows = SealedDeposit.objects.filter(consultation=consultation).for_pages()
    rows = rows.select_related("opened", "lot__outcome")
    return OpeningRecord(
        present=tuple(side.detail.get("present", ())) if side is not None else (),
        deposits=tuple(rows.order_by("received_at", "pk")),
    )


def opening_record_pdf(consultation: Consultation) -> bytes:
    """The same bytes' words each time: its date is the opening's."""
    assert consultation.opened_at is not None  # asked of an opened consultation
    return compile_pdf(_TEMPLATE, record_data(consultation), when=consultation.opened_at)


def record_data(consultation: Consultation) -> dict[str, Any]:
    record = opening_record(consultation)
    title = f"Procès-verbal d’ouverture, {consultation.number}"
    opened = plural(len(record.opened), one="réponse ouverte", many="réponses ouvertes")
    return {
        "title": title,
        "author": consultation.organisation.name,
        "description": f"{title}, {consultation.title}",
        "facts": [
            row("Consultation", f"{consultation.number}, {consultation.title}"),
            row("Administration", consultation.organisation.name),
            row("Clôture", _when(consultation.closes_at)),
            row("Ouverture", _when(consultation.opened_at)),
            row("Personnes présentes", ", ".join(record.present)),
            row("Ensemble fixé à la clôture", consultation.commitment),
            row("Résultat", opened if record.opened else "Aucune réponse reçue"),
        ],
        "deposits": [_line(made) for made in record.deposits],
    }


def _when(instant: Any) -> str:
    return f"{datetime_text(instant)} (heure de Paris)" if instant else ""


def standing_of(made: SealedDeposit) -> str:
    """`opened` and the end of the lot were joined. A lot that ends after the opening had its set opened."""
    if hasattr(made, "opened"):
        return "Ouvert"
    outcome, opened_at = getattr(made.lot, "outcome", None), made.consultation.opened_at
    if outcome is not None and opened_at is not None and outcome.decided_at < opened_at:
        return "Lot terminé avant l’ouverture, jamais ouvert"
    return "Remplacé, non ouvert"


def _line(made: SealedDeposit) -> dict[str, str]:
    return {
        "supplier": made.supplier.name,
        "lot": str(made.lot.number),
        "sequence": str(made.sequence),
        "received": datetime_text(made.received_at),
        "sha256": made.ciphertext_sha256,
        "result": standing_of(made),
    }
