"""An offer as one JSON document: all its supplier wrote, to keep, to copy elsewhere, to bring back.

`{"format": "offre", "format_version": 1, "offer": {…}, "answers": {question: value}, "plans": […],
"declared_marks": […], "stack": […]}`; the shape of each is the API's own. A certificate's file is no part
of it: a declaration comes back without its evidence.
"""

from __future__ import annotations

import io
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.utils import timezone
from rest_framework.exceptions import ParseError, ValidationError

from catalog.actions.authoring import LineInput
from catalog.enums import Origin
from catalog.models import Offer, OfferVersion
from catalog.questions.engine import questions
from marketplace.errors import RuleBroken
from marketplace.rest.errors import flatten
from marketplace.rest.parsers import StrictJSONParser

FORMAT, FORMAT_VERSION = "offre", 1
MAX_BYTES = 1_000_000
MARK_FIELDS = (
    "scheme", "label", "level", "scope", "regions", "status", "milestone", "valid_from", "valid_until",
    "decision_number", "issuer",
)  # fmt: skip


def document_of(offer: Offer, version: OfferVersion | None) -> dict[str, Any]:
    """The document of one version of the offer; None: nothing is written yet. Four queries."""
    asked = questions()
    answers = version.answers if version else {}
    said = {name: value for name, value in answers.items() if name in asked and not asked[name].derived}
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "exported_at": timezone.now(),
        "offer": {"id": offer.uuid, "number": offer.number, "state": offer.state, "version": version.number}
        if version
        else None,
        "answers": said,
        "plans": _plans(version) if version else [],
        "declared_marks": [
            {name: getattr(mark, name) for name in MARK_FIELDS}
            for mark in offer.trust_marks.filter(origin=Origin.DECLARED).order_by("pk")
        ],
        "stack": [
            {
                "layer": edge.layer,
                "base": edge.base.uuid if edge.base else None,
                "base_name": edge.base.name if edge.base else edge.base_name,
                "region": edge.region,
                "inherits": edge.inherits,
            }
            for edge in offer.stack_edges.select_related("base").order_by("pk")
        ],
    }


def _plans(version: OfferVersion) -> list[dict[str, Any]]:
    """As they are given: codes come from names, so none is written."""
    return [
        {
            "name": plan.name,
            "description": plan.description,
            "commitment_months": plan.commitment_months,
            "lines": [_line(LineInput.of(line)) for line in plan.lines.all()],
        }
        for plan in version.plans.prefetch_related("lines")
    ]


def _line(line: LineInput) -> dict[str, Any]:
    """Decimals as text: no reader rounds them."""
    tiers = [{"above": f"{above:f}", "amount_eur_ht": f"{amount:f}"} for above, amount in line.tiers]
    plain = {name: f"{v:f}" if isinstance(v, Decimal) else v for name, v in asdict(line).items()}
    return plain | {"tiers": tiers}


def read_text(text: str) -> dict[str, Any]:
    """The document as written. Raises RuleBroken: too long, not JSON, too deep, a name given twice…"""
    raw = text.encode("utf-8", "replace")
    if len(raw) > MAX_BYTES:
        raise RuleBroken("document_too_large", "Document trop lourd : 1 Mo au plus.", field="text")
    try:
        data = StrictJSONParser().parse(io.BytesIO(raw))
    except ParseError as error:
        repair = "Donnez le fichier tel qu’il a été exporté."
        raise RuleBroken("document_unreadable", f"{error.detail} {repair}", field="text") from error
    except ValidationError as error:
        raise refused(error) from error
    if not isinstance(data, dict):
        raise RuleBroken("document_unreadable", "Ce document n’est pas un objet JSON.", field="text")
    return data


def refused(error: ValidationError) -> RuleBroken:
    """The faults of a serializer as a domain error, a field the path of the value (plans.0.lines.1.unit)."""
    fields: dict[str, list[str]] = {}
    for fault in flatten(error.detail):
        fields.setdefault(fault["field"].removeprefix("answers."), []).append(fault["message"])
    return RuleBroken("document_refused", "Le document contient des valeurs à corriger.", fields=fields)
