"""How alike two offers are, field by field, so that a curator reads why. Pure; the figures come from SQL.

Texts are compared by the share of their three-letter groups that they have in common (PostgreSQL `pg_trgm`).
The weights and the limit are the marketplace's own choice, no law's, and said so on the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# A field that one of the two does not fill says nothing: its weight is left out.
WEIGHTS = {"name": 55, "description": 30, "website": 15}
LABELS = {"name": "nom", "description": "description", "website": "site"}
# From this score on, a pair is shown to a curator.
LIKELY = 65


@dataclass(frozen=True, slots=True)
class Likeness:
    """`parts`: percent by field, those known only. `score`: their weighted mean, 0 to 100."""

    parts: Mapping[str, int]

    @property
    def score(self) -> int:
        weight = sum(WEIGHTS[name] for name in self.parts)
        return round(sum(WEIGHTS[name] * part for name, part in self.parts.items()) / weight) if weight else 0

    @property
    def is_likely(self) -> bool:
        """A likeness of names is needed: one site may hold many services."""
        return "name" in self.parts and self.score >= LIKELY

    @property
    def sentence(self) -> str:
        """« nom 92 %, description 71 %, même site »."""
        return ", ".join(_part(name, self.parts[name]) for name in WEIGHTS if name in self.parts)


def _part(name: str, percent: int) -> str:
    if name == "website":
        return "même site" if percent == 100 else "sites différents"
    return f"{LABELS[name]} {percent}\u00a0%"


def likeness(*, name: float, description: float | None, same_website: bool | None) -> Likeness:
    """Shares are 0 to 1; None: one of the two does not say."""
    parts = {"name": round(100 * name)}
    if description is not None:
        parts["description"] = round(100 * description)
    if same_website is not None:
        parts["website"] = 100 if same_website else 0
    return Likeness(parts)


def kept(parts: Mapping[str, Any]) -> Likeness:
    """As stored on a pair."""
    return Likeness({name: int(parts[name]) for name in WEIGHTS if name in parts})
