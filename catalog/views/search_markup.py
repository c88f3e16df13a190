"""The values of a facet as HTML: the template's own output, its count put in afterwards.

A page shows a hundred values: rendering each by the template engine would cost more than the search. What
is remembered is the markup of a value; counts never are.
"""

from __future__ import annotations

from collections.abc import Iterable
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


def values_html(facet: str, rows: Iterable[tuple[FacetValue, bool]]) -> SafeString:
    parts: list[str] = []
    for value, ticked in rows:
        before, after = _around(facet, value.value, value.label, ticked, value.count == 0)
        parts += (before, str(value.count) if after else "", after)
    return mark_safe("".join(parts))  # noqa: S308 -- made of the template's output and of numbers
