"""The digests that a compliance credential gives of the credentials it covers, compared with those sent.

Source: Tagus `gx:integrity` (RFC 8785), Loire `digestSRI`; forms seen in use: hexadecimal or base64, of the
canonical JSON or of the JWT itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from rdflib import URIRef

from qualification.gaiax import contexts
from qualification.gaiax.claims import Credential
from qualification.gaiax.report import Findings

DIGESTS = (
    URIRef(contexts.TAGUS + "integrity"),
    URIRef(contexts.CRED + "digestSRI"),
    URIRef(contexts.LOIRE + "digestSRI"),
)
METHODS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


def judge_digests(credentials: list[Credential], findings: Findings) -> None:
    """A digest that differs fails « rules »; one whose credential is not here is left unknown."""
    sent = {str(one.node): one for one in credentials if isinstance(one.node, URIRef)}
    for credential in credentials:
        path = f"{credential.path}.credentialSubject".strip(".")
        for subject, said in _told(credential):
            covered = sent.get(str(subject))
            if covered is None:
                words = "Un titre couvert n’est pas dans l’envoi : son empreinte n’est pas comparée."
                findings.unknown("rules", words, path)
            elif said not in digests_of(covered, said.partition("-")[0]):
                words = f"L’empreinte du titre « {str(subject)[:120]} » n’est pas celle qui est annoncée."
                findings.fail("rules", words, path)


def _told(credential: Credential) -> Iterator[tuple[Any, str]]:
    for predicate in DIGESTS:
        for subject, value in credential.graph.subject_objects(predicate):
            if isinstance(subject, URIRef):
                yield subject, str(value)


def digests_of(credential: Credential, method: str) -> frozenset[str]:
    """Every form in which this credential's digest may be written; none for an unknown method."""
    if method not in METHODS:
        return frozenset()
    item = credential.item
    whole = {**item.document, "proof": item.proof} if item.proof is not None else item.document
    bodies = [canonical(whole)]
    if item.jws is not None:
        bodies.append(item.jws.encode())
    hashes = [METHODS[method](body).digest() for body in bodies]
    return frozenset(
        f"{method}-{text}" for raw in hashes for text in (raw.hex(), base64.b64encode(raw).decode())
    )


def canonical(document: dict[str, Any]) -> bytes:
    """RFC 8785, for documents whose names are in the basic plane and whose numbers are integers, as Gaia-X
    writes them."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
