"""SHACL on the union of the credentials, with the compact shapes of this folder, pruned to the types seen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pyshacl import validate
from rdflib import RDF, SH, Graph, Literal, URIRef

from qualification.gaiax import contexts, graph
from qualification.gaiax.claims import SUBJECT, Credential
from qualification.gaiax.release import packing
from qualification.gaiax.report import Findings
from qualification.gaiax.rulebook import active

FOLDER = Path(__file__).parent / "shapes"
NAMESPACES = {"tagus": contexts.TAGUS, "loire": contexts.LOIRE, "own": contexts.OWN}
MESSAGES = {
    "MinCountConstraintComponent": "La propriété « {name} » manque.",
    "MaxCountConstraintComponent": "La propriété « {name} » est donnée plusieurs fois.",
    "ClosedConstraintComponent": "La propriété « {name} » n’est pas prévue ici.",
    "ClassConstraintComponent": "« {name} » ne désigne pas un objet du type attendu.",
    "NodeConstraintComponent": "« {name} » désigne un objet dont la forme n’est pas respectée.",
    "DatatypeConstraintComponent": "La valeur de « {name} » n’a pas le type attendu.",
    "InConstraintComponent": "La valeur de « {name} » n’est pas dans la liste permise.",
    "PatternConstraintComponent": "La valeur de « {name} » n’a pas la forme attendue.",
    "HasValueConstraintComponent": "La valeur de « {name} » n’est pas celle qui est imposée.",
}
OTHER = "La propriété « {name} » ne respecte pas la forme attendue."


@cache
def library(generation: str) -> Graph:
    """The shapes of a generation, read once by process."""
    shapes = Graph()
    shapes.parse(FOLDER / f"{generation}.ttl", format="turtle")
    return shapes


def covered(generation: str) -> frozenset[str]:
    """Local names of the types described by the shapes of the release in use, or by ours."""
    return _covered(generation) | _released_names(generation)


def _released_names(generation: str) -> frozenset[str]:
    packed = _released(generation)
    return packing.names(packed) if packed is not None else frozenset()


def _released(generation: str) -> Mapping[str, Any] | None:
    book = active()
    return book.shapes.get(generation) if book is not None else None


@cache
def _covered(generation: str) -> frozenset[str]:
    start = len(NAMESPACES[generation])
    targets = library(generation).objects(None, SH.targetClass)
    return frozenset(str(target)[start:] for target in targets)


def pruned(generation: str, types: frozenset[str]) -> Graph:
    """The shapes of these types, with all they lead to: pySHACL's time follows the size of its shapes. They
    are those of the release in use; ours for the types that it leaves out."""
    packed = _released(generation)
    if packed is None:
        return _pruned(generation, types)
    theirs = types & packing.names(packed)
    kept = packing.pruned(packed, theirs)
    for triple in _pruned(generation, types - theirs) if types - theirs else ():
        kept.add(triple)
    return kept


@cache
def _pruned(generation: str, types: frozenset[str]) -> Graph:
    whole, kept = library(generation), Graph()
    waiting: list[Any] = [
        shape
        for name in types
        for shape in whole.subjects(SH.targetClass, URIRef(NAMESPACES[generation] + name))
    ]
    seen: set[Any] = set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for predicate, value in whole.predicate_objects(node):
            kept.add((node, predicate, value))
            if not isinstance(value, Literal):
                waiting.append(value)
    return kept


def judge_shapes(credentials: list[Credential], findings: Findings) -> None:
    """All credentials in one graph: a link from one to the other is followed."""
    findings.passed("shape")
    generation = credentials[0].item.generation
    data = union(credentials)
    types = frozenset(name for _, name in graph.local_types(data))
    own = _own_types(data)
    if not types and not own:
        findings.fail("shape", "Aucune description Gaia-X n’a été trouvée dans ce document.")
        return
    for name in sorted(types - covered(generation)):
        findings.unknown("shape", f"Le type « {name} » n’est pas couvert par nos formes.")
    for of, names in ((generation, types & covered(generation)), ("own", own & covered("own"))):
        for focus, said in violations(data, pruned(of, names)) if names else ():
            findings.fail("shape", said, _path_of(focus, credentials))


def _own_types(data: Graph) -> frozenset[str]:
    """Local names of the types of the marketplace's own findings; one without a shape is a Gaia-X matter no
    more than a nested part."""
    return frozenset(
        str(kind)[len(contexts.OWN) :]
        for kind in data.objects(None, RDF.type)
        if str(kind).startswith(contexts.OWN)
    )


def union(credentials: list[Credential]) -> Graph:
    data = Graph()
    for credential in credentials:
        node, of = credential.node, credential.graph
        # A label covers credentials by their names: what they say of themselves is no part of it. Tagus
        # notaries give a credential and its subject one name.
        own = None if (node, SUBJECT, node) in of else node
        for triple in of:
            if own is None or triple[0] != own:
                data.add(triple)
    _add_superclasses(data)
    return data


REGISTRATIONS = ("VatID", "LeiCode", "EORI", "EUID", "TaxID", "LocalRegistrationNumber")
SUPERCLASSES = dict.fromkeys(REGISTRATIONS, ("RegistrationNumber",))


def _add_superclasses(data: Graph) -> None:
    """`sh:class` without inference: what is a VAT number is a registration number."""
    for subject, name in list(graph.local_types(data)):
        for parent in SUPERCLASSES.get(name, ()):
            data.add((subject, RDF.type, URIRef(contexts.LOIRE + parent)))


def violations(data: Graph, shapes: Graph) -> list[tuple[Any, str]]:
    """(focus node, what is wrong in French)."""
    conforms, report, _ = validate(data, shacl_graph=shapes, inference="none", advanced=False)
    if conforms:
        return []
    found = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus = report.value(result, SH.focusNode)
        name = str(report.value(result, SH.resultPath) or "")
        component = str(report.value(result, SH.sourceConstraintComponent) or "")
        said = report.value(result, SH.resultMessage)
        # A shape's own sentence is tagged French; pySHACL's are not.
        own = str(said) if isinstance(said, Literal) and said.language == "fr" else ""
        found.append((focus, own or MESSAGES.get(_local(component), OTHER).format(name=_local(name))))
    return sorted(found, key=str)


def _local(iri: str) -> str:
    return iri.replace("/", "#").rsplit("#", 1)[-1]


def _path_of(focus: Any, credentials: list[Credential]) -> str:
    """The credential in which the node at fault is described."""
    for credential in credentials:
        if (focus, None, None) in credential.graph:
            return f"{credential.path}.credentialSubject".strip(".")
    return ""
