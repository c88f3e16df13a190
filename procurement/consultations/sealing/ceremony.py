"""The moves of shares between holders: wrap, unwrap, hand over, join. No database.

A holder who gives a secret hands the share over to each other holder, sealed to that holder's own public
key: what is kept meanwhile opens nothing without a second secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from procurement.consultations.sealing import contexts
from procurement.consultations.sealing.box import (
    KeyPair,
    SealBroken,
    fingerprint,
    key_pair_of,
    new_key_pair,
    open_box,
    seal,
)
from procurement.consultations.sealing.sharing import combine, split

SHARES, THRESHOLD = 3, 2
DUMMY = "Réponse d’essai : si vous lisez ces mots, la clé fonctionne.".encode()


def digest(share: bytes) -> str:
    return hashlib.sha256(share).hexdigest()


def split_key(pair: KeyPair) -> dict[int, bytes]:
    """2-of-3, each couple tried. Raises SealBroken if one does not give the key back (never seen)."""
    shares = split(pair.private, shares=SHARES, threshold=THRESHOLD)
    for left_out in shares:
        join({x: share for x, share in shares.items() if x != left_out}, public=pair.public)
    return shares


def join(shares: Mapping[int, bytes], *, public: bytes) -> bytes:
    """The private key. Raises SealBroken when these shares are not this key's."""
    try:
        private = combine(shares)
    except ValueError as error:
        raise SealBroken("not two shares") from error
    if key_pair_of(private).public != public:
        raise SealBroken("these shares are not of this key")
    return private


def wrap_shares(shares: Mapping[int, bytes], *, key: str, holders: Mapping[int, bytes]) -> dict[int, bytes]:
    """Each share sealed to its holder's public key, by position."""
    return {
        x: seal(share, to=holders[x], context=contexts.share_context(key=key, position=x))
        for x, share in shares.items()
    }


def unwrap_share(wrapped: bytes, *, holder: KeyPair, key: str, position: int) -> bytes:
    """Raises SealBroken."""
    context = contexts.share_context(key=key, position=position)
    return open_box(wrapped, private=holder.private, context=context)


def hand_over(share: bytes, *, key: str, giver: int, receiver: int, to: bytes) -> bytes:
    return seal(share, to=to, context=contexts.gift_context(key=key, giver=giver, receiver=receiver))


def receive(gift: bytes, *, holder: KeyPair, key: str, giver: int, receiver: int) -> bytes:
    """Raises SealBroken."""
    context = contexts.gift_context(key=key, giver=giver, receiver=receiver)
    return open_box(gift, private=holder.private, context=context)


def new_dummy() -> tuple[KeyPair, bytes]:
    """A key that serves the rehearsal alone, and the dummy sealed to it."""
    pair = new_key_pair()
    return pair, seal(DUMMY, to=pair.public, context=contexts.dummy_context(key=fingerprint(pair.public)))


def opens_dummy(box: bytes, *, private: bytes, public: bytes) -> bool:
    context = contexts.dummy_context(key=fingerprint(public))
    try:
        return open_box(box, private=private, context=context) == DUMMY
    except SealBroken:
        return False
