"""Coverage put in order for a page and for the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qualification.coverage.closing import Closing
from qualification.coverage.judge import COVERED, NOT_COVERED, PARTLY, UNKNOWN, Judged, SchemeCoverage
from qualification.schemes import Section

BAR_WORDS = {
    COVERED: "Couvertes",
    PARTLY: "En partie",
    NOT_COVERED: "Non couvertes",
    UNKNOWN: "Sans réponse",
}


@dataclass(frozen=True, slots=True)
class Chapter:
    section: Section
    rows: tuple[Judged, ...]

    def _count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def covered(self) -> int:
        return self._count(COVERED)

    @property
    def partly(self) -> int:
        return self._count(PARTLY)

    @property
    def not_covered(self) -> int:
        return self._count(NOT_COVERED)

    @property
    def unknown(self) -> int:
        return self._count(UNKNOWN)


def chapters_of(coverage: SchemeCoverage) -> list[Chapter]:
    rows = {row.requirement.code: row for row in coverage.rows}
    return [
        Chapter(section, tuple(rows[each.code] for each in asked))
        for section, asked in coverage.scheme.chapters()
    ]


def left_words(closed: Closing, found: Iterable[SchemeCoverage]) -> list[tuple[str, str, int]]:
    """Per scheme, how many requirements no certificate closes: (key, name, count)."""
    counts: dict[str, int] = {}
    for key, _code in closed.left:
        counts[key] = counts.get(key, 0) + 1
    return [(one.key, one.scheme.name, counts[one.key]) for one in found if counts.get(one.key)]
