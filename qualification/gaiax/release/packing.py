"""Shapes in a compact form: terms numbered once, lists kept apart and once, pruned to the types of a graph.

The published Loire shapes are nine tenths enumerations, the same list repeated tens of times: kept once
here, and read only by the credentials that meet them. A shape is followed to the shapes it applies, never
to those of the classes it merely names (`sh:class`): these have targets of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rdflib import OWL, RDF, RDFS, SH, XSD, BNode, Graph, Literal, URIRef

from qualification.gaiax import contexts
from qualification.gaiax.release import BadRelease

Packed = dict[str, Any]
# What people read; it judges nothing.
SILENT = frozenset(
    {SH.description, SH.name, SH.order, SH.group, RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy}
)
# Predicates whose object is a shape, or a list of shapes.
APPLIES = frozenset({SH.node, SH.property, SH["not"], SH["and"], SH["or"], SH.xone, SH.qualifiedValueShape})
# What would run a query or a script, perhaps reach the network.
RUNS = ("sparql", "js", "rule", "target", "validator", "nodeValidator", "propertyValidator", "select", "ask")
LONGEST_LIST = 100_000
NAMESPACES = {"tagus": contexts.TAGUS, "loire": contexts.LOIRE}


def refuse_code(graph: Graph) -> None:
    """Raises BadRelease: shapes say what is expected, they run nothing."""
    for name in RUNS:
        if (None, SH[name], None) in graph:
            raise BadRelease(
                f"Des formes exécutent du code (« sh:{name} ») : seules des contraintes simples sont admises."
            )


def pack(graph: Graph, generation: str) -> Packed | None:
    """The shapes whose targets are of this generation; None when there is none. Raises BadRelease."""
    start = NAMESPACES[generation]
    targets: dict[str, list[Any]] = {}
    for shape, target in _targets(graph):
        if str(target).startswith(start):
            targets.setdefault(str(target)[len(start) :], []).append(shape)
    if not targets:
        return None
    packer = _Packer(graph)
    numbered = {name: [packer.term(shape) for shape in shapes] for name, shapes in sorted(targets.items())}
    packer.follow(shape for shapes in targets.values() for shape in shapes)
    return {
        "terms": packer.terms,
        "triples": packer.triples,
        "lists": packer.lists,
        "targets": numbered,
    }


def _targets(graph: Graph) -> Iterator[tuple[Any, Any]]:
    yield from graph.subject_objects(SH.targetClass)
    for shape in graph.subjects(RDF.type, SH.NodeShape):
        kinds = set(graph.objects(shape, RDF.type))
        if isinstance(shape, URIRef) and kinds & {RDFS.Class, OWL.Class}:
            yield shape, shape


class _Packer:
    """``triples``: subject → [predicate, object, …]; an object below zero is the list -(object + 1)."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.terms: list[Any] = []
        self.triples: dict[str, list[int]] = {}
        self.lists: list[list[int]] = []
        self._numbers: dict[Any, int] = {}
        self._known: dict[tuple[int, ...], int] = {}

    def term(self, node: Any) -> int:
        if node not in self._numbers:
            self._numbers[node] = len(self.terms)
            self.terms.append(_plain(node))
        return self._numbers[node]

    def follow(self, shapes: Iterable[Any]) -> None:
        waiting, seen = list(shapes), set()
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            said: list[int] = []
            for predicate, value in self.graph.predicate_objects(node):
                if predicate in SILENT:
                    continue
                members = self._members(value)
                said += [self.term(predicate), self.term(value) if members is None else self._list(members)]
                inside = [value] if members is None else members
                if predicate in APPLIES:
                    waiting += inside
                else:
                    waiting += [one for one in inside if isinstance(one, BNode)]
            if said:
                self.triples[str(self.term(node))] = said

    def _list(self, members: list[Any]) -> int:
        key = tuple(self.term(one) for one in members)
        if key not in self._known:
            self._known[key] = len(self.lists)
            self.lists.append(list(key))
        return -(self._known[key] + 1)

    def _members(self, node: Any) -> list[Any] | None:
        """Of an RDF list; None of anything else. Iterative: published lists are longer than the stack."""
        if node != RDF.nil and (node, RDF.first, None) not in self.graph:
            return None
        found: list[Any] = []
        while node != RDF.nil:
            first = self.graph.value(node, RDF.first)
            if first is None or len(found) > LONGEST_LIST:
                raise BadRelease("Une liste des formes n’a pas de fin, ou dépasse 100 000 valeurs.")
            found.append(first)
            node = self.graph.value(node, RDF.rest)
        return found


def _plain(node: Any) -> Any:
    """A string for an IRI, a number for a blank node, [text, datatype, language] for a literal."""
    if isinstance(node, Literal):
        return [str(node), str(node.datatype or ""), node.language or ""]
    return {"b": str(node)} if isinstance(node, BNode) else str(node)


def names(packed: Mapping[str, Any]) -> frozenset[str]:
    """Local names of the types that these shapes describe."""
    return frozenset(packed["targets"])


def pruned(packed: Mapping[str, Any], types: frozenset[str]) -> Graph:
    """The shapes of these types, with all they apply."""
    graph, made = Graph(), _Made(packed)
    waiting = [number for name in types for number in packed["targets"].get(name, ())]
    seen: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        said = packed["triples"].get(str(number), [])
        for predicate, value in zip(said[::2], said[1::2], strict=True):
            node = made.term(value) if value >= 0 else made.chain(-value - 1, graph)
            graph.add((made.term(number), made.term(predicate), node))
            inside = [value] if value >= 0 else packed["lists"][-value - 1]
            applied = made.term(predicate) in APPLIES
            waiting += [one for one in inside if applied or isinstance(made.term(one), BNode)]
    return graph


class _Made:
    """rdflib terms of packed ones, each made once."""

    def __init__(self, packed: Mapping[str, Any]) -> None:
        self._packed = packed
        self._terms: dict[int, Any] = {}
        self._chains: dict[int, Any] = {}

    def term(self, number: int) -> Any:
        if number not in self._terms:
            self._terms[number] = _node(self._packed["terms"][number])
        return self._terms[number]

    def chain(self, index: int, graph: Graph) -> Any:
        if index in self._chains:
            return self._chains[index]
        node: Any = RDF.nil
        for member in reversed(self._packed["lists"][index]):
            head = BNode()
            graph.add((head, RDF.first, self.term(member)))
            graph.add((head, RDF.rest, node))
            node = head
        self._chains[index] = node
        return node


def _node(plain: Any) -> Any:
    if isinstance(plain, str):
        return URIRef(plain)
    if isinstance(plain, dict):
        return BNode()
    text, kind, language = plain
    if language:
        return Literal(text, lang=language)
    # As `graph` holds the data: "a" and "a"^^xsd:string are one.
    if not kind or kind == str(XSD.string):
        return Literal(text)
    return Literal(text, datatype=URIRef(kind))
