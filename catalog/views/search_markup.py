"""A facet as HTML: the template's own output, its values and their counts put in afterwards.

A page shows a hundred values: rendering each by the template engine would cost more than the search. What
is remembered is the markup around values; counts never are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from catalog.search.query import FacetValue

_MARK = 987_654_321
_INSIDE = "\ue001"


@lru_cache(maxsize=8192)
def _around(facet: str, value: str, label: str, ticked: bool, is_empty: bool) -> tuple[str, str]:
    """What stands before and after the count; all before for a value told as text, without one."""
    shown = FacetValue(value, label, 0 if is_empty else _MARK)
    html = render_to_string("catalog/_facet_value.html", {"facet": facet, "value": shown, "ticked": ticked})
    if is_empty:
        return html, ""
    before, _, after = html.rpartition(str(_MARK))
    return before, after


_FIRST, _FOLDED = "\ue010", "\ue011"


@lru_cache(maxsize=4096)
def _shell(
    name: str, label: str, used: int, folded: int, unlisted: int, is_open: bool
) -> tuple[str, str, str]:
    """What stands before, between and after the values shown first and those folded away."""
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
    return before, between, after


def group_html(
    name: str,
    label: str,
    *,
    first: Sequence[tuple[FacetValue, bool]],
    folded: Sequence[tuple[FacetValue, bool]],
    used: int,
    unlisted: int,
    is_open: bool,
    is_tree: bool = False,
) -> SafeString:
    """One facet of the form: values told as (value, ticked)."""
    before, between, after = _shell(name, label, used, len(folded), unlisted, is_open)
    shown = _tree if is_tree else _values
    parts = [before, *shown(name, first), between, *_values(name, folded), after]
    return mark_safe("".join(parts))  # noqa: S308 -- made of the template's output and of numbers


def _tree(facet: str, rows: Sequence[tuple[FacetValue, bool]]) -> Iterator[str]:
    """Each value, then a fold of those under it; the fold is open when one of them is ticked."""
    below: dict[str, list[tuple[FacetValue, bool]]] = {}
    for row in rows:
        below.setdefault(row[0].parent, []).append(row)
    return _branches(facet, below, "")


def _branches(facet: str, below: dict[str, list[tuple[FacetValue, bool]]], parent: str) -> Iterator[str]:
    for value, ticked in below.get(parent, ()):
        yield from _values(facet, [(value, ticked)])
        if inside := below.get(value.value):
            before, after = _fold(value.value, value.label, len(inside), _is_used(below, value.value))
            yield before
            yield from _branches(facet, below, value.value)
            yield after


def _is_used(below: dict[str, list[tuple[FacetValue, bool]]], parent: str) -> bool:
    return any(ticked or _is_used(below, value.value) for value, ticked in below.get(parent, ()))


@lru_cache(maxsize=2048)
def _fold(code: str, label: str, count: int, is_open: bool) -> tuple[str, str]:
    context = {"code": code, "label": label, "count": count, "is_open": is_open, "inside": _INSIDE}
    before, _, after = render_to_string("catalog/_facet_branch.html", context).partition(_INSIDE)
    return before, after


def _values(facet: str, rows: Sequence[tuple[FacetValue, bool]]) -> Iterator[str]:
    for value, ticked in rows:
        before, after = _around(facet, value.value, value.label, ticked, value.count == 0)
        yield before
        if after:
            yield str(value.count)
            yield after
