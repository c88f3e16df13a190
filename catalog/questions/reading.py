"""From the TOML files to questions. Everything is judged before anything is given back."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from catalog.questions.engine import (
    CODED,
    COMPARED_HOW,
    COMPOSITES,
    FILTER_RANGE,
    FILTER_VALUES,
    NUMBERS,
    TYPES,
    Condition,
    Implication,
    Question,
    Section,
)

KEYS = frozenset(field.name for field in fields(Question)) - {"section", "parents"} | {"columns"}
PART_TYPES = TYPES - COMPOSITES - {"table", "list", "category", "regions", "choices", "tree"}
PARTS: dict[str, tuple[dict[str, Any], ...]] = {
    "certificate": (
        {"id": "issuer", "type": "text", "label": "Organisme qui l’a délivré", "max_length": 120},
        {"id": "number", "type": "text", "label": "Numéro", "max_length": 60},
        {"id": "scope", "type": "text", "label": "Périmètre", "max_length": 500},
        {"id": "valid_from", "type": "date", "label": "Début de validité"},
        {"id": "valid_until", "type": "date", "label": "Fin de validité"},
        {"id": "file", "type": "document", "label": "Certificat"},
    ),
    "contact": (
        {"id": "service", "type": "text", "label": "Service ou fonction", "max_length": 120},
        {"id": "email", "type": "email", "label": "Adresse électronique", "max_length": 254},
        {"id": "phone", "type": "text", "label": "Téléphone", "max_length": 30},
        {"id": "url", "type": "url", "label": "Page de contact", "max_length": 300},
    ),
}


class QuestionFileError(ValueError):
    """`faults`: one sentence each, naming the file and the question."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_folder(folder: Path) -> tuple[Section, ...]:
    """Every section in order. Raises QuestionFileError with all faults at once."""
    found, faults = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(_section(path))
        except QuestionFileError as error:
            faults += error.faults
    if not faults:
        faults = [*_across(found)]
    if faults:
        raise QuestionFileError(faults)
    return tuple(sorted(found, key=lambda section: section.position))


def _section(path: Path) -> Section:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise QuestionFileError([f"{path.name}: not readable TOML: {error}"]) from error
    head, rows = data.get("section"), data.get("question")
    if (
        not isinstance(head, dict)
        or not isinstance(rows, list)
        or not {"id", "label", "position"} <= set(head)
    ):
        raise QuestionFileError([f"{path.name}: [section] id, label, position and [[question]] are needed"])
    asked, faults = [], []
    for row in rows:
        try:
            asked.append(_question(row, section=head["id"], given=head.get("shown_if", {})))
        except (ValueError, TypeError, KeyError, InvalidOperation) as error:
            faults.append(f"{path.name}, question « {row.get('id', '?')} »: {error}")
    if faults:
        raise QuestionFileError(faults)
    return Section(head["id"], head["label"], head["position"], tuple(asked), head.get("lead", ""))


def _question(row: Mapping[str, Any], *, section: str, given: Mapping[str, Any]) -> Question:
    """`given`: the conditions of the whole section. Raises ValueError, TypeError, KeyError."""
    if unknown := sorted(set(row) - KEYS):
        raise ValueError(f"unknown key {', '.join(unknown)}")
    values = dict(row)
    values.setdefault("short", values.get("label"))
    if values.get("type") not in TYPES:
        raise ValueError(f"unknown type {values.get('type')}")
    if values["type"] == "money":
        values.setdefault("unit", "€ HT")
    for name in ("minimum", "maximum"):
        if name in values:
            values[name] = Decimal(values[name])
    values["parents"] = tuple((c[0], c[2]) for c in values.get("choices", ()) if len(c) > 2)
    values["choices"] = tuple((c[0], c[1]) for c in values.get("choices", ()))
    values["required_for"] = tuple(values.get("required_for", ()))
    values["shown_if"] = tuple(_conditions({**given, **values.get("shown_if", {})}))
    values["implies"] = tuple(_implication(rule, values["id"]) for rule in values.get("implies", ()))
    values["parts"] = tuple(_parts(values))
    if values.get("filter"):
        values.setdefault("filter_kind", FILTER_RANGE if values["type"] in NUMBERS else FILTER_VALUES)
        values.setdefault("filter_label", values["short"])
    question = Question(section=section, **values)
    _judge(question)
    return question


def _conditions(rows: Mapping[str, Any]) -> Iterator[Condition]:
    for name, wanted in rows.items():
        if isinstance(wanted, dict) and "above" in wanted:
            yield Condition(name, above=Decimal(wanted["above"]))
        elif isinstance(wanted, dict):
            yield Condition(name, unless_only=tuple(wanted["unless_only"]))
        else:
            yield Condition(name, codes=tuple(wanted))


def _implication(rule: Mapping[str, Any], own: str) -> Implication:
    return Implication(tuple(rule["when"]), rule.get("question", own), tuple(rule["codes"]))


def _parts(values: dict[str, Any]) -> Iterator[Question]:
    """Fixed fields of a composite, columns of a table."""
    rows = values.pop("columns", ()) if values["type"] == "table" else PARTS.get(values["type"], ())
    for row in rows:
        if row.get("type") not in PART_TYPES:
            raise ValueError(f"column {row.get('id')}: unknown type {row.get('type')}")
        yield _question(row, section="", given={})


def _judge(question: Question) -> None:
    """What one question must hold to. Raises ValueError."""
    if not question.id.replace("_", "").isalnum() or question.id != question.id.lower():
        raise ValueError("its id is lower-case letters, digits and _")
    if question.type in ("choice", "choices", "tree") and not question.choices:
        raise ValueError("choices are missing")
    if question.type == "table" and not question.parts:
        raise ValueError("columns are missing")
    if question.compared and question.compared not in COMPARED_HOW:
        raise ValueError(f"compared is one of {', '.join(COMPARED_HOW)}")
    if question.compared.endswith("is_better") and question.type not in NUMBERS:
        raise ValueError(f"{question.compared} needs a number")
    allowed = NUMBERS if question.filter_kind == FILTER_RANGE else CODED
    if question.filter and question.type not in allowed:
        raise ValueError(f"a {question.type} cannot be filtered by {question.filter_kind}")
    codes = {code for code, _ in question.choices}
    if len(codes) != len(question.choices):
        raise ValueError("a code of choices is given twice")
    if any(parent not in codes for _, parent in question.parents):
        raise ValueError("a choice has an unknown parent")
    if question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:
        raise ValueError("minimum is above maximum")


def _across(found: list[Section]) -> Iterator[str]:
    """Faults between files: an id or a facet given twice, a condition on nothing, circles."""
    by_id: dict[str, Question] = {}
    facets: dict[str, str] = {}
    for section in found:
        for question in section.questions:
            where = f"{section.id}.toml, question « {question.id} »"
            if question.id in by_id:
                yield f"{where}: this id is already in {by_id[question.id].section}.toml"
            by_id[question.id] = question
            if question.filter and facets.setdefault(question.filter, question.id) != question.id:
                yield f"{where}: facet {question.filter} is already fed by {facets[question.filter]}"
    for question in by_id.values():
        yield from (
            f"{question.section}.toml, question « {question.id} »: {fault}"
            for fault in _references(question, by_id)
        )


def _references(question: Question, by_id: Mapping[str, Question]) -> Iterator[str]:
    for condition in question.shown_if:
        on = by_id.get(condition.question)
        if on is None:
            yield f"it depends on {condition.question}, which is not asked"
        elif strange := _strange(on, condition.codes + condition.unless_only):
            yield f"{condition.question} cannot be {strange}"
        elif condition.above is not None and on.type not in NUMBERS:
            yield f"{condition.question} is not a number"
    for rule in question.implies:
        target = by_id.get(rule.question)
        if target is None:
            yield f"it implies {rule.question}, which is not asked"
        elif strange := _strange(question, rule.when) or _strange(target, rule.codes):
            yield f"a rule names {strange}, which is no answer"
    if _leads_back(question, by_id):
        yield "its conditions come back to itself"


def _strange(question: Question, codes: tuple[str, ...]) -> str:
    """A code the question can never have; places and categories are not judged."""
    if question.type in ("regions", "country", "category"):
        return ""
    known = {"true", "false"} if question.type == "boolean" else {code for code, _ in question.choices}
    return next((code for code in codes if code not in known), "")


def _leads_back(question: Question, by_id: Mapping[str, Question]) -> bool:
    seen, waiting = set(), [c.question for c in question.shown_if]
    while waiting:
        name = waiting.pop()
        if name == question.id:
            return True
        if name not in seen and name in by_id:
            seen.add(name)
            waiting += [c.question for c in by_id[name].shown_if]
    return False
