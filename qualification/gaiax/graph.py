"""From a JSON-LD document to RDF, with a closed loader; claims are read here and nowhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pyld import jsonld
from pyld.context_resolver import ContextResolver
from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef

from qualification.gaiax import bounds, contexts
from qualification.gaiax.rulebook import active

# Never a real place: what resolves against it was relative, and is refused.
RELATIVE = "https://relative.invalid/"
PLACES = ("subject", "predicate", "object")


@lru_cache(maxsize=8)
def _resolver(_release: str) -> ContextResolver:
    """One for each release: it keeps what it has read of the closed list, and reads nothing else."""
    return ContextResolver({}, contexts.load)


def options() -> dict[str, Any]:
    book = active()
    resolver = _resolver(book.sha256 if book is not None else "")
    return {"documentLoader": contexts.load, "contextResolver": resolver, "base": RELATIVE}


class TermDropped(ValueError):
    """A name that no context maps: what it says would be neither signed nor checked."""


class Unreadable(ValueError):
    """JSON-LD itself refuses the document."""


def expand(document: dict[str, Any] | list[Any]) -> list[Any]:
    """Raises ContextRefused, TermDropped or Unreadable. No network."""
    try:
        expanded: list[Any] = jsonld.expand(document, options(), on_property_dropped=_refuse_dropped)
    except jsonld.JsonLdError as error:
        raise cause_of(error) from None
    _refuse_relative(expanded)
    return expanded


def _refuse_dropped(name: object) -> None:
    raise TermDropped(str(name))


def cause_of(error: Exception) -> Exception:
    inner: Any = error
    while inner is not None:
        if isinstance(inner, contexts.ContextRefused | TermDropped):
            return inner
        inner = getattr(inner, "cause", None) or inner.__cause__ or inner.__context__
    return Unreadable(getattr(error, "type", "") or str(error)[:200])


def _refuse_relative(value: Any) -> None:
    """A relative or blank-node predicate, type or link disappears on the way to RDF: refused like a term."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack.extend(one)
        elif isinstance(one, dict) and "@value" not in one:
            types = one.get("@type", [])
            for name in [*types, *([one["@id"]] if "@id" in one else [])]:
                if ":" not in str(name) or str(name).startswith(RELATIVE):
                    raise TermDropped(str(name).removeprefix(RELATIVE))
            for key, item in one.items():
                if key.startswith("_:"):
                    raise TermDropped(key)
                if key not in ("@id", "@type"):
                    stack.append(item)


def dataset_of(expanded: list[Any]) -> dict[str, Any]:
    """PyLD's dataset. Raises Unreadable."""
    try:
        found: dict[str, Any] = jsonld.to_rdf(expanded, options())
    except jsonld.JsonLdError as error:
        raise cause_of(error) from None
    return found


def triples(dataset: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the default graph. Raises TooCostly beyond the bounds, Unreadable."""
    if set(dataset) - {"@default"}:
        raise Unreadable("graphes nommés")
    found: list[dict[str, Any]] = dataset.get("@default", [])
    blanks = {node["value"] for row in found for node in row.values() if node["type"] == "blank node"}
    if len(found) > bounds.TRIPLES or len(blanks) > bounds.BLANK_NODES:
        raise bounds.TooCostly
    return found


def digest(expanded: list[Any]) -> str:
    """Of `digest_of`, from the expanded form. Raises TooCostly, Unreadable."""
    return digest_of(dataset_of(expanded))


def digest_of(dataset: dict[str, Any]) -> str:
    """Lower-case hexadecimal SHA-256 of the URDNA2015 form. Raises TooCostly."""
    with bounds.within(bounds.CANON_SECONDS):
        canonical = jsonld.URDNA2015().main(dataset, {"format": "application/n-quads"})
    return hashlib.sha256(canonical.encode()).hexdigest()


def graph_of(rows: list[dict[str, Any]]) -> Graph:
    """An rdflib graph with blank nodes of its own and the Loire namespaces made one."""
    graph = Graph()
    names: dict[str, BNode] = {}
    for row in rows:
        subject, predicate, value = (_node(row[place], names) for place in PLACES)
        graph.add((subject, predicate, value))
    return graph


def _node(node: dict[str, Any], names: dict[str, BNode]) -> URIRef | BNode | Literal:
    value = str(node["value"])
    if node["type"] == "IRI":
        return URIRef(contexts.in_loire(value))
    if node["type"] == "blank node":
        return names.setdefault(value, BNode())
    if language := node.get("language"):
        return Literal(value, lang=language)
    kind = URIRef(node.get("datatype", XSD.string))
    # Plain: rdflib holds "a" and "a"^^xsd:string for different, and shapes write the first.
    return Literal(value) if kind == XSD.string else Literal(value, datatype=kind, normalize=False)


def local_types(graph: Graph) -> Iterator[tuple[Any, str]]:
    """(subject, local name) of every type of the Gaia-X namespaces."""
    for subject, kind in graph.subject_objects(RDF.type):
        for namespace in (contexts.TAGUS, contexts.LOIRE):
            if str(kind).startswith(namespace):
                yield subject, str(kind)[len(namespace) :]
