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
) -> SafeString:
    """One facet of the form: values told as (value, ticked)."""
    before, between, after = _shell(name, label, used, len(folded), unlisted, is_open)
    parts = [before, *_values(name, first), between, *_values(name, folded), after]
    return mark_safe("".join(parts))  # noqa: S308 -- made of the template's output and of numbers


def _values(facet: str, rows: Sequence[tuple[FacetValue, bool]]) -> Iterator[str]:
    for value, ticked in rows:
        before, after = _around(facet, value.value, value.label, ticked, value.count == 0)
        yield before
        if after:
            yield str(value.count)
            yield after
