"""Envelope encryption: each message has its own data key, wrapped by a named master key.

Layout: ``PMC1`` · length of the key id (1 byte) · key id · nonce (12) · wrapped data key (48) ·
nonce (12) · AES-256-GCM ciphertext. ``context`` says what the data is for (``mfa``, ``file:12``) and
is authenticated, so a ciphertext moved to another place does not decrypt.
"""

import os
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from marketplace.keys.ring import KEY_BYTES, key_ring

MAGIC = b"PMC1"
NONCE_BYTES = 12
WRAPPED_BYTES = KEY_BYTES + 16


class DecryptionFailed(Exception):
    """Altered, cut, moved to another context, or its master key is not in the ring."""


def new_head(*, context: str) -> tuple[bytes, bytes]:
    """A data key of 256 bits that never served, and the head that will give it back."""
    ring = key_ring()
    data_key = AESGCM.generate_key(bit_length=256)
    return data_key, _wrap(data_key, key_id=ring.current, master=ring.keys[ring.current], context=context)


def key_of_head(source: IO[bytes], *, context: str) -> bytes:
    """The data key; the source is left where the message begins. Raises DecryptionFailed."""
    start = source.read(len(MAGIC) + 1)
    length = start[-1] if len(start) == len(MAGIC) + 1 else 0
    head = start + source.read(length + NONCE_BYTES + WRAPPED_BYTES)
    # A message of the least length, so that the head is judged by the one rule.
    key_id, wrapped, _ = _split(head + bytes(NONCE_BYTES))
    return _unwrap(wrapped, key_id=key_id, context=context)


def encrypt(data: bytes, *, context: str) -> bytes:
    data_key, head = new_head(context=context)
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + AESGCM(data_key).encrypt(nonce, data, context.encode())


def decrypt(blob: bytes, *, context: str) -> bytes:
    """Raises DecryptionFailed."""
    key_id, wrapped, sealed = _split(blob)
    data_key = _unwrap(wrapped, key_id=key_id, context=context)
    return _open(data_key, sealed, context.encode())


def rewrap(blob: bytes, *, context: str) -> bytes:
    """The same message under the current master key; the data itself is not touched."""
    ring = key_ring()
    key_id, wrapped, sealed = _split(blob)
    if key_id == ring.current:
        return blob
    data_key = _unwrap(wrapped, key_id=key_id, context=context)
    return _wrap(data_key, key_id=ring.current, master=ring.keys[ring.current], context=context) + sealed


def key_id_of(blob: bytes) -> str:
    """Which master key opens this message. Raises DecryptionFailed."""
    return _split(blob)[0]


def _wrap(data_key: bytes, *, key_id: str, master: bytes, context: str) -> bytes:
    nonce, name = os.urandom(NONCE_BYTES), key_id.encode()
    wrapped = AESGCM(master).encrypt(nonce, data_key, _wrap_context(key_id, context))
    return MAGIC + bytes([len(name)]) + name + nonce + wrapped


def _unwrap(wrapped: bytes, *, key_id: str, context: str) -> bytes:
    master = key_ring().keys.get(key_id)
    if master is None:
        raise DecryptionFailed(f"master key {key_id!r} is not in the ring")
    return _open(master, wrapped, _wrap_context(key_id, context))


def _open(key: bytes, sealed: bytes, context: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as error:
        raise DecryptionFailed("altered or misplaced message") from error


def _wrap_context(key_id: str, context: str) -> bytes:
    return f"{key_id}\n{context}".encode()


def _split(blob: bytes) -> tuple[str, bytes, bytes]:
    if blob[: len(MAGIC)] != MAGIC or len(blob) <= len(MAGIC):
        raise DecryptionFailed("not one of our messages")
    start = len(MAGIC) + 1
    middle = start + blob[len(MAGIC)]
    end = middle + NONCE_BYTES + WRAPPED_BYTES
    if len(blob) < end + NONCE_BYTES:
        raise DecryptionFailed("message cut short")
    try:
        return blob[start:middle].decode("ascii"), blob[middle:end], blob[end:]
    except UnicodeDecodeError as error:
        raise DecryptionFailed("not one of our messages") from error
