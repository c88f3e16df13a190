"""Questions as data. From the files of `sections/` come the supplier's form, the server's validation
(the same for the API), completeness, the sheet, the filters, the comparison, columns and differences.

One file a section; `reading` builds these objects and refuses a file that breaks the shape.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "sections"
FILTER_VALUES, FILTER_RANGE = "values", "range"
NUMBERS = frozenset({"integer", "decimal", "money"})
CODED = frozenset({"boolean", "choice", "choices", "tree", "country", "regions", "category"})
COMPOSITES = frozenset({"certificate", "contact"})
TYPES = (
    NUMBERS | CODED | COMPOSITES | {"text", "long_text", "url", "email", "date", "list", "table", "document"}
)
COMPARED_HOW = ("equal", "text", "lower_is_better", "higher_is_better")


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when the answer to `question` has one of `codes`, or is a number greater than `above`, or
    has something else than `unless_only` (then it also holds of an answer not yet given)."""

    question: str
    codes: tuple[str, ...] = ()
    above: Decimal | None = None
    unless_only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Implication:
    """An answer that has one of `when` gives `codes` to another question (or to the same one)."""

    when: tuple[str, ...]
    question: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `required_for` empty and `required` false: may stay unanswered for ever.

    `shown_if`: asked only when every condition holds. `material`: an answer changed on a listed offer
    goes through a dossier, not through a curator. `filter`: the facet it feeds, by `values` or by
    `range`. `compared`: how, or empty. `derived`: never asked, only implied by other answers.
    `parents`: (code, code of its parent) of a tree. `parts`: columns of a table, fields of a composite.
    """

    id: str
    section: str
    type: str
    label: str
    short: str
    help: str = ""
    required: bool = False
    required_for: tuple[str, ...] = ()
    shown_if: tuple[Condition, ...] = ()
    implies: tuple[Implication, ...] = ()
    derived: bool = False
    filter: str = ""
    filter_kind: str = ""
    filter_label: str = ""
    compared: str = ""
    material: bool = False
    max_length: int = 0
    max_items: int = 0
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[tuple[str, str], ...] = ()
    parents: tuple[tuple[str, str], ...] = ()
    parts: tuple[Question, ...] = ()

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
    lead: str = ""

    @property
    def asked(self) -> tuple[Question, ...]:
        """Those a supplier may answer: derived ones are left out."""
        return tuple(question for question in self.questions if not question.derived)


def sections() -> tuple[Section, ...]:
    """Every section in order. Raises QuestionFileError naming each file and question at fault."""
    return _loaded(FOLDER)


def questions() -> dict[str, Question]:
    return _by_id(FOLDER)


@cache
def _loaded(folder: Path) -> tuple[Section, ...]:
    from catalog.questions.reading import read_folder  # it needs the classes above

    return read_folder(folder)


@cache
def _by_id(folder: Path) -> dict[str, Question]:
    return {question.id: question for section in _loaded(folder) for question in section.questions}


def section(name: str) -> Section | None:
    return next((one for one in sections() if one.id == name), None)


def edition() -> str:
    """The first twelve hexadecimal digits of the files' SHA-256: which questions were asked."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.toml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def is_unknown(value: Any) -> bool:
    """None, empty text and empty list are unknown; False and 0 are answers."""
    return value is None or value == "" or value == [] or value == {}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Question]:
    return [q for q in questions().values() if _plain(before.get(q.id)) != _plain(after.get(q.id))]


def _plain(value: Any) -> Any:
    return None if is_unknown(value) else value
