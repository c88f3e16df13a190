"""The files of a release, from a folder or an archive, under bounds. Nothing is written on the disk."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from qualification.gaiax.release import BadRelease

MOST_ARCHIVE = 20_000_000
MOST_FILE = 8_000_000
MOST_TOTAL = 60_000_000
MOST_FILES = 1_000
Files = dict[str, bytes]

UNKNOWN_ARCHIVE = (
    "Ce fichier n’est pas une archive lisible. Donnez un dossier, un .zip, un .tar ou un .tar.gz."
)
BOMB = (
    f"L’archive dépasse {MOST_TOTAL // 1_000_000} Mo une fois ouverte : elle est refusée. "
    "Ne gardez que les contextes, les formes et les ancres."
)


def folder_files(folder: Path) -> Files:
    """Every file under a folder, by its relative path. Links are not followed: one refuses the whole."""
    if not folder.is_dir():
        raise BadRelease(f"« {folder} » n’est pas un dossier.")
    return _bounded(_of_folder(folder))


def _of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for place, folders, names in os.walk(folder, followlinks=False):
        for name in sorted([*folders, *names]):
            path = Path(place) / name
            shown = path.relative_to(folder).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode):
                continue
            if not stat.S_ISREG(mode):
                raise BadRelease(
                    f"« {shown} » est un lien ou un fichier spécial. Copiez le fichier lui-même."
                )
            if path.stat().st_size > MOST_FILE:
                raise _too_large(shown)
            yield shown, path.read_bytes()


def folder_digest(files: Files) -> str:
    """SHA-256 of the listing that `sha256sum` makes of the files, sorted by path (docs/operations.md)."""
    lines = (f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files, key=str.encode))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def archive_files(content: bytes) -> Files:
    """Of a .zip, a .tar or a .tar.gz; one common first folder is taken off."""
    if len(content) > MOST_ARCHIVE:
        raise BadRelease(f"L’archive dépasse {MOST_ARCHIVE // 1_000_000} Mo : elle est refusée.")
    try:
        members = _of_zip(content) if content[:2] == b"PK" else _of_tar(_opened(content))
        return _without_top(_bounded(members))
    except (zipfile.BadZipFile, tarfile.TarError, NotImplementedError, EOFError, zlib.error, OSError):
        raise BadRelease(UNKNOWN_ARCHIVE) from None


def _opened(content: bytes) -> bytes:
    """What gzip holds, read no further than the bound."""
    if content[:2] != b"\x1f\x8b":
        return content
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
        opened = packed.read(MOST_TOTAL + 1)
    if len(opened) > MOST_TOTAL:
        raise BadRelease(BOMB)
    return opened


def _of_zip(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            _refuse_outside(info.filename)
            if info.is_dir():
                continue
            if stat.S_ISLNK(info.external_attr >> 16):
                raise _linked(info.filename)
            if info.flag_bits & 1:
                raise BadRelease(
                    f"« {info.filename[:100]} » est chiffré. Donnez une archive sans mot de passe."
                )
            with archive.open(info) as member:
                yield info.filename, member.read(MOST_FILE + 1)


def _of_tar(content: bytes) -> Iterator[tuple[str, bytes]]:
    # Opened already: no further compression is guessed.
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for info in archive:
            _refuse_outside(info.name)
            if info.isdir():
                continue
            if not info.isreg():
                raise _linked(info.name)
            member = archive.extractfile(info)
            yield info.name, member.read(MOST_FILE + 1) if member else b""


def _refuse_outside(name: str) -> None:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or "\\" in name or ":" in name or ".." in parts or "\x00" in name:
        raise BadRelease(
            f"L’archive nomme un fichier hors d’elle-même (« {name[:100]} ») : elle est refusée."
        )


def _linked(name: str) -> BadRelease:
    return BadRelease(
        f"L’archive contient un lien ou un fichier spécial (« {name[:100]} ») : elle est refusée."
    )


def _too_large(name: str) -> BadRelease:
    return BadRelease(f"« {name[:100]} » dépasse {MOST_FILE // 1_000_000} Mo : la version est refusée.")


def _bounded(members: Iterable[tuple[str, bytes]]) -> Files:
    files: Files = {}
    total = 0
    for given, content in members:
        name = PurePosixPath(given).as_posix()
        if len(content) > MOST_FILE:
            raise _too_large(name)
        total += len(content)
        if total > MOST_TOTAL:
            raise BadRelease(BOMB)
        if name in files:
            raise BadRelease(f"L’archive nomme deux fois « {name[:100]} ».")
        files[name] = content
        if len(files) > MOST_FILES:
            raise BadRelease(
                f"La version compte plus de {MOST_FILES} fichiers. Ne gardez que ceux qui servent."
            )
    return files


def _without_top(files: Files) -> Files:
    tops = {name.partition("/")[0] for name in files}
    if len(tops) != 1 or any("/" not in name for name in files):
        return files
    return {name.partition("/")[2]: content for name, content in files.items()}
