"""Addresses that keep what the reader's own already says."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import QueryDict


def query_text(given: QueryDict, *, without: tuple[str, ...] = (), **values: object) -> str:
    """The parameters in their order, less some; `values` replace theirs, and come last."""
    kept = [(name, one) for name, every in given.lists() if name not in without and name not in values
            for one in every]  # fmt: skip
    for name, value in values.items():
        kept += [(name, one) for one in (value if isinstance(value, list | tuple) else (value,))]
    return urlencode(kept)
