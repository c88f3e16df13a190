"""One line an offer: what a spreadsheet opens. Lists are joined by « | », unknown is an empty cell."""

from __future__ import annotations

import json
from typing import Any

from catalog.enums import Scheme
from catalog.opendata.answers import open_questions
from catalog.opendata.licence import LICENCE_NAME
from catalog.opendata.records import Record

OFFER = (
    "id", "number", "name", "page", "state", "is_public_sheet", "is_internal_state", "orderable", "listed_on",
)  # fmt: skip
SUPPLIER = (
    "name", "legal_name", "country", "identifier_scheme", "identifier", "size", "claimed", "region", "is_ess",
    "inclusion", "is_independent", "group_name", "founded_year", "public_share_percent", "facts_declared_at",
)  # fmt: skip
SERVICE = (
    "service_models", "category", "category_label", "description", "website", "regions", "open_source",
    "public_prices",
)  # fmt: skip
DATES = ("facts_read_on", "facts_confirmed_on")


def catalogue_columns() -> list[str]:
    trust = [f"{scheme}_{what}" for scheme in Scheme.values for what in ("status", "valid_until", "origin")]
    return [
        *OFFER,
        *(f"supplier_{name}" for name in SUPPLIER),
        *SERVICE,
        *trust,
        *(f"answer_{one.id}" for one in open_questions()),
        *DATES,
        "sources",
        "licence",
    ]


def catalogue_row(record: Record) -> Record:
    """Statuses are the effective ones, layers below included; the origin is that of the mark behind each."""
    worth = {row["scheme"]: row for row in record["trust"]}
    trust: Record = {}
    for scheme in Scheme.values:
        row = worth.get(scheme, {})
        trust[f"{scheme}_status"] = row.get("status")
        trust[f"{scheme}_valid_until"] = row.get("valid_until")
        trust[f"{scheme}_origin"] = row.get("origin")
    return {
        **{name: record[name] for name in (*OFFER, *SERVICE, *DATES)},
        **{f"supplier_{name}": record["supplier"][name] for name in SUPPLIER},
        **trust,
        **{f"answer_{name}": value for name, value in record["answers"].items()},
        "sources": [f"{fact} : {' ; '.join(said)}" for fact, said in record["sources"].items()],
        "licence": LICENCE_NAME,
    }


def cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return " | ".join(str(one) for one in value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
