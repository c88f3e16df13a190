"""The Ed25519 key that signs what leaves the database (the heads of the audit chain)."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SEED_BYTES = 32


def _private_key() -> Ed25519PrivateKey:
    try:
        seed = base64.b64decode(settings.AUDIT_SIGNING_KEY, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured("AUDIT_SIGNING_KEY is not base64.") from error
    if len(seed) != SEED_BYTES:
        raise ImproperlyConfigured("AUDIT_SIGNING_KEY must be 32 bytes in base64.")
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    return base64.b64encode(_private_key().public_key().public_bytes_raw()).decode()


def sign(message: bytes) -> str:
    return base64.b64encode(_private_key().sign(message)).decode()


def signature_is_valid(message: bytes, signature: str, *, key: str | None = None) -> bool:
    """``key`` is a public key in base64; absent, ours."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key or public_key(), validate=True))
        public.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True
