"""The secret of a holder: 160 bits generated here, shown once, kept by its holder alone.

The server keeps a salt and the public half of the key pair that the secret gives: a share is sealed to
it, and nothing kept here opens that share.
"""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from procurement.consultations.sealing.box import KEY_BYTES, KeyPair, key_pair_of

SECRET_BYTES = 20
SALT_BYTES = 16
SHOWN_LENGTH = 32
_GROUP = 4
_INFO = b"place de marche cloud: holder of a share, version 1"
# Figures that base32 does not use are what people read instead of a letter.
_MISREAD = str.maketrans("018", "OIB")


class NotASecret(ValueError):
    """Not 32 letters and figures of ours."""


def new_secret() -> str:
    """« ABCD-EFGH-… », eight groups of four."""
    text = base64.b32encode(os.urandom(SECRET_BYTES)).decode()
    return "-".join(text[start : start + _GROUP] for start in range(0, SHOWN_LENGTH, _GROUP))


def read_secret(typed: str) -> bytes:
    """What was typed, in any case, with or without its hyphens. Raises NotASecret."""
    text = "".join(c for c in typed.upper() if c.isalnum()).translate(_MISREAD)
    if len(text) != SHOWN_LENGTH:
        raise NotASecret(f"{len(text)} letters")
    try:
        return base64.b32decode(text)
    except (binascii.Error, ValueError) as error:
        raise NotASecret("not base32") from error


def holder_pair(secret: bytes, *, salt: bytes) -> KeyPair:
    """The same pair each time for one secret and one salt."""
    private = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=_INFO).derive(secret)
    return key_pair_of(private)
