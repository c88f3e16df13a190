"""Whether a credential has been revoked or suspended, by the status lists it names. Pure: lists are given.

Source: W3C Bitstring Status List. A list counts once it is itself a signed credential in force, of the
same issuer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from rdflib import RDF, URIRef

from qualification.gaiax import claims, contexts, did, envelope, status
from qualification.gaiax.claims import Credential
from qualification.gaiax.report import FAIL, PASS, Findings
from qualification.gaiax.signature import judge_signature

ENTRY = URIRef(contexts.STATUS + "BitstringStatusListEntry")
LINK = URIRef(contexts.CRED + "credentialStatus")
WORDS = {status.REVOCATION: "révoqué", status.SUSPENSION: "suspendu"}


def lists_named(items: list[envelope.Item]) -> Iterator[str]:
    """The addresses of the lists that these items name, as written: only to know what to fetch."""
    for item in items:
        entries = item.document.get("credentialStatus", [])
        for entry in entries if isinstance(entries, list) else [entries]:
            url = entry.get("statusListCredential") if isinstance(entry, dict) else None
            if isinstance(url, str) and url.startswith("https://"):
                yield url


def judge_status(
    credential: Credential,
    lists: Mapping[str, str],
    documents: dict[str, Any],
    findings: Findings,
    *,
    now: dt.datetime,
) -> None:
    """``lists``: address → text of the list. Unknown when a list named is not at hand or does not hold."""
    findings.passed("status")
    path = f"{credential.path}.credentialStatus".strip(".")
    for node in credential.graph.objects(credential.node, LINK):
        entry = _entry(credential, node)
        if entry is None:
            findings.unknown("status", "Ce type de statut n’est pas une Bitstring Status List.", path)
            continue
        url, purpose, index = entry
        if url not in lists:
            findings.unknown("status", "La liste de statuts n’a pas été fournie ou obtenue.", path)
            continue
        try:
            encoded = _read_list(lists[url], url, purpose, credential.issuer, documents, now=now)
            is_set = status.is_set(encoded, index)
        except (status.BadList, envelope.Malformed) as error:
            findings.unknown("status", str(error), path)
            continue
        if is_set and purpose in WORDS:
            findings.fail("status", f"L’émetteur dit ce titre {WORDS[purpose]}.", path)


def _entry(credential: Credential, node: Any) -> tuple[str, str, int] | None:
    """(address of the list, purpose, index) of a well-formed entry."""
    graph = credential.graph

    def value(name: str) -> str:
        return str(graph.value(node, URIRef(contexts.STATUS + name)) or "")

    index = value("statusListIndex")
    if (node, RDF.type, ENTRY) not in graph or not index.isdecimal() or len(index) > 12:
        return None
    return value("statusListCredential"), value("statusPurpose"), int(index)


def _read_list(
    text: str,
    url: str,
    purpose: str,
    issuer: str | None,
    documents: dict[str, Any],
    *,
    now: dt.datetime,
) -> str:
    """`encodedList`. Raises BadList when the list is not this issuer's, not signed, or not in force."""
    findings = Findings()
    items = envelope.read(text, findings)
    credential = claims.read(items[0], findings) if len(items) == 1 else None
    if credential is None or not items[0].is_signed:
        raise status.BadList("La liste de statuts n’est pas un titre signé lisible.")
    claims.judge_dates(credential, findings, now=now)
    key = did.judge_key(credential, did.judge_did(credential, documents, findings), findings)
    judge_signature(credential, key, findings)
    said = {check.id: check.verdict for check in reversed(findings.checks())}
    if FAIL in said.values() or said["signature"] != PASS:
        raise status.BadList("La liste de statuts n’est plus valable, ou sa signature ne tient pas.")
    graph = credential.graph
    subject = graph.value(credential.node, claims.SUBJECT)
    told = str(graph.value(subject, URIRef(contexts.STATUS + "statusPurpose")) or "")
    if credential.issuer != issuer or str(credential.node) != url or told != purpose:
        raise status.BadList("La liste de statuts est celle d’un autre émetteur, ou d’un autre usage.")
    return str(graph.value(subject, URIRef(contexts.STATUS + "encodedList")) or "")
