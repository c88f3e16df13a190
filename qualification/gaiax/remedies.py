"""The ten checks as a person reads them: their name, and how to repair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TITLES = {
    "format": "Forme du document",
    "context": "Contextes et termes",
    "dates": "Dates de validité",
    "did": "Identité de l’émetteur (did:web)",
    "key": "Clé publique",
    "chain": "Chaîne de certificats",
    "signature": "Signature",
    "status": "Révocation et suspension",
    "shape": "Forme des descriptions",
    "rules": "Règles entre titres",
}
REMEDIES = {
    "format": "Exportez le titre de nouveau depuis l’outil qui l’a émis, sans le reformater.",
    "context": "N’employez que les contextes publiés de la génération, en texte, et que leurs termes.",
    "dates": "Demandez un titre en cours de validité à son émetteur.",
    "did": "Publiez le document DID à l’adresse de l’émetteur, avec le même identifiant.",
    "key": "Publiez la clé dans « verificationMethod » et « assertionMethod », pour l’algorithme employé.",
    "chain": "Joignez à la clé la chaîne (« x5c » ou « x5u ») d’un certificat valable qui couvre l’hôte.",
    "signature": "Signez de nouveau le contenu exact avec la clé publiée, en PS256 ou ES256.",
    "status": "Demandez un titre en vigueur à son émetteur, ou joignez la liste de statuts qu’il nomme.",
    "shape": "Complétez ou corrigez la propriété nommée, puis signez de nouveau.",
    "rules": "Réunissez dans une présentation les titres du participant, de son numéro et des conditions.",
}


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    verdict: str
    message: str
    path: str
    remedy: str


def lines_of(report: dict[str, Any]) -> list[Line]:
    """The checks of a report, in its order; what passes needs no remedy."""
    return [
        Line(
            TITLES[check["id"]],
            check["verdict"],
            check["message"],
            check["path"],
            "" if check["verdict"] == "pass" else REMEDIES[check["id"]],
        )
        for check in report["checks"]
    ]
