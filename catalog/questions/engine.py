"""Questions as data. From the files of this folder come the supplier's form, the server's validation
(the same for the API), completeness, the rows of a sheet and the rows of a comparison.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "sections"
FILTER_VALUES, FILTER_RANGE = "values", "range"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `required_for` empty and `required` false: may stay unanswered for ever.

    `material`: an answer changed on a listed offer goes through a dossier, not through a curator.
    `filter`: the facet it feeds, by `values` or by `range` (numbers); empty: none.
    """

    id: str
    section: str
    type: str
    label: str
    short: str
    help: str = ""
    required: bool = False
    required_for: tuple[str, ...] = ()
    filter: str = ""
    filter_kind: str = ""
    filter_label: str = ""
    compared: bool = False
    material: bool = False
    max_length: int = 0
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[tuple[str, str], ...] = ()

    def is_required(self, service_models: Iterable[str]) -> bool:
        return self.required or not set(self.required_for).isdisjoint(service_models)

    def choice_label(self, code: str) -> str:
        return dict(self.choices).get(code, code)


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    label: str
    position: int
    questions: tuple[Question, ...]


@cache
def sections() -> tuple[Section, ...]:
    """Every section in order. Raises ValueError when a file breaks the shape or repeats an id."""
    found = sorted((_section(path) for path in FOLDER.glob("*.toml")), key=lambda s: s.position)
    ids = [question.id for section in found for question in section.questions]
    if len(ids) != len(set(ids)):
        raise ValueError("a question id is given twice")
    return tuple(found)


@cache
def questions() -> dict[str, Question]:
    return {question.id: question for section in sections() for question in section.questions}


def section(name: str) -> Section | None:
    return next((one for one in sections() if one.id == name), None)


@cache
def edition() -> str:
    """The first twelve hexadecimal digits of the files' SHA-256: which questions were asked."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.toml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _section(path: Path) -> Section:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    head = data["section"]
    asked = tuple(_question(row, section=head["id"]) for row in data["question"])
    return Section(id=head["id"], label=head["label"], position=head["position"], questions=asked)


def _question(row: Mapping[str, Any], *, section: str) -> Question:
    values = dict(row)
    for name in ("minimum", "maximum"):
        if name in values:
            values[name] = Decimal(values[name])
    values["choices"] = tuple((code, label) for code, label in values.get("choices", ()))
    values["required_for"] = tuple(values.get("required_for", ()))
    if values.get("filter"):
        is_number = values["type"] in NUMBERS
        values.setdefault("filter_kind", FILTER_RANGE if is_number else FILTER_VALUES)
        values.setdefault("filter_label", values["short"])
    question = Question(section=section, **values)
    if question.type not in TYPES:
        raise ValueError(f"{question.id}: unknown type {question.type}")
    return question


NUMBERS = frozenset({"integer", "decimal"})
TYPES = frozenset(
    {"text", "long_text", "url", "boolean", "choice", "choices", "category", "regions", "integer", "decimal"}
)


def unanswered(answers: Mapping[str, Any]) -> list[Question]:
    """Required questions without an answer, in order. Whether one is required depends on the models."""
    models = answers.get("service_models") or []
    return [
        question
        for question in questions().values()
        if question.is_required(models) and is_unknown(answers.get(question.id))
    ]


def is_unknown(value: Any) -> bool:
    """None, empty text and empty list are unknown; False and 0 are answers."""
    return value is None or value == "" or value == []


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Question]:
    return [q for q in questions().values() if _plain(before.get(q.id)) != _plain(after.get(q.id))]


def _plain(value: Any) -> Any:
    return None if is_unknown(value) else value


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far a draft is: sections without a required gap, and the gaps."""

    done: int
    total: int
    missing: tuple[Question, ...]


def completeness(answers: Mapping[str, Any]) -> Completeness:
    missing = tuple(unanswered(answers))
    gaps = {question.section for question in missing}
    total = len(sections())
    return Completeness(done=total - len(gaps), total=total, missing=missing)
