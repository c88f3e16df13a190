"""The contexts and shapes of an official release, while a credential is judged with them. Pure.

Nothing is active by default: the project's own compact contexts and shapes then serve. A release that
leaves out a type, or the context of an address, leaves ours there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Rulebook:
    """``contexts``: address → term definitions. ``shapes``: generation → packed shapes
    (`qualification.gaiax.release.packing`)."""

    edition: str
    sha256: str
    contexts: Mapping[str, Any] = field(default_factory=dict)
    shapes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> Rulebook | None:
        """From the JSON that `as_text` wrote; None of an empty text."""
        return cls(**json.loads(text)) if text else None

    def as_text(self) -> str:
        said = {"edition": self.edition, "sha256": self.sha256}
        return json.dumps({**said, "contexts": dict(self.contexts), "shapes": dict(self.shapes)})

    @property
    def name(self) -> dict[str, str]:
        """As a report says which release judged."""
        return {"edition": self.edition, "sha256": self.sha256}


_active: ContextVar[Rulebook | None] = ContextVar("rulebook", default=None)


@contextmanager
def judging_with(book: Rulebook | None) -> Iterator[None]:
    """None: with what the project ships."""
    token = _active.set(book)
    try:
        yield
    finally:
        _active.reset(token)


def active() -> Rulebook | None:
    return _active.get()
