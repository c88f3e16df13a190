"""Which contexts, shapes and anchors judge now. One query; the content is read once by process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from qualification.gaiax.rulebook import Rulebook
from qualification.models import GaiaxRelease, ReleaseUse


@dataclass(frozen=True, slots=True)
class Book:
    """``pk`` None: the project's own. ``text``: what `Material.release` takes; ``anchors``: PEM, those of the
    settings and those of the release."""

    pk: int | None = None
    sha256: str = ""
    text: str = ""
    released_anchors: str = ""

    @property
    def anchors(self) -> str:
        """Empty when neither the settings nor the release gives one."""
        return "\n".join(part for part in (configured_anchors(), self.released_anchors) if part.strip())


OWN_BOOK = Book()


def current_book() -> Book:
    return book_of(current_pk())


def current_pk() -> int | None:
    """Of the release in force; None: the project's own shapes judge. One query."""
    return ReleaseUse.objects.order_by("-pk").values_list("release_id", flat=True).first()


def book_of(pk: int | None) -> Book:
    return OWN_BOOK if pk is None else _read(pk)


@lru_cache(maxsize=4)
def _read(pk: int) -> Book:
    """Kept: a release never changes."""
    row = GaiaxRelease.objects.get(pk=pk)
    text = Rulebook(row.edition, row.sha256, **row.content).as_text()
    return Book(row.pk, row.sha256, text, row.anchors)


def configured_anchors() -> str:
    """PEM text of the anchors of the settings; empty when none is configured."""
    return Path(settings.GAIAX_ANCHORS_FILE).read_text() if settings.GAIAX_ANCHORS_FILE else ""
