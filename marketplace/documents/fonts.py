"""Faces of our documents: Marianne for State services, else those inside typst."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import dsfr
from django.conf import settings

_WOFF = Path(dsfr.__file__).parent / "static" / "dsfr" / "dist" / "fonts"
_MARIANNE = ("Marianne-Regular", "Marianne-Bold")
FALLBACK = "Libertinus Serif"


def families() -> list[str]:
    return ["Marianne", FALLBACK] if settings.BRAND_STATE else [FALLBACK]


def font_paths() -> list[str]:
    """Where typst finds more than its own faces; nothing unless the brand is the State's."""
    return [str(_unpacked())] if settings.BRAND_STATE else []


@lru_cache(maxsize=1)
def _unpacked() -> Path:
    """Typst reads no WOFF: plain copies are written once under var/. Safe to run twice at once."""
    from fontTools.ttLib import TTFont  # needed once per installation

    name = hashlib.sha256("".join(_MARIANNE).encode()).hexdigest()[:12]
    folder = Path(settings.VAR_DIR) / "fonts" / name
    folder.mkdir(parents=True, exist_ok=True)
    for face in _MARIANNE:
        target = folder / f"{face}.ttf"
        if not target.exists():
            font = TTFont(_WOFF / f"{face}.woff")
            font.flavor = None
            partial = folder / f".{face}.part"
            font.save(partial)
            partial.replace(target)
    return folder
