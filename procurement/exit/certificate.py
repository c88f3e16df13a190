"""The closure certificate: what came back, with its hashes, and the proof that the rest was erased."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from marketplace.documents.pdf import compile_pdf, row
from marketplace.ui.typography import date_text, size_text
from procurement.models import ExitPlan

_TEMPLATE = Path(__file__).with_name("certificate.typ")


def certificate_pdf(plan: ExitPlan) -> bytes:
    """Of a plan being closed: its date is the closure's."""
    assert plan.closed_at is not None  # set by the act that closes
    return compile_pdf(_TEMPLATE, certificate_data(plan), when=plan.closed_at)


def certificate_data(plan: ExitPlan) -> dict[str, Any]:
    """Two queries."""
    contract = plan.contract
    title = f"Certificat de clôture, {plan.number}"
    return {
        "title": title,
        "author": contract.buyer.name,
        "description": f"{title}, contrat {contract.number}",
        "facts": [
            row("Contrat", contract.number),
            row("Offre", f"{contract.offer.name}, {contract.supplier.name}"),
            row("Administration", contract.buyer.name),
            row("Préavis donné le", _day(plan.notice_given_on)),
            row("Fin de la transition", _day(plan.transition_ends_on)),
            row("Données récupérables jusqu’au", _day(plan.retrieval_ends_on)),
            row("Données effacées le", _day(plan.erased_on)),
            row("Attestation d’effacement", plan.erasure_reference),
            row("Close par", f"{plan.closed_by}"),
        ],
        "exports": [
            {
                "label": export.label,
                "format": export.format,
                "received": _day(export.received_on),
                "size": size_text(export.size) if export.size is not None else "Inconnue",
                "sha256": export.sha256,
            }
            for export in plan.exports.all()
        ],
        "rehearsals": [
            {"on": _day(each.done_on), "result": each.get_result_display(), "note": each.note}
            for each in plan.rehearsals.all()
        ],
    }


def _day(value: Any) -> str:
    return date_text(value) if value else ""
