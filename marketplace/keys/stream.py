"""Envelope encryption of what is too large to be held: sealed and opened piece by piece.

Layout: the head of `envelope` (so its key is rewrapped the same way) · nonce prefix (7) · pieces of
AES-256-GCM, each of PIECE bytes and a tag of 16, the last one shorter. The nonce of a piece is the prefix,
its rank (4) and whether it is the last (1): none can be moved, repeated or dropped, nor the end cut off
(the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from marketplace.keys.envelope import DecryptionFailed, key_of_head, new_head

PIECE = 1 << 20
_TAG = 16
_PREFIX_BYTES = 7


def seal(chunks: Iterable[bytes], target: IO[bytes], *, context: str) -> None:
    """At most two pieces are held. A context of `decrypt` is not one of here."""
    data_key, head = new_head(context=_of(context))
    prefix = os.urandom(_PREFIX_BYTES)
    target.write(head + prefix)
    sealing, held, rank = AESGCM(data_key), bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) > PIECE:
            target.write(sealing.encrypt(_nonce(prefix, rank, last=False), bytes(held[:PIECE]), None))
            del held[:PIECE]
            rank += 1
    target.write(sealing.encrypt(_nonce(prefix, rank, last=True), bytes(held), None))


def unseal(source: IO[bytes], *, context: str) -> Iterator[bytes]:
    """The pieces in their order. Raises DecryptionFailed; what came before was whole and in its place."""
    opening = AESGCM(key_of_head(source, context=_of(context)))
    prefix, rank = source.read(_PREFIX_BYTES), 0
    piece = source.read(PIECE + _TAG)
    while True:
        following = source.read(PIECE + _TAG)
        try:
            yield opening.decrypt(_nonce(prefix, rank, last=not following), piece, None)
        except (InvalidTag, ValueError) as error:
            raise DecryptionFailed("altered, cut or misplaced piece") from error
        if not following:
            return
        piece, rank = following, rank + 1


def _of(context: str) -> str:
    return f"stream:{context}"


def _nonce(prefix: bytes, rank: int, *, last: bool) -> bytes:
    return prefix + rank.to_bytes(4, "big") + (b"\x01" if last else b"\x00")
