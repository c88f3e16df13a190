"""The decision letter: what the supplier reads on the page and keeps as a file, from one set of words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from marketplace.documents.pdf import Rows, compile_pdf, row
from marketplace.files.sniff import PDF
from marketplace.files.store import store_bytes
from marketplace.ui.typography import date_text, datetime_text, french
from qualification.enums import DecisionStage
from qualification.schemes import load_scheme

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation
    from marketplace.files.models import StoredFile
    from qualification.models import CorrectionRequest, Decision, Dispute, Finding

_TEMPLATE = Path(__file__).with_name("decision_letter.typ")


def store_letter(decision: Decision, *, operator: Organisation, actor: Actor) -> StoredFile:
    """Made once, in the transaction that decides, before the decision's row; never made again."""
    return store_bytes(
        letter_pdf(decision, operator=operator.name),
        name=f"{decision.dossier.number}-{decision.stage}.pdf",
        owner=operator,
        actor=actor,
        accept=frozenset({PDF}),
    )


def letter_pdf(decision: Decision, *, operator: str) -> bytes:
    return made_pdf(letter_data(decision, operator=operator), when=decision.decided_at)


def made_pdf(data: dict[str, Any], *, when: dt.datetime) -> bytes:
    """From the words of `letter_data`, or of a copy of them."""
    return compile_pdf(_TEMPLATE, data, when=when)


def letter_data(decision: Decision, *, operator: str) -> dict[str, Any]:
    """Works on a decision that is not saved yet (the preview). Five queries at most."""
    dossier = decision.dossier
    title = f"{decision.get_stage_display()} sur le dossier {dossier.number}"
    return {
        "title": title,
        "author": operator,
        "description": f"{title}, {operator} à {dossier.organisation.name}",
        "facts": _facts(decision),
        "operator": [
            row("Nom", operator),
            row("Décision prise par", decision.decided_by.full_name),
        ],
        "supplier": _supplier(dossier.organisation),
        "object": _object(decision),
        "decision": decision.sentence[:1].upper() + decision.sentence[1:],
        "reasons": _paragraphs(decision.reasons),
        "reserves": _paragraphs(decision.reserves),
        "requirements": _requirements(decision),
        "hearing": _paragraphs(decision.hearing) or ["Aucune observation n’a été consignée."],
        "exchanges": _exchanges(decision),
        "remedies": _remedies(decision),
        "closing": ["Le référencement ne vaut ni marché ni agrément."],
    }


def _facts(decision: Decision) -> Rows:
    dossier = decision.dossier
    scheme = load_scheme(dossier.scheme, dossier.scheme_edition)
    return [
        row("Date", datetime_text(decision.decided_at)),
        row("Dossier", dossier.number),
        row("Envoyé le", date_text(dossier.submitted_at) if dossier.submitted_at else ""),
        row("Règles appliquées", f"{scheme.title}, édition {scheme.edition}"),
    ]


def _supplier(organisation: Organisation) -> Rows:
    scheme = organisation.get_identifier_scheme_display() if organisation.identifier_scheme else "Identifiant"
    return [row("Nom", organisation.name), row(str(scheme), organisation.identifier)]


def _object(decision: Decision) -> Rows:
    offer = decision.dossier.offer
    return [
        row("Offre", f"{offer.name}, n° {offer.number}"),
        row("Version jugée", str(decision.offer_version.number)),
    ]


def _requirements(decision: Decision) -> list[dict[str, str]]:
    """Every requirement with the last finding known when it was decided."""
    dossier = decision.dossier
    known = dossier.findings.filter(recorded_at__lte=decision.decided_at).order_by("pk")
    last = {finding.requirement: finding for finding in known}
    lines = []
    for requirement in load_scheme(dossier.scheme, dossier.scheme_edition).requirements:
        found = last.get(requirement.code)
        lines.append(
            {
                "title": requirement.title,
                "rule": requirement.rule,
                "verdict": _verdict(found) if found else "Non jugée",
                "seen": found.observation if found else "",
                "remedy": found.remedy if found else "",
            }
        )
    return lines


def _exchanges(decision: Decision) -> list[str]:
    """What was asked and answered before it; the texts themselves stay on the dossier's page."""
    dossier = decision.dossier
    said = [_correction(asked) for asked in dossier.corrections.order_by("pk")]
    answered = dossier.disputes.filter(answered_at__isnull=False).order_by("pk")
    said += [_dispute(dispute) for dispute in answered.select_related("check_run")]
    if decision.stage == DecisionStage.APPEAL:
        said.append(f"Recours formé le {date_text(dossier.appeal_row.lodged_at)}.")
    return said


def _correction(asked: CorrectionRequest) -> str:
    answer = f"réponse le {date_text(asked.answered_at)}" if asked.answered_at else "sans réponse"
    return f"Corrections demandées le {date_text(asked.requested_at)}, {answer}."


def _dispute(dispute: Dispute) -> str:
    about = f"Contestation {dispute.number} du contrôle « {dispute.check_run.title} » : "
    return french(about) + f"{dispute.outcome}."


def _remedies(decision: Decision) -> list[str]:
    lines = _paragraphs(decision.remedies)
    if decision.may_be_appealed:
        page = reverse("qualification:appeal", args=[decision.dossier.number])
        lines.append(french(f"Former le recours auprès de l’opérateur : {settings.SITE_URL}{page}"))
    return lines


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _verdict(finding: Finding) -> str:
    """« Non conforme (bloquant) »."""
    said = str(finding.get_verdict_display())
    return f"{said} ({finding.get_severity_display().lower()})" if finding.severity else said
