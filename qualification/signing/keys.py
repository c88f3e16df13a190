"""The keys that sign, and the did:web document that publishes them. Reads and writes the database."""

from __future__ import annotations

import base64
import secrets
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from marketplace.keys.envelope import DecryptionFailed, decrypt, encrypt, key_id_of
from marketplace.keys.ring import key_ring
from qualification.models import SigningKey
from qualification.signing.jwt import public_jwk

DID_CONTEXT = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"]


def host() -> str:
    return urlsplit(settings.SITE_URL).netloc


def own_did() -> str:
    """did:web of the site's address; its port, when it has one, as `%3A`."""
    return f"did:web:{host().replace(':', '%3A')}"


def own_context() -> str:
    """The address of the context of our own findings."""
    return f"{settings.SITE_URL}{reverse('qualification:own_context')}"


def method_of(key: SigningKey) -> str:
    return f"{own_did()}#{key.kid}"


def current_key() -> SigningKey:
    """The one that signs, made the first time it is needed."""
    return SigningKey.objects.filter(retired_at__isnull=True).first() or rotate()


def can_sign() -> bool:
    """Whether our master keys open the current signing key, or could seal a first one. One query."""
    try:
        ring = key_ring()
        key = SigningKey.objects.filter(retired_at__isnull=True).first()
        return key is None or key_id_of(bytes(key.sealed)) in ring.keys
    except (ImproperlyConfigured, DecryptionFailed):
        return False


def rotate() -> SigningKey:
    """A new key signs from now on; the one before stays published, and what it signed still verifies."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('qualification.signing_key'))")
        SigningKey.objects.filter(retired_at__isnull=True).update(retired_at=timezone.now())
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        kid = f"{timezone.now():%Y%m%d}-{secrets.token_hex(4)}"
        return SigningKey.objects.create(
            kid=kid,
            public_jwk=public_jwk(private.public_key()),
            sealed=encrypt(pem, context=_context(kid)),
        )


def private_key(key: SigningKey) -> ec.EllipticCurvePrivateKey:
    """Raises DecryptionFailed when its master key is no longer in the ring."""
    found = load_pem_private_key(decrypt(bytes(key.sealed), context=_context(key.kid)), password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise TypeError(key.kid)
    return found


def request_for(key: SigningKey) -> str:
    """A certificate signing request, in PEM, over the host of the did:web."""
    name = host().partition(":")[0]
    builder = x509.CertificateSigningRequestBuilder(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    ).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.sign(private_key(key), SHA256()).public_bytes(Encoding.PEM).decode()


def keep_chain(key: SigningKey, pem: str) -> None:
    """Raises ValueError when the first certificate is not this key's."""
    certificates = x509.load_pem_x509_certificates(pem.encode())
    public = certificates[0].public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or public_jwk(public) != key.public_jwk:
        raise ValueError("the first certificate of the chain is not this key's")
    key.chain = pem
    key.save(update_fields=["chain"])


def did_document() -> dict[str, Any]:
    """Every key that signs or has signed, the current one first. One query."""
    keys = list(SigningKey.objects.all())
    keys.sort(key=lambda key: key.retired_at is not None)
    return {
        "@context": DID_CONTEXT,
        "id": own_did(),
        "verificationMethod": [_method(key) for key in keys],
        "assertionMethod": [method_of(key) for key in keys],
    }


def _method(key: SigningKey) -> dict[str, Any]:
    jwk = dict(key.public_jwk)
    if key.chain:
        ders = [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(key.chain.encode())]
        jwk["x5c"] = [base64.b64encode(der).decode() for der in ders]
    return {
        "id": method_of(key),
        "type": "JsonWebKey2020",
        "controller": own_did(),
        "publicKeyJwk": jwk,
    }


def _context(kid: str) -> str:
    return f"signing-key:{kid}"
