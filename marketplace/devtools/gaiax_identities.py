"""Gaia-X identities of the demonstration: a supplier and a notary, their keys, certificates and documents.

Kept in a folder from one start to the next: what they signed still verifies. Their hosts are `.example`
names served on the loopback (`marketplace.devtools.tls_sites`), their authority is the demonstration's own.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

SUPPLIER, NOTARY = "www.nuage.example", "notaire.example"
HOSTS = (SUPPLIER, NOTARY)
ANCHORS = "ancres.pem"
PLACE = "/.well-known/did.json"


@dataclass(frozen=True, slots=True)
class Identity:
    """A did:web with one ES256 key. ``chain``: PEM, leaf first."""

    host: str
    key: ec.EllipticCurvePrivateKey
    chain: str

    @property
    def did(self) -> str:
        return f"did:web:{self.host}"

    @property
    def method(self) -> str:
        return f"{self.did}#cle"

    def document(self) -> dict[str, Any]:
        numbers = self.key.public_key().public_numbers()
        certificates = x509.load_pem_x509_certificates(self.chain.encode())
        ders = [one.public_bytes(Encoding.DER) for one in certificates]
        public = {
            "kty": "EC", "crv": "P-256", "alg": "ES256", "x": _number(numbers.x), "y": _number(numbers.y),
            "x5c": [base64.b64encode(der).decode() for der in ders],
        }  # fmt: skip
        method = {
            "id": self.method, "type": "JsonWebKey2020", "controller": self.did, "publicKeyJwk": public,
        }  # fmt: skip
        return {"id": self.did, "verificationMethod": [method], "assertionMethod": [self.method]}

    def served(self) -> dict[str, tuple[str, bytes]]:
        return {PLACE: ("application/did+json", json.dumps(self.document()).encode())}


def identities(folder: Path) -> dict[str, Identity]:
    """By host; made the first time, with the authority's certificate in `ANCHORS`."""
    if not (folder / ANCHORS).exists():
        _make(folder)
    return known(folder)


def known(folder: Path) -> dict[str, Identity]:
    """Those of the folder; none when they were never made."""
    return {host: _read(folder, host) for host in HOSTS if (folder / f"{host}.pem").exists()}


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = trustme.CA(organization_name="Autorité Gaia-X de démonstration")
    for host in HOSTS:
        issued = authority.issue_cert(host, key_type=trustme.KeyType.ECDSA)
        chain = b"".join(one.bytes() for one in issued.cert_chain_pems)
        key = folder / f"{host}.key"
        key.touch(mode=0o600)
        key.write_bytes(issued.private_key_pem.bytes())
        (folder / f"{host}.pem").write_bytes(chain)
    authority.cert_pem.write_to_path(str(folder / ANCHORS))


def _read(folder: Path, host: str) -> Identity:
    key = load_pem_private_key((folder / f"{host}.key").read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(host)
    return Identity(host, key, (folder / f"{host}.pem").read_text())


def _number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes(32, "big")).rstrip(b"=").decode()
