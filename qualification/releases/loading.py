"""A release from a folder, an archive or an address, kept whole or not at all."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from marketplace.audit.journal import record
from marketplace.errors import RuleBroken
from qualification.fetcher import Limits, fetch
from qualification.gaiax import sandbox
from qualification.gaiax.release import BadRelease, reading
from qualification.models import GaiaxRelease

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

DIGEST = re.compile(r"[0-9a-f]{64}")
DOWNLOAD = Limits(seconds=120.0, bytes=reading.MOST_ARCHIVE, redirects=3)
NOT_A_DIGEST = "L’empreinte attendue compte 64 chiffres hexadécimaux (SHA-256)."
MORE_THAN_ASCII = "L’édition compte de 1 à 40 caractères."
ENDINGS = (".tar.gz", ".tgz", ".tar", ".zip")
REFUSED = {
    "scheme_refused": "seule une adresse « https » est lue",
    "bad_url": "l’adresse est mal formée",
    "address_refused": "elle mène à une adresse qui n’est pas publique",
    "host_not_allowed": "la sortie vers cet hôte n’est pas ouverte (EGRESS_ALLOWED)",
    "port_refused": "seul le port 443 est admis",
    "too_large": f"elle dépasse {reading.MOST_ARCHIVE // 1_000_000} Mo",
    "too_many_redirects": "elle renvoie trop de fois ailleurs",
}


def load(source: str, *, sha256: str, actor: Actor, edition: str = "") -> tuple[GaiaxRelease, bool]:
    """The release, and whether it is new: one that is kept already is given again. It is not in force.

    Raises RuleBroken, in French: not the digest given, an archive or a file that cannot be read, no shapes.
    Files, or network through the safe fetcher; a child process.
    """
    expected = sha256.strip().lower()
    if not DIGEST.fullmatch(expected):
        raise RuleBroken("bad_digest", NOT_A_DIGEST, field="sha256")
    named = edition.strip() or _named(source)
    if not 1 <= len(named) <= 40:
        raise RuleBroken("bad_edition", MORE_THAN_ASCII, field="edition")
    try:
        content = _content(source, expected)
    except BadRelease as refused:
        raise RuleBroken("bad_release", str(refused), field="source") from None
    return _kept(content, edition=named, source=source, sha256=expected, actor=actor)


def _content(source: str, expected: str) -> dict[str, Any]:
    """Pinned before anything is opened. Raises BadRelease."""
    path = Path(source)
    if "://" not in source and path.is_dir():
        files = reading.folder_files(path)
        _refuse_other(reading.folder_digest(files), expected)
        return sandbox.read_release_apart(files=files)
    archive = _fetched(source) if "://" in source else _file(path)
    _refuse_other(hashlib.sha256(archive).hexdigest(), expected)
    return sandbox.read_release_apart(archive=archive)


def _refuse_other(found: str, expected: str) -> None:
    if not hmac.compare_digest(found, expected):
        raise BadRelease(
            f"L’empreinte n’est pas celle attendue. Lue : {found}. Attendue : {expected}. "
            "Vérifiez la source auprès de son éditeur avant de recommencer."
        )


def _fetched(url: str) -> bytes:
    result = fetch(url, limits=DOWNLOAD)
    if not result.ok:
        why = REFUSED.get(result.reason, f"elle n’a pas répondu ({result.reason})")
        raise BadRelease(f"L’adresse n’a pas été lue : {why}.")
    if result.status != 200:
        raise BadRelease(f"L’adresse n’a pas été lue : le serveur répond {result.status}.")
    return result.body


def _file(path: Path) -> bytes:
    try:
        if path.stat().st_size > reading.MOST_ARCHIVE:
            raise BadRelease(f"L’archive dépasse {reading.MOST_ARCHIVE // 1_000_000} Mo : elle est refusée.")
        return path.read_bytes()
    except OSError:
        raise BadRelease(f"« {path} » n’est ni un dossier, ni une archive lisible.") from None


def _named(source: str) -> str:
    """The last part of the path, without the ending of an archive."""
    name = source.rstrip("/").rpartition("/")[2].partition("?")[0]
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return name[:40]


def _kept(
    content: dict[str, Any], *, edition: str, source: str, sha256: str, actor: Actor
) -> tuple[GaiaxRelease, bool]:
    judging = {"contexts": content["contexts"], "shapes": content["shapes"]}
    with transaction.atomic():
        row, is_new = GaiaxRelease.objects.get_or_create(
            sha256=sha256,
            defaults={
                "edition": edition,
                "source": source[:500],
                "content": judging,
                "anchors": content["anchors"],
                "summary": content["summary"],
                "loaded_by": actor.user,
            },
        )
        if is_new:
            record(row, "load", actor=actor, detail={"edition": edition, "sha256": sha256})
    return row, is_new
