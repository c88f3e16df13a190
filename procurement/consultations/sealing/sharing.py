"""Shamir's secret sharing over GF(256), byte by byte (How to share a secret, CACM 22(11), 1979).

Each byte of the secret is the value at 0 of a random polynomial; a share is its value at a position
between 1 and 255. `threshold` shares give the secret back, fewer say nothing about it. The field is the
one of AES (x^8 + x^4 + x^3 + x + 1). Why it is not a library's: docs/decisions/0011-sealed-responses.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

_POLYNOMIAL = 0x11B
_LAST = 255


def _times(a: int, b: int) -> int:
    """The product in the field; no table, no branch on the values: nothing to time."""
    product = 0
    for _ in range(8):
        product ^= -(b & 1) & a
        a = (a << 1) ^ (-(a >> 7) & _POLYNOMIAL)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    """a^254, the inverse of every a but 0."""
    result = a
    for _ in range(6):
        result = _times(_times(result, result), a)
    return _times(result, result)


def split(secret: bytes, *, shares: int, threshold: int) -> dict[int, bytes]:
    """Shares by position, from 1. Raises ValueError on an empty secret or numbers that make no sense."""
    if not secret or not 2 <= threshold <= shares <= _LAST:
        raise ValueError("a secret, and 2 ≤ threshold ≤ shares ≤ 255")
    polynomials = [(byte, *secrets.token_bytes(threshold - 1)) for byte in secret]
    return {x: bytes(_value(terms, x) for terms in polynomials) for x in range(1, shares + 1)}


def _value(terms: tuple[int, ...], x: int) -> int:
    result = 0
    for term in reversed(terms):
        result = _times(result, x) ^ term
    return result


def combine(shares: Mapping[int, bytes]) -> bytes:
    """What the polynomials are worth at 0. Wrong or too few shares give other bytes, not an error: the
    caller compares what it gets with a public key. Raises ValueError on shares of unlike lengths."""
    lengths = {len(share) for share in shares.values()}
    if len(shares) < 2 or len(lengths) != 1 or not all(1 <= x <= _LAST for x in shares):
        raise ValueError("two shares of the same length at least, at positions from 1 to 255")
    weights = {x: _weight(x, shares) for x in shares}
    return bytes(_sum(weights, shares, place) for place in range(lengths.pop()))


def _weight(x: int, positions: Mapping[int, bytes]) -> int:
    """Lagrange's basis polynomial of x, at 0."""
    weight = 1
    for other in positions:
        if other != x:
            weight = _times(weight, _times(other, _inverse(other ^ x)))
    return weight


def _sum(weights: Mapping[int, int], shares: Mapping[int, bytes], place: int) -> int:
    total = 0
    for x, share in shares.items():
        total ^= _times(weights[x], share[place])
    return total
