"""Markup rendered once for each set of the values that decide it, with holes for those that it only prints.

What is kept is the template's own output around the holes, never an answer: the holes are filled each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

MOST_KEPT = 256
_HOLE = re.compile("\ue020([0-9]+)\ue021")
Text = TypeVar("Text", str, bytes)
# The markup between the holes, and which hole stands after each piece of it but the last.
Parts = tuple[tuple[Text, ...], tuple[int, ...]]


class Remembered(Generic[Text]):
    """Parts under the values they are made of. `kept`: what the markup is kept as."""

    def __init__(self, kept: Callable[[str], Text]) -> None:
        self._made: dict[tuple[Any, ...], Parts[Text]] = {}
        self._as = kept

    def parts(
        self, key: tuple[Hashable, ...], values: Iterable[object], make: Callable[[], str]
    ) -> Parts[Text]:
        """`values`: those of `key` that are printed. Raises TypeError on one that cannot be compared."""
        # A safe string equals the unsafe one that it must never stand for.
        whole = (*key, tuple(map(type, values)))
        parts = self._made.get(whole)
        if parts is None:
            cut = _HOLE.split(make())
            parts = tuple(map(self._as, cut[::2])), tuple(map(int, cut[1::2]))
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            self._made[whole] = parts
        return parts


def holes(names: Iterable[str]) -> dict[str, str]:
    return {name: f"\ue020{at}\ue021" for at, name in enumerate(names)}


def filled_in(parts: Parts[str], filling: list[str]) -> SafeString:
    """`filling`: already escaped."""
    return mark_safe("".join(_woven(parts, filling)))  # noqa: S308 -- the template's output, and escaped values


def _woven(parts: Parts[Text], filling: list[Text]) -> list[Text]:
    around, which = parts
    told = list(around) + [filling[at] for at in which]
    told[::2], told[1::2] = around, told[len(around) :]
    return told


_TEMPLATES = Remembered(str)
_PAGES = Remembered(str.encode)
Around = Callable[[], Mapping[str, Any]]


def remembered(
    template: str, decides: Mapping[str, Hashable], fills: Mapping[str, object], *, around: Around = dict
) -> SafeString:
    """The template, which sees these values and nothing else. Those of `fills` are printed as they are,
    escaped: no filter and no condition may read them. `around`: what `decides` stands for as well."""
    parts = _parts(_TEMPLATES, template, decides, fills, around)
    return filled_in(parts, [conditional_escape(value) for value in fills.values()])


def remembered_page(
    template: str, decides: Mapping[str, Hashable], fills: Mapping[str, object], *, around: Around = dict
) -> bytes:
    """The same as it leaves, in UTF-8. Bytes among `fills` are markup, and go through as they are."""
    parts = _parts(_PAGES, template, decides, fills, around)
    filling = [
        value if isinstance(value, bytes) else conditional_escape(value).encode() for value in fills.values()
    ]
    return b"".join(_woven(parts, filling))


def _parts(
    kept: Remembered[Text],
    template: str,
    decides: Mapping[str, Hashable],
    fills: Mapping[str, object],
    around: Around,
) -> Parts[Text]:
    def make() -> str:
        return get_template(template).render({**around(), **decides, **holes(fills)})

    return kept.parts((template, *decides.items(), *fills), decides.values(), make)
