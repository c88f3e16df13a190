"""From rows, forms and JSON to the facts that the doctrine reads, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from marketplace.audit.journal import canonical
from procurement.doctrine import AssessmentFacts

if TYPE_CHECKING:
    from procurement.models import Project

# Facts that the dialogue about data holds; the others are read on the project.
DATA_FACTS = ("sensitive_data", "harms", "personal_data", "health_data")
SETS = ("service_models", "sensitive_data", "harms")


def facts_of_project(project: Project, *, answers: Mapping[str, Any]) -> AssessmentFacts:
    return AssessmentFacts(
        buyer_kind=project.organisation.kind,
        hosting=project.hosting or None,
        service_models=_set(project.service_models or None),
        project_kind=project.project_kind or None,
        full_cost_eur_ht=project.full_cost_eur_ht,
        sensitive_data=_set(answers.get("sensitive_data")),
        harms=_set(answers.get("harms")),
        personal_data=answers.get("personal_data"),
        health_data=answers.get("health_data"),
    )


def facts_as_json(facts: AssessmentFacts) -> dict[str, Any]:
    """The API's names; sets as sorted lists, the amount as text, None kept."""
    shown: dict[str, Any] = {}
    for name, value in vars(facts).items():
        if isinstance(value, frozenset):
            shown[name] = sorted(value)
        else:
            shown[name] = str(value) if isinstance(value, Decimal) else value
    return shown


def facts_from_json(data: Mapping[str, Any]) -> AssessmentFacts:
    """Inverse of facts_as_json; unknown names are left out. Values must have been validated before."""
    values = {name: data.get(name) for name in AssessmentFacts.__dataclass_fields__}
    for name in SETS:
        values[name] = _set(values[name])
    cost = values["full_cost_eur_ht"]
    values["full_cost_eur_ht"] = Decimal(str(cost)) if cost is not None else None
    return AssessmentFacts(**values)


def sha256_of(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def _set(values: Iterable[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)
