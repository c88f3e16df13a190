"""Large messages sealed by pieces: nothing altered, moved, repeated, dropped or cut opens."""

from __future__ import annotations

import io

import pytest

from marketplace.keys import stream
from marketplace.keys.envelope import DecryptionFailed
from marketplace.keys.stream import seal, unseal

SMALL = 64
# Of the nonces' prefix, then of each sealed piece.
PREFIX, SEALED = 7, SMALL + 16


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PIECE", SMALL)


def sealed(data: bytes, *, by: int = 50, context: str = "file:1") -> bytes:
    target = io.BytesIO()
    seal((data[start : start + by] for start in range(0, len(data), by)), target, context=context)
    return target.getvalue()


def opened(blob: bytes, *, context: str = "file:1") -> bytes:
    return b"".join(unseal(io.BytesIO(blob), context=context))


@pytest.mark.parametrize("size", [0, 1, SMALL - 1, SMALL, SMALL + 1, 3 * SMALL, 1000])
@pytest.mark.parametrize("by", [1, 50, SMALL, 500])
def test_what_goes_in_comes_out(size: int, by: int) -> None:
    data = bytes(range(256)) * 4
    assert opened(sealed(data[:size], by=by)) == data[:size]


def parts(blob: bytes, pieces: int) -> tuple[bytes, list[bytes]]:
    """The head with its prefix, and the sealed pieces; the last is whole here."""
    start = len(blob) - pieces * SEALED
    return blob[:start], [blob[start + rank * SEALED :][:SEALED] for rank in range(pieces)]


def test_pieces_keep_their_place_and_their_number() -> None:
    blob = sealed(b"x" * (3 * SMALL))
    head, (first, second, last) = parts(blob, 3)
    assert opened(head + first + second + last)
    for wrong in (
        [second, first, last], [first, first, last], [first, last], [first, second], [first], [],
        [first, second, last, last], [first, second, last[:-1]], [last],
    ):  # fmt: skip
        with pytest.raises(DecryptionFailed):
            opened(head + b"".join(wrong))


def test_another_context_another_head_or_a_changed_byte_is_refused() -> None:
    blob = sealed(b"x" * 100)
    for wrong in (blob[:3], b"", b"PMC1", blob[:-1], b"XXXX" + blob[4:], blob[:30] + b"\x00" + blob[31:]):
        with pytest.raises(DecryptionFailed):
            opened(wrong)
    with pytest.raises(DecryptionFailed):
        opened(blob, context="file:2")
