"""Markup rendered once for each set of the values that decide it, with holes for those that it only prints.

What is kept is the template's own output around the holes, never an answer: the holes are filled each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

MOST_KEPT = 256
_HOLE = re.compile("\ue020([0-9]+)\ue021")
# Markup, number of a hole, markup…
Parts = tuple[str, ...]


class Remembered:
    """Parts under the values they are made of."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], Parts] = {}

    def parts(self, key: tuple[Hashable, ...], values: Iterable[object], make: Callable[[], str]) -> Parts:
        """`values`: those of `key` that are printed. Raises TypeError on one that cannot be compared."""
        # A safe string equals the unsafe one that it must never stand for.
        whole = (*key, tuple(map(type, values)))
        parts = self._kept.get(whole)
        if parts is None:
            parts = tuple(_HOLE.split(make()))
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[whole] = parts
        return parts


def holes(names: Iterable[str]) -> dict[str, str]:
    return {name: f"\ue020{at}\ue021" for at, name in enumerate(names)}


def filled_in(parts: Parts, filling: list[str]) -> SafeString:
    """`filling`: already escaped."""
    told = (filling[int(part)] if at % 2 else part for at, part in enumerate(parts))
    return mark_safe("".join(told))  # noqa: S308 -- the template's own output, and escaped values


_TEMPLATES = Remembered()


def remembered(
    template: str,
    decides: Mapping[str, Hashable],
    fills: Mapping[str, object],
    *,
    around: Callable[[], Mapping[str, Any]] = dict,
) -> SafeString:
    """The template, which sees these values and nothing else. Those of `fills` are printed as they are,
    escaped: no filter and no condition may read them. `around`: what `decides` stands for as well."""

    def make() -> str:
        return get_template(template).render({**around(), **decides, **holes(fills)})

    parts = _TEMPLATES.parts((template, *decides.items(), *fills), decides.values(), make)
    return filled_in(parts, [conditional_escape(value) for value in fills.values()])
