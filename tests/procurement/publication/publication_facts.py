"""Facts of an invented contract, whole; and the official schemas, read from beside the checkout."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from procurement.publication.facts import Buyer, Holder, MarketFacts
from procurement.publication.ocds import Issue
from tests.builders import fictitious_siren, fictitious_siret

# The key of a French VAT number from its SIREN.
_SIREN = fictitious_siren(7003)
VAT = f"FR{(12 + 3 * (int(_SIREN) % 97)) % 97:02d}{_SIREN}"
WHOLE = MarketFacts(
    buyer=Buyer(fictitious_siret(7001), "Ministère d’essai"),
    reference="2026-ESSAI-01",
    nature="Marché",
    object="Messagerie d’essai",
    cpv="72416000",
    techniques=("Sans objet",),
    execution_modes=("Bons de commande",),
    innovative=False,
    ccag="Techniques de l'information et de la communication",
    offers_received=3,
    advance=True,
    advance_rate=Decimal("0.3"),
    grouping="Pas de groupement",
    subcontracting=False,
    procedure="Procédure adaptée",
    place_code="75",
    place_kind="Code département",
    duration_months=12,
    notified_on=dt.date(2026, 10, 1),
    amount_eur_ht=Decimal("57500.50"),
    price_form="Unitaire",
    price_types=("Définitif révisable",),
    holders=(Holder("SIRET", fictitious_siret(7002), "Nuage Exemple"),),
    holder_is_person=False,
    social=("Pas de considération sociale",),
    environmental=("Critère environnemental", "Clause environnementale"),
)
# What the lots extension of OCDS (v1.1.5) adds to the release schema, as far as it is used here.
_TEXT = {"type": ["string", "null"]}
_RELATED = {"type": ["array", "null"], "items": {"type": "string"}}
_STANDINGS = ["planning", "planned", "active", "cancelled", "unsuccessful", "complete", "withdrawn", None]
LOTS: dict[str, Any] = {
    "definitions": {
        "Tender": {"properties": {"lots": {"type": "array", "items": {"$ref": "#/definitions/Lot"}}}},
        "Item": {"properties": {"relatedLot": _TEXT}},
        "Award": {"properties": {"relatedLots": _RELATED}},
        "Lot": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "string"},
                "title": _TEXT,
                "description": _TEXT,
                "status": {
                    **_TEXT,
                    "codelist": "tenderStatus.csv",
                    "openCodelist": False,
                    "enum": _STANDINGS,
                },
            },
        },
    }
}
TODAY = dt.date(2026, 11, 26)


def whole(**values: Any) -> MarketFacts:
    return replace(WHOLE, **values)


def issue(rank: int = 1, *, lot: int = 1) -> Issue:
    at = dt.datetime(2026, 11, 25 + rank // 10, rank % 10, 30, tzinfo=dt.UTC)
    return Issue("ocds-000000-PUB-2026-0001", rank, at, "FR-INSEE", lot)


def decp_validator(shared: Path) -> Draft7Validator:
    schema = json.loads((shared / "decp" / "schema_decp_v2.0.3.json").read_text())
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def decp_errors(shared: Path, *objects: Any) -> list[str]:
    document = {"marches": {"marche": list(objects)}}
    return [f"{each.json_path} {each.message}" for each in decp_validator(shared).iter_errors(document)]


def ocds_validator(shared: Path, name: str) -> Draft4Validator:
    """« release », « release-package » or « record-package », every address found beside the checkout."""
    folder = shared / "ocds"
    base = "https://standard.open-contracting.org/schema/1__1__5/"
    registry: Registry[Any] = Registry()
    for path in folder.glob("*.json"):
        resource = DRAFT4.create_resource(json.loads(path.read_text()))
        registry = registry.with_resource(base + path.name, resource)
    return Draft4Validator(json.loads((folder / f"{name}-schema.json").read_text()), registry=registry)


def ocds_errors(shared: Path, name: str, document: Any) -> list[str]:
    found = ocds_validator(shared, name).iter_errors(document)
    return [f"{each.json_path} {each.message}" for each in found]
