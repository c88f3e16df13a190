"""The links above the queue: each keeps the other choices in its address, and says what it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from qualification.queue import SORTS, STATES, ZONES, QueueRow, filtered


@dataclass(frozen=True, slots=True)
class Link:
    """``words``: what a sort does now, empty on a filter. ``count`` None: nothing to count."""

    label: str
    url: str
    current: bool
    count: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class QueueChoices:
    """What the address asks for; unknown values count as none."""

    zone: str = ""
    state: str = ""
    sort: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        zone, state, sort = (given.get(name, "") for name in ("zone", "etat", "tri"))
        return cls(
            zone if zone in ZONES else "",
            state if state in STATES else "",
            sort if sort.removeprefix("-") in SORTS else "",
        )

    @property
    def url(self) -> str:
        """Always from the first page: another order or filter makes other pages."""
        given = {"zone": self.zone, "etat": self.state, "tri": self.sort}
        return "?" + urlencode({name: value for name, value in given.items() if value})

    @property
    def caption(self) -> str:
        """Of the table: the order in words."""
        if not self.sort:
            return "Les vôtres, puis à prendre, puis chez le fournisseur, du plus ancien au plus récent"
        found = SORTS[self.sort.removeprefix("-")]
        return f"Dossiers de la file, triés par {found.label.lower()}, {self._words(self.sort)}"

    @property
    def aria_sort(self) -> dict[str, str]:
        """By column: ascending or descending; the others have none."""
        if not self.sort:
            return {}
        return {self.sort.removeprefix("-"): "descending" if self.sort.startswith("-") else "ascending"}

    def zones(self, rows: Sequence[QueueRow]) -> list[Link]:
        everything = Link("Tous", replace(self, zone="").url, not self.zone, len(rows))
        return [everything, *self._filters("zone", ZONES.items(), rows)]

    def states(self, rows: Sequence[QueueRow]) -> list[Link]:
        """Those of the zone chosen, with how many it holds."""
        inside = filtered(rows, zone=self.zone)
        everything = Link("Tous les états", replace(self, state="").url, not self.state, len(inside))
        return [everything, *self._filters("state", STATES.items(), inside)]

    def _filters(self, name: str, choices: Iterable[tuple[str, str]], rows: Sequence[QueueRow]) -> list[Link]:
        current = getattr(self, name)
        counted = [(code, label, len(filtered(rows, **{name: code}))) for code, label in choices]
        return [
            Link(label, replace(self, **{name: code}).url, code == current, count)
            for code, label, count in counted
            if count or code == current
        ]

    def sorts(self) -> list[Link]:
        """The queue's own order, then one link a column; the current one turns the order round."""
        own = Link("Ordre de la file", replace(self, sort="").url, not self.sort)
        return [own, *(self._sort(code) for code in SORTS)]

    def _sort(self, code: str) -> Link:
        current = self.sort.removeprefix("-") == code
        wanted = FIRST.get(code, code)
        if current:
            wanted = code if self.sort.startswith("-") else f"-{code}"
        words = self._words(self.sort) if current else ""
        return Link(SORTS[code].label, replace(self, sort=wanted).url, current, words=words)

    @staticmethod
    def _words(sort: str) -> str:
        found = SORTS[sort.removeprefix("-")]
        return found.down if sort.startswith("-") else found.up


# The oldest first is what one wants of an age.
FIRST = {"age": "-age"}
