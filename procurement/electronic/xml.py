"""Writing XML from nested pairs, in the order that a schema asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Node:
    """`name` is « prefix:Local ». Text, or children; a None child is left out."""

    name: str
    content: str | Sequence[Node | None] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


def document(root: Node, namespaces: Mapping[str, str]) -> bytes:
    """UTF-8 with its declaration; the prefix « » is the default namespace."""
    for prefix, address in namespaces.items():
        ElementTree.register_namespace(prefix, address)
    tree = _element(root, namespaces)
    ElementTree.indent(tree)
    return bytes(ElementTree.tostring(tree, encoding="UTF-8", xml_declaration=True))


def _element(node: Node, namespaces: Mapping[str, str]) -> ElementTree.Element:
    prefix, _, local = node.name.rpartition(":")
    made = ElementTree.Element(f"{{{namespaces[prefix]}}}{local}", dict(node.attributes))
    if isinstance(node.content, str):
        made.text = _FORBIDDEN.sub("", node.content)
    else:
        made.extend(_element(child, namespaces) for child in node.content if child is not None)
    return made
