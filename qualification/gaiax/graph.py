"""From a JSON-LD document to RDF, with a closed loader; claims are read here and nowhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from cachetools import LRUCache
from pyld import jsonld
from pyld.context_resolver import ContextResolver
from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef

from qualification.gaiax import bounds, contexts

# Never a real place: what resolves against it was relative, and is refused.
RELATIVE = "https://relative.invalid/"
PLACES = ("subject", "predicate", "object")
# One resolver for all: it keeps what it has read of the closed list, and reads nothing else.
RESOLVER = ContextResolver(LRUCache(maxsize=100), contexts.load)
OPTIONS = {"documentLoader": contexts.load, "contextResolver": RESOLVER, "base": RELATIVE}


class TermDropped(ValueError):
    """A name that no context maps: what it says would be neither signed nor checked."""


class Unreadable(ValueError):
    """JSON-LD itself refuses the document."""


def expand(document: dict[str, Any] | list[Any]) -> list[Any]:
    """Raises ContextRefused, TermDropped or Unreadable. No network."""
    try:
        expanded: list[Any] = jsonld.expand(document, dict(OPTIONS), on_property_dropped=_refuse_dropped)
    except jsonld.JsonLdError as error:
        raise _cause(error) from None
    _refuse_relative(expanded)
    return expanded


def _refuse_dropped(name: object) -> None:
    raise TermDropped(str(name))


def _cause(error: Exception) -> Exception:
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
        found: dict[str, Any] = jsonld.to_rdf(expanded, dict(OPTIONS))
    except jsonld.JsonLdError as error:
        raise _cause(error) from None
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
        return URIRef(_one_namespace(value))
    if node["type"] == "blank node":
        return names.setdefault(value, BNode())
    if language := node.get("language"):
        return Literal(value, lang=language)
    kind = URIRef(node.get("datatype", XSD.string))
    # Plain: rdflib holds "a" and "a"^^xsd:string for different, and shapes write the first.
    return Literal(value) if kind == XSD.string else Literal(value, datatype=kind, normalize=False)


def _one_namespace(iri: str) -> str:
    for name in contexts.LOIRE_NAMES[1:]:
        if iri.startswith(name):
            return contexts.LOIRE + iri[len(name) :]
    return iri


def local_types(graph: Graph) -> Iterator[tuple[Any, str]]:
    """(subject, local name) of every type of the Gaia-X namespaces."""
    for subject, kind in graph.subject_objects(RDF.type):
        for namespace in (contexts.TAGUS, contexts.LOIRE):
            if str(kind).startswith(namespace):
                yield subject, str(kind)[len(namespace) :]
