"""``{% load memo %}``: markup that depends on a few values only, rendered once for each set of them."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.template import Context, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
MOST_KEPT = 256
FILL = "fill"
_HOLE = re.compile("\ue020([0-9]+)\ue021")
Parts = tuple[str, ...]


class MemoNode(template.Node):
    """The block sees the named values and nothing else: what it was not given, it cannot keep."""

    def __init__(
        self, names: dict[str, FilterExpression], holes: dict[str, FilterExpression], nodelist: NodeList
    ) -> None:
        self.names, self.holes = names, holes
        self.nodelist = nodelist
        self._kept: dict[tuple[Any, ...], Parts] = {}

    def render(self, context: Context) -> SafeString:
        values = tuple(_hashable(given.resolve(context)) for given in self.names.values())
        # A safe string equals the unsafe one that it must never stand for.
        key = (context.autoescape, values, tuple(map(type, values)))
        parts = self._kept.get(key)
        if parts is None:
            parts = self._parts(context, values)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = parts
        if not self.holes:
            return mark_safe(parts[0])  # noqa: S308 -- the template's own output
        filling = [_shown(given.resolve(context), context) for given in self.holes.values()]
        told = (filling[int(part)] if at % 2 else part for at, part in enumerate(parts))
        return mark_safe("".join(told))  # noqa: S308 -- the template's own output, and escaped values

    def _parts(self, context: Context, values: tuple[Any, ...]) -> Parts:
        """Markup, number of a hole, markup…"""
        alone = Context(dict(zip(self.names, values, strict=True)), autoescape=context.autoescape)
        alone.update({name: f"\ue020{at}\ue021" for at, name in enumerate(self.holes)})
        alone.template = context.template
        return tuple(_HOLE.split(self.nodelist.render(alone)))


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _shown(value: Any, context: Context) -> str:
    return conditional_escape(value) if context.autoescape else str(value)


@register.tag
def memo(parser: Parser, token: Token) -> MemoNode:
    """``{% memo name other=path.to.it fill word %}…{% endmemo %}``, kept as long as this process lives.

    Every value before `fill` decides: they are hashable (a list is read as a tuple) and compared by
    equality. Those after it are put in each time, escaped: the block only prints them, as they are.
    Nothing in the block may depend on the clock, on the database or on the request. Raises TypeError on a
    value that cannot be compared.
    """
    words = token.split_contents()[1:]
    cut = words.index(FILL) if FILL in words else len(words)
    nodelist = parser.parse(("endmemo",))
    parser.delete_first_token()
    return MemoNode(_named(parser, words[:cut]), _named(parser, words[cut + 1 :]), nodelist)


def _named(parser: Parser, words: list[str]) -> dict[str, FilterExpression]:
    pairs = [word.partition("=")[::2] for word in words]
    return {name: parser.compile_filter(path or name) for name, path in pairs}
