"""Bitstring Status List (W3C): which credentials of an issuer are revoked or suspended. Pure."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
from collections.abc import Iterable

REVOCATION, SUSPENSION = "revocation", "suspension"
PURPOSES = (REVOCATION, SUSPENSION)
# The least the recommendation allows, so that one entry hides among many.
LEAST_BITS = 131_072
MOST_BYTES = 4 << 20


class BadList(ValueError):
    """The list cannot be read; the message says why, in French."""


def encode(indexes: Iterable[int], *, size: int = LEAST_BITS) -> str:
    """`encodedList`: multibase base64url (« u ») of the compressed bits, the first bit being the leftmost."""
    bits = bytearray(size // 8)
    for index in indexes:
        bits[index // 8] |= 0x80 >> index % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def is_set(encoded: str, index: int) -> bool:
    """Raises BadList: not a list, too large once opened, or without this entry."""
    if not encoded.startswith("u"):
        raise BadList("La liste de statuts n’est pas en base64url (« u… »).")
    try:
        packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as opened:
            bits = opened.read(MOST_BYTES + 1)
    except (binascii.Error, OSError, EOFError, ValueError):
        raise BadList("La liste de statuts ne se décompresse pas.") from None
    if len(bits) > MOST_BYTES:
        raise BadList("La liste de statuts est trop grande.")
    if not 0 <= index < len(bits) * 8:
        raise BadList("La liste de statuts ne contient pas ce rang.")
    return bool(bits[index // 8] & 0x80 >> index % 8)
