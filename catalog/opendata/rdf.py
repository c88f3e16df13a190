"""Nodes as JSON-LD and as Turtle, written as they are made.

A node is JSON-LD with prefixed names: `{"@id": …, "@type": […], "dct:title": {"@value": …}}`; values are
`{"@id"}`, `{"@value"}` with `@language` or `@type`, or lists of them. One node may come in several parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Node = dict[str, Any]
PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# What a Turtle text or address cannot hold as it is (RDF 1.1 Turtle, § 6.5 and IRIREF).
_IN_TEXT = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_IN_IRI = str.maketrans({c: f"%{ord(c):02X}" for c in '<>"{}|^`\\' + "".join(map(chr, range(33)))})


def ref(iri: str) -> Node:
    return {"@id": iri.translate(_IN_IRI)}


def french(text: str) -> Node:
    return {"@value": text, "@language": "fr"}


def typed(text: str, datatype: str) -> Node:
    return {"@value": text, "@type": datatype}


def as_json_ld(nodes: Iterable[Node]) -> Iterator[str]:
    """The context is inside: no reader has to fetch one."""
    yield '{"@context":' + json.dumps(PREFIXES) + ',"@graph":['
    comma = ""
    for node in nodes:
        yield comma + json.dumps(node, ensure_ascii=False)
        comma = ",\n"
    yield "]}\n"


def as_turtle(nodes: Iterable[Node]) -> Iterator[str]:
    yield "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    for node in nodes:
        yield f"\n<{node['@id']}>" + " ;".join(_predicates(node)) + " .\n"


def _predicates(node: Node) -> Iterator[str]:
    if "@type" in node:
        yield f" a {', '.join(_many(node['@type']))}"
    for name, value in node.items():
        if not name.startswith("@"):
            yield f"\n  {name} " + ", ".join(_turtle(one) for one in _many(value))


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _turtle(value: Mapping[str, str]) -> str:
    if "@id" in value:
        return f"<{value['@id']}>"
    text = f'"{value["@value"].translate(_IN_TEXT)}"'
    if "@language" in value:
        return f"{text}@{value['@language']}"
    return f"{text}^^{value['@type']}" if "@type" in value else text
