"""What a verified presentation says of offers and labels, read from the RDF of its credentials alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rdflib import Literal, URIRef

from qualification.gaiax import contexts, graph
from qualification.gaiax.claims import Credential
from qualification.gaiax.rules import PARTICIPANTS, REGISTRATION_LINKS, REGISTRATIONS, Described

SCHEMA = "https://schema.org/"
NUMBERS = ("vatID", "local", "leiCode", "EUID", "euid", "taxID", "EORI", "eori")
HASHES = ("serviceOfferingTermsAndConditions", "termsAndConditions")
Facts = dict[str, list[dict[str, Any]]]


def facts_of(credentials: list[Credential]) -> Facts:
    """`offers`: name, description, registration numbers of the provider, digests of the terms, issuer, the
    credential and its end. `labels`: level, issuer, the credentials covered, the end."""
    described = [
        Described(node, kind, credential)
        for credential in credentials
        for node, kind in graph.local_types(credential.graph)
    ]
    people = {one.node: one for one in described if one.type in PARTICIPANTS}
    numbers = {one.node: one for one in described if one.type in REGISTRATIONS}
    return {
        "offers": [_offer(one, people, numbers) for one in described if one.type == "ServiceOffering"],
        "labels": [_label(one) for one in described if one.type == "LabelCredential"],
    }


def _offer(one: Described, people: dict[Any, Described], numbers: dict[Any, Described]) -> dict[str, Any]:
    provider = next((people[node] for node in one.values("providedBy") if node in people), None)
    links = [node for name in REGISTRATION_LINKS for node in provider.values(name)] if provider else []
    told = {text for node in links if node in numbers for text in _numbers(numbers[node])}
    return {
        "credential": str(one.credential.node),
        "issuer": one.issuer,
        "until": _until(one.credential),
        "name": _text(one, "name"),
        "description": _text(one, "description"),
        "numbers": sorted(told),
        "terms": sorted(_terms(one)),
    }


def _label(one: Described) -> dict[str, Any]:
    level = next((str(value) for value in one.values("labelLevel")), "")
    return {
        "level": level.removeprefix("gx:"),
        "issuer": one.issuer,
        "until": _until(one.credential),
        "covers": sorted(str(node) for node in one.values("compliantCredentials")),
    }


def _numbers(one: Described) -> Iterator[str]:
    for name in NUMBERS:
        for namespace in (contexts.TAGUS, contexts.LOIRE, SCHEMA):
            for value in one.credential.graph.objects(one.node, URIRef(namespace + name)):
                yield str(value)


def _terms(one: Described) -> Iterator[str]:
    for name in HASHES:
        for node in one.values(name):
            for namespace in (contexts.TAGUS, contexts.LOIRE):
                for value in one.credential.graph.objects(node, URIRef(f"{namespace}hash")):
                    yield str(value)


def _text(one: Described, name: str) -> str:
    found = one.credential.graph.value(one.node, URIRef(SCHEMA + name))
    return str(found) if isinstance(found, Literal) else ""


def _until(credential: Credential) -> str | None:
    return credential.one("validUntil") or credential.one("expirationDate")
