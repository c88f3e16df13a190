"""The files of the night: made once a day for each format, compressed, with their checksum."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from procurement.models import Publication, PublicationFile
from procurement.publication.enums import FileKind
from procurement.publication.streams import decp_document, decp_objects, record_texts, release_texts

KEPT = dt.timedelta(days=31)
FILE_LOCK = 0x0CD5_0116


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "publication"


def path_of(file: PublicationFile) -> Path:
    return folder() / file.name


def make_missing(*, on: dt.date) -> list[PublicationFile]:
    """Those of the day that are not there. Safe to run twice, and at once on two workers."""
    return [made for kind in FileKind if (made := _make_once(kind, on)) is not None]


def _make_once(kind: FileKind, on: dt.date) -> PublicationFile | None:
    """Under a lock: the checksum kept is that of the bytes kept."""
    if _is_there(kind, on):
        return None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FILE_LOCK])
        return None if _is_there(kind, on) else make(kind, on=on)


def _is_there(kind: str, on: dt.date) -> bool:
    found = PublicationFile.objects.filter(kind=kind, day=on).first()
    return found is not None and path_of(found).is_file()


def make(kind: FileKind, *, on: dt.date) -> PublicationFile:
    """Written aside, then renamed: a reader never sees half a file."""
    ending = "json" if kind == FileKind.DECP else "jsonl"
    name = f"{kind.value}-{on.isoformat()}.{ending}.gz"
    count = _Count()
    with _written(folder() / name) as stream:
        for text in _texts(kind, count):
            stream.write(text.encode())
    path = folder() / name
    row, _ = PublicationFile.objects.update_or_create(
        kind=kind,
        day=on,
        defaults={
            "name": name,
            "size": path.stat().st_size,
            "sha256": checksum(path),
            "rows": count.rows,
            "made_at": timezone.now(),
        },
    )
    return row


class _Count:
    rows = 0

    def each(self, texts: Iterable[str]) -> Iterator[str]:
        for text in texts:
            self.rows += 1
            yield text


def _texts(kind: FileKind, count: _Count) -> Iterable[str]:
    if kind == FileKind.DECP:
        return decp_document(count.each(decp_objects(Publication.objects.public())))
    texts = release_texts() if kind == FileKind.OCDS_RELEASES else record_texts()
    return (f"{text}\n" for text in count.each(texts))


@contextmanager
def _written(path: Path) -> Iterator[gzip.GzipFile]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{timezone.now().timestamp()}.part")
    try:
        with aside.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as stream:
            yield stream
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def forget_old(*, on: dt.date) -> int:
    """Files of more than a month: the newest one says all that they said."""
    old = list(PublicationFile.objects.filter(day__lt=on - KEPT))
    for file in old:
        path_of(file).unlink(missing_ok=True)
        file.delete()
    return len(old)
