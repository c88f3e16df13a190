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
DATA_FACTS = ("sensitive_data", "harms", "harm_aspects", "personal_data", "health_data")
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
        harm_aspects=_pairs(answers.get("harm_aspects")),
        personal_data=answers.get("personal_data"),
        health_data=answers.get("health_data"),
    )


def facts_as_json(facts: AssessmentFacts) -> dict[str, Any]:
    """The API's names; sets as sorted lists, the amount as text, None kept but for `harm_aspects`, which
    older frozen facts do not name."""
    shown: dict[str, Any] = {}
    for name, value in vars(facts).items():
        if name == "harm_aspects":
            if value is not None:
                shown[name] = aspects_by_harm(value)
        elif isinstance(value, frozenset):
            shown[name] = sorted(value)
        else:
            shown[name] = str(value) if isinstance(value, Decimal) else value
    return shown


def facts_from_json(data: Mapping[str, Any]) -> AssessmentFacts:
    """Inverse of facts_as_json; unknown names are left out. Values must have been validated before."""
    values = {name: data.get(name) for name in AssessmentFacts.__dataclass_fields__}
    for name in SETS:
        values[name] = _set(values[name])
    values["harm_aspects"] = _pairs(values["harm_aspects"])
    cost = values["full_cost_eur_ht"]
    values["full_cost_eur_ht"] = Decimal(str(cost)) if cost is not None else None
    return AssessmentFacts(**values)


def aspects_by_harm(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The API's shape: `{"health_life": ["availability", "integrity"]}`."""
    found: dict[str, list[str]] = {}
    for harm, aspect in sorted(pairs):
        found.setdefault(harm, []).append(aspect)
    return found


def agreeing(answers: Mapping[str, Any]) -> dict[str, Any]:
    """A breach told for a harm tells the harm; one told for a harm taken away goes with it."""
    told = {harm: list(aspects) for harm, aspects in (answers.get("harm_aspects") or {}).items() if aspects}
    if not told:
        return dict(answers)
    if answers.get("harms") is None:
        return {**answers, "harms": sorted(told)}
    kept = {harm: aspects for harm, aspects in told.items() if harm in answers["harms"]}
    return {**answers, "harm_aspects": kept or None}


def sha256_of(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def _pairs(answer: Mapping[str, Iterable[str]] | None) -> frozenset[tuple[str, str]] | None:
    if answer is None:
        return None
    return frozenset((harm, aspect) for harm, aspects in answer.items() for aspect in aspects)


def _set(values: Iterable[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)
