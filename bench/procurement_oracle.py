"""What the export must hold, made from the plain values by no code of the product; the official schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.procurement_data import Changed, Told

SCHEMA = Path(__file__).resolve().parents[2] / "shared" / "decp" / "schema_decp_v2.0.3.json"


def expected(one: Told) -> dict[str, Any]:
    made = {
        "id": one.reference,
        "acheteur": {"id": one.siret},
        "nature": one.nature,
        "objet": one.object,
        "codeCPV": one.cpv,
        "techniques": {"technique": list(one.techniques)},
        "modalitesExecution": {"modaliteExecution": list(one.modes)},
        "marcheInnovant": one.innovative,
        "ccag": one.ccag,
        "offresRecues": one.offers,
        "attributionAvance": one.advance,
        "typeGroupementOperateurs": "Pas de groupement",
        "sousTraitanceDeclaree": one.subcontracting,
        "procedure": one.procedure,
        "lieuExecution": {"code": one.place, "typeCode": "Code département"},
        "dureeMois": one.months,
        "dateNotification": one.notified_on.isoformat(),
        "datePublicationDonnees": one.published_on.isoformat(),
        "montant": float(one.amount),
        "formePrix": one.price_form,
        "typesPrix": {"typePrix": list(one.price_types)},
        "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": one.holder}}],
        "considerationsSociales": {"considerationSociale": list(one.social)},
        "considerationsEnvironnementales": {"considerationEnvironnementale": list(one.environmental)},
    }
    if one.framework:
        made["idAccordCadre"] = one.framework
    if one.rate is not None:
        made["tauxAvance"] = float(one.rate)
    if one.changes:
        made["modifications"] = [
            {"modification": _change(rank, change)} for rank, change in enumerate(one.changes, start=1)
        ]
    return made


def _change(rank: int, change: Changed) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": rank,
        "dateNotificationModification": change.notified_on.isoformat(),
        "datePublicationDonneesModification": change.published_on.isoformat(),
    }
    if change.amount is not None:
        made["montant"] = float(change.amount)
    if change.months is not None:
        made["dureeMois"] = change.months
    return made


def schema_errors(objects: list[Any]) -> list[str]:
    """One sentence an error; one too when the schema is not beside the checkout: nothing was judged."""
    from jsonschema import Draft7Validator

    if not SCHEMA.is_file():
        return ["the official schema is not beside the checkout: nothing was validated"]
    validator = Draft7Validator(json.loads(SCHEMA.read_text()))
    document = {"marches": {"marche": objects}}
    return [f"{error.json_path} {error.message}" for error in validator.iter_errors(document)]
