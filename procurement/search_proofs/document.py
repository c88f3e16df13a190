"""What the paper says, from words already formatted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalog.enums import ServiceModel
from marketplace.documents.pdf import Rows, compile_pdf, row
from marketplace.ui.typography import date_text, datetime_text, plural
from procurement.actions.assessments import result_now
from procurement.doctrine import AssessmentResult
from procurement.doctrine.eligibility import SCHEMES
from procurement.enums import Standing
from procurement.models import EligibilityRow, SearchProof

_TEMPLATE = Path(__file__).with_name("proof.typ")
# Of each standing; the others are counted, and bound by the hash of the list.
MOST_ROWS = 300
_TITLES = {
    Standing.ELIGIBLE: "Offres conformes",
    Standing.TO_CHECK: "Offres à vérifier",
    Standing.REFUSED: "Offres écartées",
}


def search_proof_pdf(proof: SearchProof, *, rows: list[EligibilityRow]) -> bytes:
    """Of the day and second of the issue, the need as the list froze it. Two queries for the analysis."""
    return compile_pdf(_TEMPLATE, proof_data(proof, rows=rows), when=proof.issued_at)


def proof_data(proof: SearchProof, *, rows: list[EligibilityRow]) -> dict[str, Any]:
    project, made = proof.project, proof.eligibility_list
    made.assessment.project = project
    result = result_now(made.assessment)
    title = f"Justificatif de recherche {proof.number}"
    return {
        "title": title,
        "author": project.organisation.name,
        "description": f"{title}, {project}",
        "facts": [
            row("Projet", str(project)),
            row("Administration", project.organisation.name),
            row("Place de marché consultée le", datetime_text(made.frozen_at)),
            row("Justificatif établi le", datetime_text(proof.issued_at)),
            row("Empreinte de la liste (SHA-256)", proof.list_sha256),
        ],
        "need": [row(label, value) for label, value in made.told["need"]],
        "requirements": [row(label, value) for label, value in made.told["requirements"]],
        "rules": [_rule(used) for used in result.rule_sets],
        "obligations": [_obligation(each) for each in result.obligations if each.level != "not_required"],
        "filters": _filters(proof, result),
        "tables": [_table(standing, rows) for standing in Standing],
    }


def _rule(used: Any) -> dict[str, str]:
    return {"title": used.title, "from": date_text(used.in_force_from), "sha256": used.sha256}


def _obligation(each: Any) -> dict[str, str]:
    return {"label": each.label, "level": each.level_label, "reason": each.reason, "source": each.source}


def _filters(proof: SearchProof, result: AssessmentResult) -> Rows:
    """What was asked of every public offer of that day."""
    models = ", ".join(str(ServiceModel(code).label) for code in proof.project.service_models or ())
    asked = [each.label for each in result.required if each.code in proof.eligibility_list.obligations]
    return [
        row("Offres jugées", "toutes les offres publiques du catalogue ce jour-là"),
        row("Modèles de service", models),
        row("Obligations exigées", ", ".join(asked) or "Aucune"),
        row("Sensibilité appréciée le", date_text(result.on)),
    ]


def _table(standing: Standing, rows: list[EligibilityRow]) -> dict[str, Any]:
    found = [each for each in rows if each.standing == standing]
    left = len(found) - MOST_ROWS
    return {
        "title": f"{_TITLES[standing]} ({len(found)})",
        "rows": [_line(each) for each in found[:MOST_ROWS]],
        "more": f"Et {plural(left, one='autre offre', many='autres offres')}, dont l’empreinte de la liste "
        "répond."
        if left > 0
        else "",
    }


def _line(each: EligibilityRow) -> dict[str, str]:
    version = f", version {each.offer_version.number}" if each.offer_version else ""
    kept = " (présélectionnée)" if each.shortlisted else ""
    statuses = [f"{SCHEMES[scheme]} : {seen['label']}" for scheme, seen in each.statuses.items()]
    return {
        "offer": f"{each.offer.name}{version}{kept}",
        "supplier": each.offer.supplier.name,
        "statuses": " ; ".join(statuses) or "Inconnus",
        "reasons": " ".join(finding["text"] for finding in each.findings) or "Aucune réserve",
    }
