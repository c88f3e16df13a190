"""The closed list of JSON-LD contexts, in compact forms of ours, and the check that nothing else is used.

A term of the official context that ours leaves out is refused as unknown: never silently dropped. For
the terms kept, the IRIs and coercions are those of the published contexts, so the canonical form of a
Tagus credential, hence its signature, is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from qualification.gaiax.rulebook import active

CRED = "https://www.w3.org/2018/credentials#"
SEC = "https://w3id.org/security#"
STATUS = "https://www.w3.org/ns/credentials/status#"
# What the marketplace's own findings are made of (`qualification.signing`).
OWN = "tag:place-de-marche.example,2026:constats#"
OWN_TERMS: dict[str, Any] = {"@vocab": OWN}
XSD = "http://www.w3.org/2001/XMLSchema#"
VC1 = "https://www.w3.org/2018/credentials/v1"
VC2 = "https://www.w3.org/ns/credentials/v2"
JWS2020 = "https://w3id.org/security/suites/jws-2020/v1"
TAGUS = (
    "https://registry.lab.gaia-x.eu/development/api/trusted-shape-registry/v1/shapes/jsonld/trustframework#"
)
LOIRE = "https://w3id.org/gaia-x/development#"
# Namespaces seen in the wild; all are read as LOIRE.
_LOIRE_NAME = re.compile(r"https://w3id\.org/gaia-x/[\w.-]{1,40}#")
LOIRE_NAMES = tuple(f"https://w3id.org/gaia-x/{name}#" for name in ("development", "2404", "2411", "2511"))

_ALIASES: dict[str, Any] = {"@version": 1.1, "@protected": True, "id": "@id", "type": "@type"}


def _links(namespace: str, *names: str) -> dict[str, Any]:
    return {name: {"@id": namespace + name, "@type": "@id"} for name in names}


def _times(*names: str) -> dict[str, Any]:
    return {name: {"@id": CRED + name, "@type": XSD + "dateTime"} for name in names}


_PROOF = {"@id": SEC + "proof", "@type": "@id", "@container": "@graph"}
_CREDENTIALS = {"@id": CRED + "verifiableCredential", "@type": "@id", "@container": "@graph"}
_COMMON = _links(
    CRED,
    "credentialSchema",
    "credentialStatus",
    "credentialSubject",
    "evidence",
    "issuer",
    "refreshService",
    "termsOfUse",
)
_VC1 = {
    **_ALIASES,
    "VerifiableCredential": {
        "@id": CRED + "VerifiableCredential",
        "@context": {
            **_ALIASES,
            **_COMMON,
            **_links(CRED, "holder"),
            **_times("expirationDate", "issuanceDate", "issued", "validFrom", "validUntil"),
            "cred": CRED,
            "sec": SEC,
            "xsd": XSD,
            "proof": _PROOF,
        },
    },
    "VerifiablePresentation": {
        "@id": CRED + "VerifiablePresentation",
        "@context": {
            **_ALIASES,
            **_links(CRED, "holder"),
            "cred": CRED,
            "sec": SEC,
            "proof": _PROOF,
            "verifiableCredential": _CREDENTIALS,
        },
    },
    "proof": _PROOF,
}
_NAMED = {"name": "https://schema.org/name", "description": "https://schema.org/description"}
_JOSE = "https://www.iana.org/assignments/jose#"
_JWT = "https://www.iana.org/assignments/jwt#"
_VC2 = {
    **_ALIASES,
    **_NAMED,
    **_links(_JOSE, "iss", "kid", "sub"),
    **{name: {"@id": _JWT + name, "@type": XSD + "nonNegativeInteger"} for name in ("exp", "iat", "nbf")},
    "digestSRI": {"@id": CRED + "digestSRI", "@type": CRED + "sriString"},
    "VerifiableCredential": {
        "@id": CRED + "VerifiableCredential",
        "@context": {
            **_ALIASES,
            **_NAMED,
            **_COMMON,
            **_links(CRED, "confidenceMethod", "relatedResource", "renderMethod"),
            **_times("validFrom", "validUntil"),
            "proof": _PROOF,
        },
    },
    "BitstringStatusListCredential": STATUS + "BitstringStatusListCredential",
    "BitstringStatusList": {
        "@id": STATUS + "BitstringStatusList",
        "@context": {
            **_ALIASES,
            "encodedList": {"@id": STATUS + "encodedList", "@type": SEC + "multibase"},
            "statusPurpose": STATUS + "statusPurpose",
            "ttl": STATUS + "ttl",
        },
    },
    "BitstringStatusListEntry": {
        "@id": STATUS + "BitstringStatusListEntry",
        "@context": {
            **_ALIASES,
            **_links(STATUS, "statusListCredential"),
            "statusListIndex": STATUS + "statusListIndex",
            "statusPurpose": STATUS + "statusPurpose",
        },
    },
    "EnvelopedVerifiableCredential": CRED + "EnvelopedVerifiableCredential",
    "VerifiablePresentation": {
        "@id": CRED + "VerifiablePresentation",
        "@context": {
            **_ALIASES,
            **_links(CRED, "holder", "termsOfUse"),
            "verifiableCredential": {**_CREDENTIALS, "@context": None},
        },
    },
}
_LOIRE_LINKS = [
    "aggregationOfResources",
    "compliantCredentials",
    "customerInstructions",
    "dataAccountExport",
    "dataPortability",
    "dependsOn",
    "endpoint",
    "headquartersAddress",
    "hostedOn",
    "involvedParties",
    "legalAddress",
    "legalDocuments",
    "parentOrganizationOf",
    "possiblePersonalDataTransfers",
    "providedBy",
    "providerContactInformation",
    "registrationNumber",
    "requiredMeasures",
    "serviceOfferingTermsAndConditions",
    "servicePolicy",
    "subContractors",
    "subOrganisationOf",
]


def _loire(namespace: str) -> dict[str, Any]:
    schema, vcard = "https://schema.org/", "http://www.w3.org/2006/vcard/ns#"
    return {
        "gx": namespace,
        "cred": CRED,
        "xsd": XSD,
        "schema": schema,
        "vcard": vcard,
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "@vocab": namespace,
        **_links(namespace, *_LOIRE_LINKS),
        "url": {"@id": namespace + "url", "@type": XSD + "anyURI"},
        "leiCode": schema + "leiCode",
        "locality": vcard + "locality",
        "region": vcard + "region",
    }


_JWS2020 = {
    "JsonWebKey2020": SEC + "JsonWebKey2020",
    "JsonWebSignature2020": {
        "@id": SEC + "JsonWebSignature2020",
        "@context": {
            **_ALIASES,
            **{name: SEC + name for name in ("challenge", "domain", "jws", "nonce")},
            "created": {"@id": "http://purl.org/dc/terms/created", "@type": XSD + "dateTime"},
            "expires": {"@id": SEC + "expiration", "@type": XSD + "dateTime"},
            "proofPurpose": {
                "@id": SEC + "proofPurpose",
                "@type": "@vocab",
                "@context": {
                    **_ALIASES,
                    "assertionMethod": {"@id": SEC + "assertionMethod", "@type": "@id", "@container": "@set"},
                },
            },
            **_links(SEC, "verificationMethod"),
        },
    },
}
_TAGUS = {
    "gx": TAGUS,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sh": "http://www.w3.org/ns/shacl#",
    "xsd": XSD,
}
KNOWN: dict[str, dict[str, Any]] = {
    VC1: _VC1,
    VC2: _VC2,
    JWS2020: _JWS2020,
    TAGUS: _TAGUS,
    **{name: _loire(name) for name in LOIRE_NAMES},
}
FIRST = {"tagus": VC1, "loire": VC2}
ALLOWED = {"tagus": frozenset({VC1, JWS2020, TAGUS}), "loire": frozenset({VC2, *LOIRE_NAMES})}


# The address of our own context, while one of our credentials may be judged.
_own: ContextVar[str] = ContextVar("own_context", default="")


@contextmanager
def with_own(url: str) -> Iterator[None]:
    """Our own context, at this address, joins the closed list of Loire in the block; empty: none does."""
    token = _own.set(url)
    try:
        yield
    finally:
        _own.reset(token)


class ContextRefused(ValueError):
    """A context outside the closed list was asked for; nothing was fetched."""


def load(url: str, options: object = None) -> dict[str, Any]:
    """PyLD's document loader: the list above, never the network. Raises ContextRefused."""
    known = OWN_TERMS if url and url == _own.get() else _released().get(url, KNOWN.get(url))
    if known is None:
        raise ContextRefused(url)
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": {"@context": known},
    }


def is_loire(namespace: str) -> bool:
    """Whether a namespace is one of Loire's, known to us or brought by the release in use."""
    return _LOIRE_NAME.fullmatch(namespace) is not None


def in_loire(iri: str) -> str:
    """The same name in the one namespace that we read: ours, whatever the year that Loire's carries."""
    found = _LOIRE_NAME.match(iri)
    if found is None or found[0] == LOIRE or not _reads(found[0]):
        return iri
    return LOIRE + iri[found.end() :]


def _reads(namespace: str) -> bool:
    book = active()
    return namespace in LOIRE_NAMES or (book is not None and namespace in book.contexts)


def problems(document: dict[str, Any], *, generation: str, path: str) -> Iterator[tuple[str, str]]:
    """(message, path) of every context that is inline, unknown, of the other generation or out of order."""
    first = document.get("@context")
    names = first if isinstance(first, list) else [first]
    if not names or names[0] != FIRST[generation]:
        yield f"Le premier contexte attendu est « {FIRST[generation]} ».", _under(path, "@context")
    yield from _walk(document, generation, path)


def _walk(value: Any, generation: str, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, generation, _under(path, str(index)))
    elif isinstance(value, dict):
        for key, item in value.items():
            here = _under(path, key)
            if key == "@context":
                yield from ((message, here) for message in _refusals(item, generation))
            else:
                yield from _walk(item, generation, here)


def _refusals(context: Any, generation: str) -> Iterator[str]:
    for name in context if isinstance(context, list) else [context]:
        if not isinstance(name, str):
            yield "Un contexte écrit dans le document est refusé : il peut changer le sens des termes signés."
        elif not _is_allowed(name, generation):
            yield f"Le contexte « {name[:200]} » n’est pas dans la liste fermée de cette génération."


def _is_allowed(name: str, generation: str) -> bool:
    if name in ALLOWED[generation]:
        return True
    return generation == "loire" and (name == _own.get() or (is_loire(name) and name in _released()))


def _released() -> Mapping[str, Any]:
    book = active()
    return book.contexts if book is not None else {}


def _under(path: str, key: str) -> str:
    return f"{path}.{key}".strip(".")
