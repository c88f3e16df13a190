"""The content of a notice, to be copied into the official form: as JSON, and as a PDF of plain text."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.enums import Scheme
from marketplace.documents.pdf import compile_pdf, row
from marketplace.ui.typography import date_text, datetime_text, plural
from procurement.consultations.delays import delays_told
from procurement.consultations.notices.recording import due_of
from procurement.models import Consultation
from procurement.routes.notices import Publicity

_TEMPLATE = Path(__file__).with_name("notice.typ")


def notice_of(consultation: Consultation, *, on: dt.date) -> dict[str, Any]:
    """What the consultation holds, and nothing else: null where the buyer is still to say. No query when it
    was read with its content."""
    buyer = consultation.organisation
    return {
        "number": consultation.number,
        "title": consultation.title,
        "description": consultation.description,
        "buyer": {
            "name": buyer.name,
            "identifier_scheme": buyer.identifier_scheme,
            "identifier": buyer.identifier,
            "kind": buyer.kind,
        },
        "procedure": consultation.get_kind_display(),
        "access": consultation.get_access_display(),
        "lots": [
            {"number": one.number, "title": one.title, "description": one.description}
            for one in consultation.lots.all()
        ],
        "criteria": [
            {"label": one.label, "kind": one.get_kind_display(), "weight": one.weight}
            for one in consultation.criteria.all()
        ],
        "price_formula": consultation.formula.text,
        "required_schemes": [str(Scheme(code).label) for code in consultation.required_schemes],
        "pay_per_use": consultation.pay_per_use,
        "candidacy": "DUME ou DC1, et attestation de n’être dans aucun cas d’exclusion",
        "closes_at": consultation.closes_at.isoformat() if consultation.closes_at else None,
        "questions_until": consultation.questions_until.isoformat() if consultation.questions_until else None,
        "response_days": consultation.response_days,
        **_delays(consultation, on=on),
        "candidates": _candidates(consultation),
        "documents": [
            {"title": one.title, "sha256": one.file.sha256} for one in consultation.documents.all()
        ],
        "address": f"{settings.SITE_URL.rstrip('/')}{consultation.get_absolute_url()}",
        "publicity": [_publicity(due) for due in due_of(consultation, on=on)],
    }


def _publicity(due: Publicity) -> dict[str, Any]:
    return {
        "any_of": list(due.any_of),
        "text": due.text,
        "source": due.source,
        "confidence": due.confidence,
    }


def _delays(row: Consultation, *, on: dt.date) -> dict[str, Any]:
    told = [
        {"phase": one.phase, "days": one.days, "base_days": one.base_days, "text": one.told}
        for one in delays_told(row, today=on)
    ]
    return {"minimal_delays": told, "reduction_reason": row.reduction_reason}


def _candidates(row: Consultation) -> dict[str, Any] | None:
    """How candidates are called and chosen; None when there is no such phase."""
    if not row.is_restricted:
        return None
    return {
        "criteria": row.selection_criteria,
        "least": row.candidates_least,
        "most": row.candidates_most,
        "until": row.candidatures_until.isoformat() if row.candidatures_until else None,
        "days": row.candidature_days,
    }


def notice_pdf(consultation: Consultation, *, on: dt.date) -> bytes:
    when = dt.datetime.combine(on, dt.time(12), dt.UTC)
    return compile_pdf(_TEMPLATE, notice_data(consultation, on=on), when=when)


def _called(told: dict[str, Any] | None) -> list[Any]:
    if told is None:
        return []
    most = told["most"] if told["most"] is not None else "nombre à dire"
    return [
        row("Candidats invités", f"{told['least']} au moins, {most} au plus"),
        row("Critères du choix", told["criteria"] or "À écrire"),
    ]


def notice_data(consultation: Consultation, *, on: dt.date) -> dict[str, Any]:
    told = notice_of(consultation, on=on)
    buyer, closes_at = told["buyer"], consultation.closes_at
    title = f"Contenu de l’avis, {consultation.number}"
    days = plural(consultation.response_days, one="jour ouvré", many="jours ouvrés")
    return {
        "title": title,
        "author": buyer["name"],
        "description": f"{title}, {consultation.title}",
        "facts": [
            row("Acheteur", buyer["name"]),
            row("Identifiant", f"{buyer['identifier_scheme']} {buyer['identifier']}".strip()),
            row("Objet", told["title"]),
            row("Numéro", told["number"]),
            row("Procédure", told["procedure"]),
            row("Accès", told["access"]),
            row(
                "Clôture",
                f"{datetime_text(closes_at)} (heure de Paris)" if closes_at else f"{days} pour répondre",
            ),
            *([row("Motif du délai réduit", told["reduction_reason"])] if told["reduction_reason"] else []),
            *_called(told["candidates"]),
            row("Candidature", told["candidacy"]),
            row("Exigé", ", ".join(told["required_schemes"]) or "Aucune qualification"),
            row("Adresse du dossier", told["address"]),
            row("Contenu lu le", date_text(on)),
        ],
        "need": told["description"] or "À écrire",
        "lots": [f"Lot {one['number']} : {one['title']}" for one in told["lots"]],
        "criteria": [f"{one['label']}, {one['weight']} %" for one in told["criteria"]] or ["À écrire"],
        "formula": told["price_formula"],
        "documents": [one["title"] for one in told["documents"]] or ["Aucun document joint"],
        "publicity": [f"{one['text']} {one['source']} ({one['confidence']})." for one in told["publicity"]]
        or ["Aucune publication officielle n’est due."],
    }
