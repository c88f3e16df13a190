"""Addresses that keep what the reader's own already says."""

from __future__ import annotations

from urllib.parse import quote_plus

from django.http import QueryDict


class Asked:
    """The parameters of an address, each spelled once for all the addresses that go on from it."""

    def __init__(self, given: QueryDict) -> None:
        self._pairs = [(name, _pair(name, one)) for name, every in given.lists() for one in every]

    def text(self, *, without: tuple[str, ...] = (), **values: object) -> str:
        """The parameters in their order, less some; `values` replace theirs, and come last."""
        kept = [pair for name, pair in self._pairs if name not in without and name not in values]
        for name, value in values.items():
            kept += [_pair(name, one) for one in (value if isinstance(value, list | tuple) else (value,))]
        return "&".join(kept)


def _pair(name: str, value: object) -> str:
    return f"{quote_plus(name)}={quote_plus(str(value))}"


def query_text(given: QueryDict, *, without: tuple[str, ...] = (), **values: object) -> str:
    """As `Asked.text`, for one address."""
    return Asked(given).text(without=without, **values)
