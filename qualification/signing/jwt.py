"""A compact JWS in ES256, made with `cryptography` alone. Pure. Source: RFC 7515, VC-JOSE-COSE."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ALGORITHM, CURVE = "ES256", "P-256"
BYTES = 32


def sign(payload: Mapping[str, Any], *, key: ec.EllipticCurvePrivateKey, did: str, method: str) -> str:
    """``method``: the full address of the verification method, which `kid` names."""
    header = {"alg": ALGORITHM, "typ": "vc+jwt", "cty": "vc", "kid": method, "iss": did}
    signed = f"{_part(header)}.{_part(payload)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{signed}.{b64url(r.to_bytes(BYTES, 'big') + s.to_bytes(BYTES, 'big'))}"


def public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    return {
        "kty": "EC",
        "crv": CURVE,
        "alg": ALGORITHM,
        "x": b64url(numbers.x.to_bytes(BYTES, "big")),
        "y": b64url(numbers.y.to_bytes(BYTES, "big")),
    }


def payload_of(text: str) -> dict[str, Any]:
    """The content of a JWT that we have signed ourselves: nothing is verified here."""
    part = text.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _part(value: Mapping[str, Any]) -> str:
    return b64url(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
