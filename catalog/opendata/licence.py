"""Under which terms the data are given, and who gives them."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings

from catalog.reference.loader import read

LICENCE_NAME = "Licence Ouverte 2.0 (Etalab)"
LICENCE_URL = "https://spdx.org/licenses/etalab-2.0"
ATTRIBUTION = (
    "Citez la source et la date de lecture. "
    "Une qualification porte sur un service, jamais sur une entreprise."
)


def publisher() -> str:
    return str(settings.SERVICE_NAME)


def absolute(path: str) -> str:
    """An address that stays true once the file has left the site."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"


@cache
def _words() -> dict[str, str]:
    return read("sources")


def sources_in_words(sources: dict[str, Any]) -> dict[str, list[str]]:
    """Fact → where it was read. A key without words is kept as it is."""
    words = _words()
    return {
        fact: [words.get(key, str(key)) for key in (keys if isinstance(keys, list) else [keys])]
        for fact, keys in sources.items()
    }
