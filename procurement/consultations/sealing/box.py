"""A sealed box: anybody encrypts to a public key, only its private half opens.

X25519 with a new ephemeral key each time, HKDF-SHA256 over both public keys, AES-256-GCM. Layout:
``PMS1`` · ephemeral public key (32) · nonce (12) · ciphertext and tag. ``context`` says what the data is
and is authenticated with the head: a box moved to another place does not open.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"PMS1"
KEY_BYTES, NONCE_BYTES, TAG_BYTES = 32, 12, 16
_INFO = b"place de marche cloud: sealed box, version 1"
_HEAD = len(MAGIC) + KEY_BYTES
LEAST = _HEAD + NONCE_BYTES + TAG_BYTES


class SealBroken(Exception):
    """Altered, cut, moved to another context, or sealed to another key."""


@dataclass(frozen=True, slots=True, repr=False)
class KeyPair:
    """Raw bytes. No repr: a private key never lands in a log."""

    private: bytes
    public: bytes


def new_key_pair() -> KeyPair:
    return key_pair_of(X25519PrivateKey.generate().private_bytes_raw())


def key_pair_of(private: bytes) -> KeyPair:
    """Raises ValueError when it is not 32 bytes."""
    return KeyPair(private, X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())


def fingerprint(public: bytes) -> str:
    """SHA-256 of the raw public key, in hexadecimal."""
    return hashlib.sha256(public).hexdigest()


def seal(data: bytes, *, to: bytes, context: bytes) -> bytes:
    """Raises ValueError when `to` is no public key."""
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(to))
    nonce, head = os.urandom(NONCE_BYTES), MAGIC + public
    key = _derive(shared, ephemeral=public, recipient=to)
    return head + nonce + AESGCM(key).encrypt(nonce, data, head + context)


def open_box(box: bytes, *, private: bytes, context: bytes) -> bytes:
    """Raises SealBroken."""
    if len(box) < LEAST or not box.startswith(MAGIC):
        raise SealBroken("not a sealed box")
    head, nonce, sealed = box[:_HEAD], box[_HEAD : _HEAD + NONCE_BYTES], box[_HEAD + NONCE_BYTES :]
    pair, ephemeral = key_pair_of(private), head[len(MAGIC) :]
    try:
        shared = X25519PrivateKey.from_private_bytes(private).exchange(
            X25519PublicKey.from_public_bytes(ephemeral)
        )
        key = _derive(shared, ephemeral=ephemeral, recipient=pair.public)
        return AESGCM(key).decrypt(nonce, sealed, head + context)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("altered, misplaced, or sealed to another key") from error


def _derive(shared: bytes, *, ephemeral: bytes, recipient: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=ephemeral + recipient, info=_INFO).derive(shared)
