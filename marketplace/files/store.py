"""Keeping and giving back private files: opaque names, encrypted bytes, every reading journalled."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse

from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.models import FileAccess, ScanState, StoredFile
from marketplace.files.quarantine import first_state, hold, raise_if_withheld
from marketplace.files.sniff import DOCUMENTS, EXTENSIONS, sniff
from marketplace.keys.envelope import decrypt, encrypt

if TYPE_CHECKING:
    from collections.abc import Collection

    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation

MAX_BYTES = 10_000_000


def store_upload(
    upload: UploadedFile,
    *,
    owner: Organisation,
    actor: Actor,
    accept: Collection[str] = DOCUMENTS,
    field: str = "file",
) -> StoredFile:
    """Check and keep an upload, held until it is scanned. Raises RuleBroken: ``field`` and the remedy."""
    if upload.size is not None and upload.size > MAX_BYTES:
        raise RuleBroken(
            "file_too_large", "Fichier trop lourd : joignez un fichier de 10 Mo au plus.", field=field
        )
    stored = _keep(
        upload.read(),
        name=_clean_name(upload.name or "fichier"),
        owner=owner,
        actor=actor,
        accept=accept,
        field=field,
        state=first_state(),
    )
    if stored.scan_state == ScanState.WAITING:
        hold(stored)
    return stored


def store_bytes(
    content: bytes,
    *,
    name: str,
    owner: Organisation,
    actor: Actor,
    accept: Collection[str] = DOCUMENTS,
    field: str = "file",
) -> StoredFile:
    """Keep a document we made: it came from nobody, it is not held."""
    state = ScanState.UNSCANNED
    return _keep(
        content, name=_clean_name(name), owner=owner, actor=actor, accept=accept, field=field, state=state
    )


def _keep(
    content: bytes,
    *,
    name: str,
    owner: Organisation,
    actor: Actor,
    accept: Collection[str],
    field: str,
    state: ScanState,
) -> StoredFile:
    media_type = sniff(content, name)
    if media_type not in accept:
        raise RuleBroken(
            "file_type_refused",
            f"« {name} » n’est pas d’un type accepté. Joignez un fichier {_names(accept)} de 10 Mo au plus.",
            field=field,
        )
    stored = StoredFile.objects.create(
        owner=owner,
        uploaded_by=actor.user,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        scan_state=state,
    )
    path = _path(stored)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(encrypt(content, context=f"file:{stored.uuid}"))
    path.chmod(0o600)
    return stored


def read_file(stored: StoredFile, *, actor: Actor) -> bytes:
    """The bytes, after writing down who read them. Raises NotVisible if they are gone from the disk,
    MoveRefused or Gone while its scan forbids to give it."""
    raise_if_withheld(stored)
    try:
        content = content_of(stored)
    except FileNotFoundError as error:
        raise NotVisible("file_missing", "Ce fichier n’est plus disponible.") from error
    FileAccess.objects.create(file=stored, user=actor.user, organisation=actor.organisation)
    return content


def content_of(stored: StoredFile) -> bytes:
    """The bytes for the machine itself: nobody reads them. Raises FileNotFoundError."""
    return decrypt(_path(stored).read_bytes(), context=f"file:{stored.uuid}")


def download_response(stored: StoredFile, *, actor: Actor) -> HttpResponse:
    """An attachment that no browser will render in our origin. The caller has checked visibility."""
    response = HttpResponse(read_file(stored, actor=actor), content_type=stored.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = _disposition(stored.name)
    return response


def _disposition(name: str) -> str:
    from django.utils.http import content_disposition_header

    return content_disposition_header(True, name) or "attachment"


def _clean_name(name: str) -> str:
    printable = "".join(c for c in PurePosixPath(name.replace("\\", "/")).name if c.isprintable())
    return printable[-200:] or "fichier"


def _names(accept: Collection[str]) -> str:
    names = (EXTENSIONS.get(kind, kind.partition("/")[2]) for kind in accept)
    return ", ".join(sorted(name.lstrip(".").upper() for name in names))


def _path(stored: StoredFile) -> Path:
    name = stored.uuid.hex
    return Path(settings.MEDIA_ROOT) / name[:2] / name
