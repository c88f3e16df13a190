"""Every address the URL resolver knows, and every operation of the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Not pages of ours: the API's answer to an unknown address, files, and what only answers in DEBUG.
NOT_OURS = {"api-unknown"}


@dataclass(frozen=True)
class Address:
    name: str  # with its namespaces: « catalog:offer »
    path: str  # as written, parameters included
    view: Any

    @property
    def is_api(self) -> bool:
        return self.path.startswith("api/")

    @property
    def operations(self) -> list[str]:
        """The methods of a viewset's route; GET for any other view, whose rows may name more."""
        actions = getattr(self.view, "actions", None)
        return sorted(method.upper() for method in actions if method != "head") if actions else ["GET"]


def addresses() -> list[Address]:
    return [found for found in _walk(get_resolver().url_patterns, (), "") if found.name not in NOT_OURS]


def _walk(patterns: list[Any], spaces: tuple[str, ...], prefix: str) -> Iterator[Address]:
    for pattern in patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, inner, path)
        elif isinstance(pattern, URLPattern):
            yield Address(":".join([*spaces, pattern.name or f"?{path}"]), path, pattern.callback)


def missing_rows(rows: Iterable[str]) -> set[str]:
    """Pages need a row, whatever its method; the API needs one for each operation."""
    held = set(rows)
    pages = {key.split()[1] for key in held}
    return {
        f"{method} {found.name}"
        for found in addresses()
        for method in found.operations
        if (f"{method} {found.name}" not in held if found.is_api else found.name not in pages)
    }
