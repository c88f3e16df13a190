"""A facet as HTML: the template's own output, its values and their counts put in afterwards.

A page shows a hundred values: rendering each by the template engine would cost more than the search. What
is remembered is the markup around values, in UTF-8; counts never are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from django.template.loader import render_to_string

from catalog.search.facets import CATEGORY, SUPPLIERS
from catalog.search.query import FacetValue
from catalog.search.told import Told

_MARK = 987_654_321
_INSIDE = "\ue001"
# Their words change without the code.
_RENAMED = (CATEGORY.name, SUPPLIERS.name)
_MOST_KEPT = 8192
Around = tuple[bytes, bytes]
# Facet → (value, its word when it may change, is it ticked, is it at zero) → what stands around its count.
_KEPT: dict[str, dict[tuple[str, str, bool, bool], Around]] = {}


def _around(facet: str, value: str, label: str, ticked: bool, is_empty: bool) -> Around:
    """What stands before and after the count; all before for a value told as text, without one."""
    shown = FacetValue(value, label, 0 if is_empty else _MARK)
    html = render_to_string("catalog/_facet_value.html", {"facet": facet, "value": shown, "ticked": ticked})
    if is_empty:
        return html.encode(), b""
    before, _, after = html.rpartition(str(_MARK))
    return before.encode(), after.encode()


_FIRST, _FOLDED = "\ue010", "\ue011"


@lru_cache(maxsize=4096)
def shell(
    name: str, label: str, used: int, folded: int, unlisted: int, is_open: bool
) -> tuple[bytes, bytes, bytes]:
    """What stands before, between and after the values of a facet shown first and those folded away."""
    context = {
        "name": name,
        "label": label,
        "used": used,
        "folded": folded,
        "unlisted": unlisted,
        "is_open": is_open,
        "first_html": _FIRST,
        "folded_html": _FOLDED,
    }
    before, _, rest = render_to_string("catalog/_facet.html", context).partition(_FIRST)
    between, _, after = rest.partition(_FOLDED)
    return before.encode(), between.encode(), after.encode()


class Values:
    """The values of one facet, told as (value, offers)."""

    def __init__(self, facet: str, told: Told, chosen: tuple[str, ...]) -> None:
        self.facet, self.told, self.chosen = facet, told, chosen
        self._kept = _KEPT.setdefault(facet, {})
        self._is_renamed = facet in _RENAMED

    def each(self, rows: Sequence[tuple[str, int]]) -> list[bytes]:
        parts: list[bytes] = []
        kept, chosen, is_renamed = self._kept, self.chosen, self._is_renamed
        for value, count in rows:
            word = self.told.label(self.facet, value) if is_renamed else ""
            key = value, word, value in chosen, count == 0
            before, after = kept.get(key) or self._make(key)
            if after:
                parts += before, b"%d" % count, after
            else:
                parts.append(before)
        return parts

    def _make(self, key: tuple[str, str, bool, bool]) -> Around:
        value, word, ticked, is_empty = key
        around = _around(self.facet, value, word or self.told.label(self.facet, value), ticked, is_empty)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[key] = around
        return around

    def tree(self, rows: Sequence[tuple[str, int]]) -> Iterator[bytes]:
        """Each value, then a fold of those under it; the fold is open when one of them is ticked."""
        below: dict[str, list[tuple[str, int]]] = {}
        for row in rows:
            below.setdefault(self.told.parent(self.facet, row[0]), []).append(row)
        return self._branches(below, "")

    def _branches(self, below: dict[str, list[tuple[str, int]]], parent: str) -> Iterator[bytes]:
        for row in below.get(parent, ()):
            yield from self.each([row])
            if inside := below.get(row[0]):
                label, is_open = self.told.label(self.facet, row[0]), self._is_used(below, row[0])
                before, after = _fold(row[0], label, len(inside), is_open)
                yield before
                yield from self._branches(below, row[0])
                yield after

    def _is_used(self, below: dict[str, list[tuple[str, int]]], parent: str) -> bool:
        return any(value in self.chosen or self._is_used(below, value) for value, _ in below.get(parent, ()))


@lru_cache(maxsize=2048)
def _fold(code: str, label: str, count: int, is_open: bool) -> Around:
    context = {"code": code, "label": label, "count": count, "is_open": is_open, "inside": _INSIDE}
    before, _, after = render_to_string("catalog/_facet_branch.html", context).partition(_INSIDE)
    return before.encode(), after.encode()
