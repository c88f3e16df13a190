"""``{% load memo %}``: markup that depends on a few values only, rendered once for each set of them."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
MOST_KEPT = 256


class MemoNode(template.Node):
    """The block sees the named values and nothing else: what it was not given, it cannot keep."""

    def __init__(self, names: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.names = names
        self.nodelist = nodelist
        self._kept: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        values = tuple(_hashable(given.resolve(context)) for given in self.names.values())
        # A safe string equals the unsafe one that it must never stand for.
        key = (context.autoescape, values, tuple(map(type, values)))
        markup = self._kept.get(key)
        if markup is None:
            alone = Context(dict(zip(self.names, values, strict=True)), autoescape=context.autoescape)
            alone.template = context.template
            markup = mark_safe(self.nodelist.render(alone))  # noqa: S308 -- the template's own output
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = markup
        return markup


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@register.tag
def memo(parser: Parser, token: Token) -> MemoNode:
    """``{% memo name other=path.to.it %}…{% endmemo %}``, kept as long as this process lives.

    Every value decides: they are hashable (a list is read as a tuple) and compared by equality. Nothing
    in the block may depend on the clock, on the database or on the request. Raises TypeError on a value
    that cannot be compared.
    """
    words = token.split_contents()[1:]
    pairs = [word.partition("=")[::2] for word in words]
    names = {name: parser.compile_filter(path or name) for name, path in pairs}
    nodelist = parser.parse(("endmemo",))
    parser.delete_first_token()
    return MemoNode(names, nodelist)
