"""Keeping and giving back private files: opaque names, encrypted bytes, every reading journalled."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.models import FileAccess, FileScan, KeptAs, ScanState, StoredFile
from marketplace.files.packing import Counted, packed, unpacked
from marketplace.files.quarantine import first_state, hold, raise_if_withheld
from marketplace.files.sniff import DOCUMENTS, EXTENSIONS, GZIP, sniff
from marketplace.keys.envelope import decrypt, encrypt
from marketplace.keys.stream import seal, unseal

if TYPE_CHECKING:
    from collections.abc import Collection

    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation

MAX_BYTES = 10_000_000
# Of the few files that are kept as they came, whatever their length: usage files.
LARGE_BYTES = 200_000_000


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
    path.write_bytes(encrypt(content, context=_context(stored)))
    path.chmod(0o600)
    return stored


def store_large(
    source: IO[bytes], *, name: str, media_type: str, owner: Organisation, actor: Actor
) -> StoredFile:
    """Keep what the caller has read and found to be of that type, up to LARGE_BYTES; read from its start.

    Neither memory nor the disk holds it whole in clear: it is compressed (unless it came so), then sealed
    by pieces. `size` and `sha256` are of what came. Raises RuleBroken on `file`.
    """
    stored = StoredFile(
        owner=owner,
        uploaded_by=actor.user,
        name=_clean_name(name),
        media_type=media_type,
        scan_state=first_state(),
        kept_as=KeptAs.PIECES if media_type == GZIP else KeptAs.PACKED,
    )
    source.seek(0)
    came = Counted(source, most=LARGE_BYTES)
    chunks = came if stored.kept_as == KeptAs.PIECES else packed(came)
    path = _path(stored)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            seal(chunks, target, context=_context(stored))
    except RuleBroken:
        path.unlink()
        raise
    stored.size, stored.sha256 = came.size, came.sha256
    stored.save()
    if stored.scan_state == ScanState.WAITING:
        hold(stored)
    return stored


def abandon(stored: StoredFile) -> None:
    """Its row is about to be rolled back: the disk forgets it now."""
    _path(stored).unlink(missing_ok=True)


def drop_bytes(stored: StoredFile) -> None:
    """Once the transaction commits, the disk forgets it; its row stays. For what nobody else could read."""
    FileScan.objects.filter(file=stored).delete()
    transaction.on_commit(lambda: _path(stored).unlink(missing_ok=True))


def read_file(stored: StoredFile, *, actor: Actor) -> bytes:
    """The bytes, after writing down who read them. Raises NotVisible if they are gone from the disk,
    MoveRefused or Gone while its scan forbids to give it."""
    return b"".join(_given(stored, actor=actor))


def _given(stored: StoredFile, *, actor: Actor) -> Iterator[bytes]:
    """Judged and written down at once, read as one goes."""
    raise_if_withheld(stored)
    if not _path(stored).is_file():
        raise NotVisible("file_missing", "Ce fichier n’est plus disponible.")
    FileAccess.objects.create(file=stored, user=actor.user, organisation=actor.organisation)
    return pieces_of(stored)


def pieces_of(stored: StoredFile) -> Iterator[bytes]:
    """The bytes for the machine itself: nobody reads them. Raises FileNotFoundError.

    One piece of a small file; of a large one, one after the other, so that none is held whole.
    """
    kept = kept_pieces(stored)
    return unpacked(kept) if stored.kept_as == KeptAs.PACKED else kept


def kept_pieces(stored: StoredFile) -> Iterator[bytes]:
    """As they lie on the disk, deciphered: a packed file in gzip, which a scanner opens itself."""
    if stored.kept_as == KeptAs.WHOLE:
        yield decrypt(_path(stored).read_bytes(), context=_context(stored))
        return
    with _path(stored).open("rb") as source:
        yield from unseal(source, context=_context(stored))


def content_of(stored: StoredFile) -> bytes:
    """All of it at once. Raises FileNotFoundError."""
    return b"".join(pieces_of(stored))


def _context(stored: StoredFile) -> str:
    return f"file:{stored.uuid}"


def download_response(stored: StoredFile, *, actor: Actor) -> HttpResponse:
    """An attachment that no browser will render in our origin. The caller has checked visibility."""
    response = HttpResponse(read_file(stored, actor=actor), content_type=stored.media_type)
    _as_attachment(response, stored)
    return response


def download_in_pieces(stored: StoredFile, *, actor: Actor) -> StreamingHttpResponse:
    """The same of a file too large to be held."""
    given = _given(stored, actor=actor)
    response = StreamingHttpResponse(given, content_type=stored.media_type)
    response["Content-Length"] = str(stored.size)
    _as_attachment(response, stored)
    return response


def _as_attachment(response: HttpResponseBase, stored: StoredFile) -> None:
    response["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = _disposition(stored.name)


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
