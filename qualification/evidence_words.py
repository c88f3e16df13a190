"""What a check saw, as lines that people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualification.checks.website import words_of

LABELS = {
    "address": "Adresse contactée",
    "audited_on": "Audit du",
    "caa": "CAA",
    "carbon_g": "Empreinte carbone, en g",
    "carbon_method": "Méthode de l’empreinte",
    "carbon_unit": "Unité de l’empreinte",
    "ceased_on": "Activité cessée le",
    "certificate_issuer": "Autorité du certificat",
    "certificate_names": "Noms du certificat",
    "certificate_until": "Fin du certificat",
    "certificates": "Certificats",
    "clauses": "Clauses présentes",
    "contact": "Contact",
    "csp": "CSP",
    "decision": "Numéro au registre",
    "did": "Identité did:web",
    "dmarc": "DMARC",
    "dnssec": "DNSSEC",
    "domain": "Domaine",
    "entry": "Ligne du registre",
    "expires": "Expire le",
    "files": "Fichiers",
    "final_url": "Adresse finale",
    "formats": "Formats promis",
    "found": "Formats reconnus",
    "headquarters": "Pays du siège",
    "host": "Nom",
    "hsts": "HSTS",
    "identifier": "Identifiant",
    "insolvency": "Procédure collective",
    "justification": "Justification",
    "largest_percent": "Plus grande part hors de l’Union, en %",
    "layers": "Couches",
    "legal_name": "Raison sociale au registre",
    "lei": "LEI",
    "level": "Conformité déclarée",
    "marks": "Qualifications revendiquées",
    "notice_days": "Annonce d’un changement, en jours",
    "notice_months": "Préavis, en mois",
    "openapi": "Version d’OpenAPI",
    "papers": "Pièces jointes",
    "plans": "Formules",
    "prices": "Lignes de prix",
    "pue": "PUE",
    "rate_percent": "Taux, en %",
    "read_on": "Registre lu le",
    "reason": "Motif",
    "register": "Registre",
    "register_read_on": "Registre lu le",
    "renewable_percent": "Énergie renouvelable, en %",
    "retrieval_days": "Récupération, en jours",
    "sample": "Exemple",
    "shareholders": "Actionnaires",
    "siret": "SIRET",
    "spf": "SPF",
    "status": "Réponse",
    "stockage": "Pays de stockage",
    "subprocessors": "Sous-traitants",
    "tls": "Version de TLS",
    "tls_accepted": "Versions de TLS acceptées",
    "tls_promised": "Version minimale annoncée",
    "total_percent": "Parts hors de l’Union, en %",
    "traitement": "Pays de traitement",
    "transition_days": "Transition, en jours",
    "tva": "Numéro de TVA",
    "undermined": "Statuts emportés",
    "url": "Adresse",
}
WORDS = {"signed": "signée", "unsigned": "non signée", "broken": "signature non valable"}


def evidence_rows(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, text); what was not reached has no line."""
    said = ((LABELS.get(name, name), _said(value)) for name, value in sorted(evidence.items()))
    return [(label, text) for label, text in said if text is not None]


def _said(value: object) -> str | None:
    if value is None or value in ([], {}):
        return None
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {item}" for name, item in value.items() if item is not None)
    return WORDS.get(str(value)) or words_of(str(value))
