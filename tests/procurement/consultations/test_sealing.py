"""The seal without database: shares, boxes, secrets, contexts."""

from __future__ import annotations

import itertools
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.consultations.container import NotAResponse, PlainFile, pack, unpack
from procurement.consultations.sealing import ceremony, contexts
from procurement.consultations.sealing.box import SealBroken, new_key_pair, open_box, seal
from procurement.consultations.sealing.secret import NotASecret, holder_pair, new_secret, read_secret
from procurement.consultations.sealing.sharing import _inverse, _times, combine, split

CONTEXT = {"consultation": "c", "lot": 1, "supplier": "s", "sequence": 1, "key": "k"}


@given(st.binary(min_size=1, max_size=40), st.integers(2, 5), st.data())
def test_as_many_shares_as_the_threshold_give_the_secret_back(secret, threshold, data):
    count = data.draw(st.integers(threshold, 7))
    shares = split(secret, shares=count, threshold=threshold)
    some = data.draw(st.permutations(sorted(shares)))[:threshold]
    assert combine({x: shares[x] for x in some}) == secret


@given(st.binary(min_size=16, max_size=32))
def test_fewer_shares_than_the_threshold_fit_every_secret(secret):
    """With one share of a 2-of-3, each value of the secret has exactly one other share that gives it."""
    shares = split(secret, shares=3, threshold=2)
    other = os.urandom(len(secret))
    # The line through (0, other) and (1, share): a second point of it gives `other`, as good as the truth.
    forged = bytes(_times(2, share ^ byte) ^ byte for share, byte in zip(shares[1], other, strict=True))
    assert combine({1: shares[1], 2: forged}) == other


def test_the_field_is_one_and_agrees_with_the_aes_standard():
    assert _times(0x57, 0x83) == 0xC1 and _times(0x57, 0x13) == 0xFE  # FIPS 197, section 4.2
    assert all(_times(a, _inverse(a)) == 1 for a in range(1, 256))


def test_shares_never_repeat_and_never_hold_the_secret():
    secret = os.urandom(32)
    first, second = (split(secret, shares=3, threshold=2) for _ in range(2))
    assert first != second and secret not in {*first.values(), *second.values()}


@pytest.mark.parametrize(
    "numbers", [{"shares": 3, "threshold": 1}, {"shares": 2, "threshold": 3}, {"shares": 256, "threshold": 2}]
)
def test_numbers_that_make_no_sense_are_refused(numbers):
    with pytest.raises(ValueError, match="threshold"):
        split(b"x", **numbers)


def test_each_couple_and_no_single_share_gives_the_key():
    pair = new_key_pair()
    shares = ceremony.split_key(pair)
    for couple in itertools.combinations(shares, 2):
        assert ceremony.join({x: shares[x] for x in couple}, public=pair.public) == pair.private
    with pytest.raises(SealBroken):
        ceremony.join({1: shares[1]}, public=pair.public)
    with pytest.raises(SealBroken):
        ceremony.join({1: shares[1], 2: os.urandom(32)}, public=pair.public)


@given(st.binary(max_size=2000))
def test_a_box_opens_with_its_key_and_its_context(data):
    pair = new_key_pair()
    box = seal(data, to=pair.public, context=b"here")
    assert open_box(box, private=pair.private, context=b"here") == data
    assert not data or len(data) < 8 or data not in box


@given(st.data())
def test_a_byte_changed_anywhere_keeps_a_box_shut(data):
    pair = new_key_pair()
    box = bytearray(seal(b"une offre", to=pair.public, context=b"here"))
    box[data.draw(st.integers(0, len(box) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        open_box(bytes(box), private=pair.private, context=b"here")


@pytest.mark.parametrize("name", list(CONTEXT))
def test_a_box_moved_to_another_place_stays_shut(name):
    pair = new_key_pair()
    other = {**CONTEXT, name: 2 if isinstance(CONTEXT[name], int) else "x"}
    box = seal(b"une offre", to=pair.public, context=contexts.deposit_context(**CONTEXT))
    with pytest.raises(SealBroken):
        open_box(box, private=pair.private, context=contexts.deposit_context(**other))


@pytest.mark.parametrize("cut", [b"", b"PMS1", b"PMS1" + bytes(40), b"XXXX" + bytes(100)])
def test_what_is_no_box_is_refused(cut):
    with pytest.raises(SealBroken):
        open_box(cut, private=new_key_pair().private, context=b"")


def test_a_secret_is_160_bits_and_read_as_people_type_it():
    shown = new_secret()
    assert len(read_secret(shown)) * 8 == 160 and len(shown.split("-")) == 8
    typed = shown.lower().replace("-", "  ").replace("o", "0").replace("i", "1")
    assert read_secret(typed) == read_secret(shown)
    assert new_secret() != shown


@pytest.mark.parametrize("typed", ["", "ABCD", "A" * 33, "9" * 32, "é" * 32])
def test_what_is_no_secret_is_refused(typed):
    with pytest.raises(NotASecret):
        read_secret(typed)


def test_a_salt_makes_another_pair_of_the_same_secret():
    secret = read_secret(new_secret())
    assert holder_pair(secret, salt=b"a") == holder_pair(secret, salt=b"a") != holder_pair(secret, salt=b"b")


def test_the_commitment_says_neither_names_nor_number():
    salt = "ab" * 16
    empty, full = contexts.commitment([], salt=salt), contexts.commitment([{"lot": 1}], salt=salt)
    assert empty != full and len(empty) == len(full) == 64
    assert contexts.commitment([], salt="cd" * 16) != empty


@given(
    st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4),
    st.lists(st.tuples(st.text(max_size=12), st.binary(max_size=200)), max_size=4),
)
def test_a_response_is_packed_and_unpacked_whole(answers, files):
    plain = [PlainFile(name, content) for name, content in files]
    assert unpack(pack(answers, plain)) == (answers, plain)


@pytest.mark.parametrize("broken", [b"", b"PMR1", b"PMR1\x00\x00\x00\x02{}", pack({}, []) + b"x"])
def test_what_is_no_response_is_refused(broken):
    with pytest.raises(NotAResponse):
        unpack(broken)
