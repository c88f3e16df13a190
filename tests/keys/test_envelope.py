import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from marketplace.keys import checks, signing
from marketplace.keys.envelope import DecryptionFailed, decrypt, encrypt, key_id_of, rewrap

OLD = "old:" + base64.b64encode(b"o" * 32).decode()
NEW = "new:" + base64.b64encode(b"n" * 32).decode()


@given(st.binary(max_size=200))
def test_what_goes_in_comes_out(data: bytes) -> None:
    assert decrypt(encrypt(data, context="mfa"), context="mfa") == data


def test_two_ciphertexts_of_one_text_differ() -> None:
    assert encrypt(b"secret", context="mfa") != encrypt(b"secret", context="mfa")


def test_another_context_does_not_open_it() -> None:
    with pytest.raises(DecryptionFailed):
        decrypt(encrypt(b"secret", context="mfa"), context="file:1")


@pytest.mark.parametrize("position", [0, 4, 6, 20, 60, -1])
def test_one_altered_byte_is_refused(position: int) -> None:
    blob = bytearray(encrypt(b"secret", context="mfa"))
    blob[position] ^= 1
    with pytest.raises(DecryptionFailed):
        decrypt(bytes(blob), context="mfa")


@pytest.mark.parametrize("blob", [b"", b"PMC1", b"PMC1\x04demo", b"plain text that is long enough to be one"])
def test_anything_else_is_refused(blob: bytes) -> None:
    with pytest.raises(DecryptionFailed):
        decrypt(blob, context="mfa")


def test_a_new_key_encrypts_and_the_old_one_still_opens(settings) -> None:
    settings.MASTER_KEYS = OLD
    blob = encrypt(b"secret", context="mfa")
    assert key_id_of(blob) == "old"

    settings.MASTER_KEYS = f"{NEW},{OLD}"
    assert decrypt(blob, context="mfa") == b"secret"
    fresh = rewrap(blob, context="mfa")
    assert key_id_of(fresh) == "new"

    settings.MASTER_KEYS = NEW
    assert decrypt(fresh, context="mfa") == b"secret"
    with pytest.raises(DecryptionFailed):
        decrypt(blob, context="mfa")


@pytest.mark.parametrize("value", ["", "k:", "k:AAAA", "k:!!!", f"bad id:{NEW[4:]}"])
def test_a_wrong_ring_is_said(settings, value: str) -> None:
    settings.MASTER_KEYS = value
    with pytest.raises(ImproperlyConfigured):
        encrypt(b"x", context="mfa")
    assert [error.id for error in checks.check_keys(None)] == ["keys.E001"]


def test_the_keys_everybody_knows_are_refused_at_deployment() -> None:
    assert [error.id for error in checks.check_keys_are_ours(None)] == ["keys.E002", "keys.E003"]
    assert checks.check_keys(None) == []


def test_signature() -> None:
    signature = signing.sign(b"head")
    assert signing.signature_is_valid(b"head", signature)
    assert not signing.signature_is_valid(b"other", signature)
    assert not signing.signature_is_valid(b"head", "not base64")
