"""Bytes on disk: sealed responses, and drafts with the key of each.

Sealed responses lie among the private files and are backed up with them. Drafts lie in
``RESPONSE_DRAFTS_ROOT``, a folder that backups leave out: a folder a draft, with its key (itself under a
master key) and its files. Destroying a draft is deleting that folder; what a backup of the database still
holds of its text opens no more.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid as uuids
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from marketplace.keys.envelope import DecryptionFailed, decrypt, encrypt

_NONCE = 12
_KEY = "key"
_ORPHAN_SECONDS = 86_400


class DraftGone(Exception):
    """The key of the draft is not there any more: nothing opens it."""


# -- sealed responses


def keep_sealed(uuid: uuids.UUID, box: bytes) -> None:
    """On the disk for good when this returns."""
    path = _sealed_path(uuid)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(box)
        stream.flush()
        os.fsync(stream.fileno())


def read_sealed(uuid: uuids.UUID) -> bytes:
    """Raises FileNotFoundError."""
    return _sealed_path(uuid).read_bytes()


def _sealed_path(uuid: uuids.UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / "sealed" / uuid.hex[:2] / uuid.hex


# -- drafts


def new_draft(uuid: uuids.UUID) -> None:
    """A folder and a key of its own."""
    folder = _folder(uuid)
    folder.mkdir(mode=0o700, parents=True)
    _write(folder / _KEY, encrypt(AESGCM.generate_key(bit_length=256), context=f"draft:{uuid}"))


def shut(uuid: uuids.UUID, data: bytes, *, part: str) -> bytes:
    """Encrypted under the draft's key, bound to this part of it. Raises DraftGone."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key(uuid)).encrypt(nonce, data, _context(uuid, part))


def read(uuid: uuids.UUID, box: bytes, *, part: str) -> bytes:
    """Raises DraftGone, also on what this draft's key does not open."""
    try:
        return AESGCM(_key(uuid)).decrypt(box[:_NONCE], box[_NONCE:], _context(uuid, part))
    except (InvalidTag, ValueError) as error:
        raise DraftGone from error


def keep_file(uuid: uuids.UUID, name: str, content: bytes) -> None:
    _write(_folder(uuid) / name, shut(uuid, content, part=name))


def read_file(uuid: uuids.UUID, name: str) -> bytes:
    """Raises DraftGone."""
    try:
        return read(uuid, (_folder(uuid) / name).read_bytes(), part=name)
    except FileNotFoundError as error:
        raise DraftGone from error


def drop_file(uuid: uuids.UUID, name: str) -> None:
    (_folder(uuid) / name).unlink(missing_ok=True)


def destroy_draft(uuid: uuids.UUID) -> None:
    """The key first: from then on nothing opens the rest. Safe to run twice."""
    folder = _folder(uuid)
    (folder / _KEY).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def old_folders() -> Iterator[uuids.UUID]:
    """Drafts on disk made more than a day ago, for the sweeper that compares them with the rows."""
    root = Path(settings.RESPONSE_DRAFTS_ROOT)
    for folder in root.iterdir() if root.is_dir() else ():
        with contextlib.suppress(ValueError, FileNotFoundError):
            if time.time() - folder.stat().st_mtime > _ORPHAN_SECONDS:
                yield uuids.UUID(folder.name)


def _key(uuid: uuids.UUID) -> bytes:
    try:
        return decrypt((_folder(uuid) / _KEY).read_bytes(), context=f"draft:{uuid}")
    except (FileNotFoundError, DecryptionFailed) as error:
        raise DraftGone from error


def _context(uuid: uuids.UUID, part: str) -> bytes:
    return f"draft:{uuid}:{part}".encode()


def _folder(uuid: uuids.UUID) -> Path:
    return Path(settings.RESPONSE_DRAFTS_ROOT) / uuid.hex


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
