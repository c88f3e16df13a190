"""The signature itself: VC-JWT (Loire), and the Gaia-X variant of JsonWebSignature2020 (Tagus)."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from qualification.gaiax import bounds, graph
from qualification.gaiax.claims import TOO_COSTLY, Credential
from qualification.gaiax.did import ALGORITHMS, PublishedKey
from qualification.gaiax.envelope import Malformed, strict_json
from qualification.gaiax.report import Findings

# `iss`, `iat` and `exp` stand in the header of real credentials: joserfc refuses them unless told.
REGISTRY = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
PROOF_TYPE = "JsonWebSignature2020"
DETACHED = {"b64": False, "crit": ["b64"]}


def detached_header(proof: dict[str, Any]) -> dict[str, Any]:
    """The protected header of `header..signature`; empty when it cannot be read."""
    head = str(proof.get("jws", "")).partition(".")[0]
    try:
        header = strict_json(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (binascii.Error, ValueError, Malformed):
        return {}
    return header if isinstance(header, dict) else {}


def judge_signature(credential: Credential, key: PublishedKey | None, findings: Findings) -> None:
    item, path = credential.item, credential.path
    findings.passed("signature")
    if not item.is_signed:
        findings.unknown("signature", "Aucune signature à vérifier dans ce document.", path)
        return
    problem = _form(credential)
    if problem:
        findings.fail("signature", problem, path)
    elif key is None:
        findings.unknown("signature", "La signature ne peut être vérifiée : la clé manque.", path)
    else:
        _verify(credential, key, findings)


def _form(credential: Credential) -> str:
    item = credential.item
    header = item.header if item.jws is not None else detached_header(item.proof or {})
    algorithm = str(header.get("alg", ""))
    if algorithm not in ALGORITHMS:
        return f"L’algorithme de signature « {algorithm[:20]} » est refusé."
    if item.jws is not None:
        return "" if item.jws.count(".") == 2 and not item.jws.endswith(".") else "La signature est absente."
    proof = item.proof or {}
    if proof.get("type") != PROOF_TYPE or proof.get("proofPurpose") != "assertionMethod":
        return f"La preuve attendue est de type {PROOF_TYPE}, pour « assertionMethod »."
    if {name: header.get(name) for name in DETACHED} != DETACHED:
        return "La signature attendue est détachée : « b64 » à faux, et « crit » qui le nomme."
    return (
        "" if str(proof.get("jws", "")).count("..") == 1 else "La signature n’est pas de la forme détachée."
    )


def _verify(credential: Credential, key: PublishedKey, findings: Findings) -> None:
    item = credential.item
    try:
        good = verify_jwt(item.jws, key.key) if item.jws else verify_tagus(credential, key.key)
    except bounds.TooCostly:
        findings.fail("format", TOO_COSTLY, credential.path)
        findings.unknown("signature", "La forme canonique n’a pas été calculée.", credential.path)
        return
    if not good:
        said = "La signature ne correspond pas : le contenu ou l’en-tête a changé, ou la clé est une autre."
        findings.fail("signature", said, credential.path)


def verify_jwt(text: str, key: Any) -> bool:
    """Whether the compact JWS is signed by the key, with an algorithm of the closed list."""
    try:
        jws.deserialize_compact(text, key, registry=REGISTRY)
    except (JoseError, ValueError):
        return False
    return True


def verify_tagus(credential: Credential, key: Any) -> bool:
    """The JWS covers `header.` and the hexadecimal digest of the canonical form without the proof.
    Raises TooCostly."""
    return verify_detached(str((credential.item.proof or {})["jws"]), graph.digest(credential.expanded), key)


def verify_detached(text: str, payload: str, key: Any) -> bool:
    try:
        jws.deserialize_compact(text, key, payload=payload.encode(), registry=REGISTRY)
    except (JoseError, ValueError):
        return False
    return True
