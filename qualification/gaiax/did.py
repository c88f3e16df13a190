"""did:web: the address of a DID's document, and the key it publishes for a verification method."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jwk
from joserfc.errors import JoseError

from qualification.gaiax.claims import Credential, method_of
from qualification.gaiax.envelope import strict_json
from qualification.gaiax.report import Findings

PREFIX = "did:web:"
HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?", re.I)
SEGMENT = re.compile(r"[\w.~%-]+")
# Algorithm → key type and curve. No HMAC: a public key is never a shared secret. RS256: older credentials.
ALGORITHMS = {
    "PS256": ("RSA", None),
    "RS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}
MOST_RSA_BITS, LEAST_RSA_BITS = 8192, 2048
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """The JWK of the method, as read and as an object; ``host`` is the did:web's own, without port."""

    jwk: dict[str, Any]
    key: Any
    host: str


def url_of(did: str) -> str | None:
    """`did:web:a.b:x:y` → https://a.b/x/y/did.json; a bare host → /.well-known/did.json; %3A is the
    port. None when it is no did:web."""
    if not did.startswith(PREFIX) or len(did) > 1500:
        return None
    first, *rest = did.removeprefix(PREFIX).split(":")
    host = unquote(first)
    if not HOST.fullmatch(host) or not all(SEGMENT.fullmatch(part) for part in rest):
        return None
    if any(unquote(part) in (".", "..") or "/" in unquote(part) for part in rest):
        return None
    path = "/".join(rest) if rest else ".well-known"
    return f"https://{host}/{path}/did.json"


def host_of(did: str) -> str:
    return unquote(did.removeprefix(PREFIX).split(":")[0]).partition(":")[0].lower()


def judge_did(credential: Credential, documents: dict[str, Any], findings: Findings) -> dict[str, Any] | None:
    """The document of the issuer's DID, once the identifiers agree; None with a finding otherwise."""
    item, issuer = credential.item, credential.issuer
    method, path = method_of(item), credential.path
    did = method.partition("#")[0]
    findings.passed("did")
    if not item.is_signed:
        findings.unknown("did", "Sans signature, aucune méthode de vérification n’est nommée.", path)
    elif url_of(did) is None:
        findings.fail("did", "La méthode de vérification n’est pas un did:web.", path)
    elif "iss" in item.header and item.header["iss"] != did:
        findings.fail("did", "L’en-tête « iss » et « kid » ne nomment pas le même DID.", path)
    elif issuer != did and (item.kind == "credential" or issuer is not None):
        findings.fail(
            "did", "L’émetteur du titre n’est pas le titulaire de la clé nommée.", f"{path}.issuer".strip(".")
        )
    elif did not in documents:
        findings.unknown("did", f"Le document de « {did[:80]} » n’a pas été fourni ou obtenu.", path)
    elif not isinstance(documents[did], dict) or documents[did].get("id") != did:
        findings.fail("did", "Le document DID ne porte pas l’identifiant de l’émetteur.", path)
    else:
        return dict(documents[did])
    return None


def judge_key(
    credential: Credential, document: dict[str, Any] | None, findings: Findings
) -> PublishedKey | None:
    """The key of the named method, when it is published for assertions and fits the algorithm."""
    item, path = credential.item, credential.path
    findings.passed("key")
    if document is None:
        findings.unknown("key", "La clé publique n’est pas connue : le document DID manque.", path)
        return None
    method = method_of(item)
    found = [one for one in _list(document, "verificationMethod") if _id(one, document) == method]
    asserting = {_id(one, document) for one in _list(document, "assertionMethod")}
    if len(found) != 1 or not isinstance(found[0], dict):
        findings.fail("key", f"Le document DID ne publie pas la méthode « {method[:200]} ».", path)
        return None
    if method not in asserting:
        findings.fail(
            "key", "Cette clé n’est pas publiée pour signer des titres (« assertionMethod »).", path
        )
        return None
    problem, key = _load(found[0].get("publicKeyJwk"), algorithm_of(credential))
    if problem:
        findings.fail("key", problem, path)
        return None
    return PublishedKey(dict(found[0]["publicKeyJwk"]), key, host_of(method.partition("#")[0]))


def algorithm_of(credential: Credential) -> str:
    """The `alg` of the JWT, or of the detached JWS of the proof; empty when it cannot be read."""
    from qualification.gaiax.signature import detached_header

    item = credential.item
    header = item.header if item.jws is not None else detached_header(item.proof or {})
    return str(header.get("alg", ""))


def _load(published: Any, algorithm: str) -> tuple[str, Any]:
    """(what is wrong in French, the key)."""
    if not isinstance(published, dict):
        return "La méthode ne porte pas de clé (« publicKeyJwk »).", None
    if PRIVATE & set(published):
        return "Le document DID publie une clé privée ou partagée : elle est compromise.", None
    if algorithm not in ALGORITHMS:
        return f"L’algorithme « {algorithm[:20]} » est refusé. Attendus : {', '.join(ALGORITHMS)}.", None
    if published.get("alg", algorithm) != algorithm:
        return "La clé est publiée pour un autre algorithme que celui de la signature.", None
    kty, curve = ALGORITHMS[algorithm]
    if published.get("kty") != kty or published.get("crv") != curve:
        return "Le type de la clé ne convient pas à l’algorithme.", None
    try:
        key: Any = jwk.import_key({name: published[name] for name in _MEMBERS[kty] if name in published})
        bits = key.public_key.key_size if kty == "RSA" else 0
    except (JoseError, ValueError, KeyError, TypeError, UnsupportedAlgorithm):
        return "La clé publiée n’est pas lisible.", None
    if kty == "RSA" and not LEAST_RSA_BITS <= bits <= MOST_RSA_BITS:
        return (
            f"Une clé RSA compte de {LEAST_RSA_BITS} à {MOST_RSA_BITS} bits ; celle-ci en compte {bits}.",
            None,
        )
    return "", key


_MEMBERS = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y"), "OKP": ("kty", "crv", "x")}


def by_did(documents: Any) -> dict[str, Any]:
    """Documents given as a list, or as an object by DID, or as text of one → by their DID."""
    if isinstance(documents, str):
        documents = strict_json(documents) if documents.strip() else []
    if isinstance(documents, dict) and "verificationMethod" in documents:
        documents = [documents]
    if isinstance(documents, dict):
        return dict(documents)
    return {str(one.get("id", "")): one for one in documents if isinstance(one, dict)}


def _list(document: dict[str, Any], name: str) -> list[Any]:
    found = document.get(name, [])
    return found if isinstance(found, list) else []


def _id(one: Any, document: dict[str, Any]) -> str:
    """Absolute: a fragment alone belongs to the document."""
    name = str(one.get("id", "") if isinstance(one, dict) else one)
    return f"{document.get('id', '')}{name}" if name.startswith("#") else name


def key_problems(document: dict[str, Any]) -> list[str]:
    """What is wrong, in French, with the keys a document publishes; a document without keys is a problem."""
    methods = _list(document, "verificationMethod")
    if not methods:
        return ["Il ne publie aucune clé (« verificationMethod »)."]
    problems = []
    for method in methods:
        published = method.get("publicKeyJwk") if isinstance(method, dict) else None
        problem, _key = _load(published, _own_algorithm(published))
        if problem:
            problems.append(f"{_id(method, document)[:120]} : {problem}")
    known = {_id(one, document) for one in methods}
    used = [_id(one, document) for one in _list(document, "assertionMethod") if isinstance(one, str)]
    problems += [f"« {name[:120]} » est employée sans être publiée." for name in used if name not in known]
    return problems


def _own_algorithm(published: Any) -> str:
    """The `alg` of the key, else the one its type is used with."""
    if not isinstance(published, dict):
        return ""
    if published.get("alg"):
        return str(published["alg"])
    kind = (published.get("kty"), published.get("crv"))
    return next((name for name, known in ALGORITHMS.items() if known == kind), "")
