"""``{% load memo %}``: markup that depends on a few values only, rendered once for each set of them."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from marketplace.ui.remembered import Remembered, filled_in, holes

register = template.Library()
FILL = "fill"


class MemoNode(template.Node):
    """The block sees the named values and nothing else: what it was not given, it cannot keep."""

    def __init__(
        self, names: dict[str, FilterExpression], holes: dict[str, FilterExpression], nodelist: NodeList
    ) -> None:
        self.names, self.holes = names, holes
        self.nodelist = nodelist
        self._kept = Remembered(str)

    def render(self, context: Context) -> SafeString:
        values = tuple(_hashable(given.resolve(context)) for given in self.names.values())

        def make() -> str:
            alone = Context(dict(zip(self.names, values, strict=True)), autoescape=context.autoescape)
            alone.update(holes(self.holes))
            alone.template = context.template
            return self.nodelist.render(alone)

        parts = self._kept.parts((context.autoescape, *values), values, make)
        return filled_in(parts, [_shown(given.resolve(context), context) for given in self.holes.values()])


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
