"""Requirements as data: one dated file per edition of a scheme."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
LISTING = ("listing", "2026-11")


@dataclass(frozen=True, slots=True)
class Requirement:
    """``check`` is the code of the automatic check that informs it, empty when a person judges alone.

    ``questions`` are the answers to read, ``facts`` what else: supplier, marks or plans.
    """

    code: str
    title: str
    rule: str
    check: str = ""
    questions: tuple[str, ...] = ()
    facts: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    code: str
    edition: str
    title: str
    requirements: tuple[Requirement, ...]

    def requirement(self, code: str) -> Requirement:
        """Raises KeyError."""
        try:
            return next(requirement for requirement in self.requirements if requirement.code == code)
        except StopIteration:
            raise KeyError(code) from None

    @property
    def checks(self) -> tuple[str, ...]:
        return tuple(requirement.check for requirement in self.requirements if requirement.check)


@cache
def load_scheme(code: str, edition: str) -> Scheme:
    """Raises FileNotFoundError for an edition that was never published."""
    data = tomllib.loads((FOLDER / f"{code}-{edition}.toml").read_text(encoding="utf-8"))
    requirements = tuple(
        Requirement(**{**row, "questions": tuple(row.get("questions", ()))}) for row in data["requirements"]
    )
    return Scheme(data["code"], data["edition"], data["title"], requirements)
