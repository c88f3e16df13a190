"""What a credential says of itself, read from RDF: who issued it, for how long, about what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rdflib import RDF, Graph, URIRef

from qualification.gaiax import bounds, contexts, graph
from qualification.gaiax.envelope import Item
from qualification.gaiax.report import Findings

# Clocks of issuers may run ahead or behind by so much.
SKEW = dt.timedelta(minutes=5)
SUBJECT = URIRef(contexts.CRED + "credentialSubject")
CREDENTIAL = URIRef(contexts.CRED + "VerifiableCredential")
STARTS = {"tagus": "issuanceDate", "loire": "validFrom"}
ENDS = {"tagus": "expirationDate", "loire": "validUntil"}
TOO_COSTLY = "Le graphe décrit est trop grand, ou trop coûteux à mettre sous forme canonique."


@dataclass(slots=True)
class Credential:
    """An item whose RDF could be read. ``node``: the credential's subject; None for a presentation."""

    item: Item
    # As PyLD holds it: what the canonical form is made of.
    dataset: dict[str, Any]
    graph: Graph
    node: Any = None

    @property
    def path(self) -> str:
        return self.item.path

    def one(self, name: str) -> str | None:
        """The only value of a property of the VC data model; None when absent or several."""
        values = self.every(name)
        return values[0] if len(values) == 1 else None

    def every(self, name: str) -> list[str]:
        return [str(value) for value in self.graph.objects(self.node, URIRef(contexts.CRED + name))]

    @property
    def issuer(self) -> str | None:
        return self.one("issuer") or self.one("holder")


def read(item: Item, findings: Findings) -> Credential | None:
    """The item as RDF; None, with a finding of « context », when it cannot be read. No network."""
    for message, path in contexts.problems(item.document, generation=item.generation, path=item.path):
        findings.fail("context", message, path)
    try:
        dataset = graph.dataset_of(graph.expand(item.document))
        read_graph = graph.graph_of(graph.triples(dataset))
    except contexts.ContextRefused:
        return None
    except graph.TermDropped as dropped:
        message = (
            f"Le terme « {str(dropped)[:100]} » n’a pas de sens dans ces contextes : il n’est pas signé."
        )
        findings.fail("context", message, item.path)
        return None
    except graph.Unreadable as error:
        findings.fail("context", f"JSON-LD refuse ce document ({error}).", item.path)
        return None
    except bounds.TooCostly:
        findings.fail("format", TOO_COSTLY, item.path)
        return None
    node = next(iter(read_graph.subjects(RDF.type, CREDENTIAL)), None)
    _untype(node, read_graph)
    if node is None and item.is_signed and item.kind == "credential":
        findings.fail("format", "Le type « VerifiableCredential » manque.", item.path)
    if item.kind == "presentation":
        node = next(
            iter(read_graph.subjects(RDF.type, URIRef(contexts.CRED + "VerifiablePresentation"))), None
        )
    return Credential(item, dataset, read_graph, node)


def _untype(node: Any, of: Graph) -> None:
    """Loire repeats the subject's type on the credential, which is not itself an offer or a person."""
    # Tagus notaries give a credential and its subject one identifier: then the type is the subject's own.
    if node is None or (node, SUBJECT, node) in of:
        return
    for other in list(of.objects(node, RDF.type)):
        if other != CREDENTIAL:
            of.remove((node, RDF.type, other))


def judge_dates(credential: Credential, findings: Findings, *, now: dt.datetime) -> None:
    """Not yet valid, expired, or dates that cannot be read; SKEW is allowed for."""
    item = credential.item
    findings.passed("dates")
    for name, sign in ((STARTS[item.generation], 1), (ENDS[item.generation], -1)):
        values = credential.every(name)
        if len(values) > 1:
            findings.fail("dates", f"« {name} » est donné plusieurs fois.", _under(item.path, name))
        elif values:
            _judge(values[0], sign, findings, now=now, path=_under(item.path, name))
        elif name == "issuanceDate":
            findings.fail("dates", "La date d’émission (« issuanceDate ») manque.", _under(item.path, name))
    for name, sign in (("iat", 1), ("nbf", 1), ("exp", -1)):
        for place in (item.header, item.document if item.jws else {}):
            if name in place:
                _judge(place[name], sign, findings, now=now, path=_under(item.path, name))


def _judge(value: Any, sign: int, findings: Findings, *, now: dt.datetime, path: str) -> None:
    when = moment(value)
    if when is None:
        findings.fail("dates", "Cette date n’est pas lisible, ou son fuseau manque.", path)
    elif sign > 0 and when > now + SKEW:
        findings.fail("dates", f"Pas encore valable : à partir du {when:%d/%m/%Y à %H:%M} (UTC).", path)
    elif sign < 0 and when < now - SKEW:
        findings.fail("dates", f"Expiré depuis le {when:%d/%m/%Y à %H:%M} (UTC).", path)


def moment(value: Any) -> dt.datetime | None:
    """An ISO date and time with its offset, or a number of seconds (milliseconds beyond 10¹¹), in UTC."""
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return dt.datetime.fromtimestamp(value / 1000 if value > 1e11 else value, dt.UTC)
        when = dt.datetime.fromisoformat(str(value))
        return when.astimezone(dt.UTC) if when.tzinfo else None
    except (ValueError, OverflowError, OSError):
        return None


def dids_of(items: list[Item]) -> Iterator[str]:
    """The did of each verification method named, in order, with repeats."""
    for item in items:
        method = method_of(item)
        if method.startswith("did:web:"):
            yield method.partition("#")[0]


def method_of(item: Item) -> str:
    """The verification method the item names: `kid` of the JWT, `verificationMethod` of the proof."""
    if item.jws is not None:
        return str(item.header.get("kid", ""))
    return str((item.proof or {}).get("verificationMethod", ""))


def _under(path: str, key: str) -> str:
    return f"{path}.{key}".strip(".")
