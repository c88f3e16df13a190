"""The signature itself: VC-JWT (Loire), and the Gaia-X variant of JsonWebSignature2020 (Tagus)."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError

from qualification.gaiax import bounds, contexts, graph
from qualification.gaiax.claims import TOO_COSTLY, Credential
from qualification.gaiax.did import ALGORITHMS, PublishedKey
from qualification.gaiax.envelope import Malformed, strict_json
from qualification.gaiax.report import Findings

# `iss`, `iat` and `exp` stand in the header of real credentials: joserfc refuses them unless told.
REGISTRY = jws.JWSRegistry(
    algorithms=[name for name, (kty, _) in ALGORITHMS.items() if kty != "OKP"], strict_check_header=False
)
PROOF_TYPE = "JsonWebSignature2020"
DETACHED = {"b64": False, "crit": ["b64"]}
# Of the proof, what its options leave out, and what an inner context could change.
UNSIGNED = ("jws", "@context")


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
    head, payload, signature = text.split(".")
    if isinstance(key.public_key, Ed25519PublicKey):
        return _verify_ed25519(f"{head}.{payload}".encode(), signature, key.public_key)
    try:
        jws.deserialize_compact(text, key, registry=REGISTRY)
    except (JoseError, ValueError):
        return False
    return True


def verify_tagus(credential: Credential, key: Any) -> bool:
    """The JWS covers `header.` and, in the Gaia-X variant, the hexadecimal digest of the canonical form
    without the proof; in the standard one, the digests of the proof's options and of that form, as bytes.
    Raises TooCostly."""
    proof = credential.item.proof or {}
    text, digest = str(proof["jws"]), graph.digest_of(credential.dataset)
    if verify_detached(text, digest.encode(), key):
        return True
    options = _options_digest(proof)
    return options is not None and verify_detached(text, options + bytes.fromhex(digest), key)


def _options_digest(proof: dict[str, Any]) -> bytes | None:
    """SHA-256 of the canonical form of the proof without its signature; None when it cannot be read."""
    names = [contexts.VC1, contexts.JWS2020]
    options = {"@context": names} | {name: value for name, value in proof.items() if name not in UNSIGNED}
    try:
        return bytes.fromhex(graph.digest(graph.expand(options)))
    except (graph.TermDropped, graph.Unreadable, contexts.ContextRefused):
        return None


def verify_detached(text: str, payload: bytes, key: Any) -> bool:
    if isinstance(key.public_key, Ed25519PublicKey):
        head, _, signature = text.partition("..")
        return _verify_ed25519(head.encode() + b"." + payload, signature, key.public_key)
    try:
        jws.deserialize_compact(text, key, payload=payload, registry=REGISTRY)
    except (JoseError, ValueError):
        return False
    return True


def _verify_ed25519(signed: bytes, signature: str, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)), signed)
    except (InvalidSignature, ValueError):
        return False
    return True
