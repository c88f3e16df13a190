"""The key-encryption keys, read from ``MASTER_KEYS``.

The setting is ``id:base64,id:base64``; the first one encrypts, the others still decrypt, so a key
is replaced by putting a new one in front and rewrapping at leisure.
"""

import base64
import binascii
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
ID_MAX_LENGTH = 32


@dataclass(frozen=True, slots=True)
class KeyRing:
    current: str
    keys: dict[str, bytes]


def key_ring() -> KeyRing:
    """Raises ImproperlyConfigured when no key, or a key of the wrong size, is configured."""
    keys: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in settings.MASTER_KEYS.split(","))):
        name, _, text = entry.partition(":")
        keys[_checked_id(name)] = _checked_key(name, text)
    if not keys:
        raise ImproperlyConfigured("MASTER_KEYS is empty: give at least one « id:base64 of 32 bytes ».")
    return KeyRing(current=next(iter(keys)), keys=keys)


def _checked_id(name: str) -> str:
    if not name.isascii() or not name.isalnum() or len(name) > ID_MAX_LENGTH:
        raise ImproperlyConfigured(f"MASTER_KEYS: {name!r} is not a key id (letters and digits, 32 at most).")
    return name


def _checked_key(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured(f"MASTER_KEYS: the key {name!r} is not base64.") from error
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"MASTER_KEYS: the key {name!r} must be 32 bytes long.")
    return key
