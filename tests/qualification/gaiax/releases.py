"""Small releases made from the project's own contexts and shapes: one the same, one stricter."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

from qualification.gaiax import shapes
from qualification.gaiax.contexts import KNOWN, LOIRE, VC2
from tests.qualification.gaiax.vectors import anchors

OWN = (shapes.FOLDER / "loire.ttl").read_text()
# What no presentation of the tests has.
STRICTER = """
@prefix gx: <https://w3id.org/gaia-x/development#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
gx:Stricter a sh:NodeShape ; sh:targetClass gx:ServiceOffering ;
  sh:property [ sh:path gx:serviceScope ; sh:minCount 1 ] .
"""


def files(*, strict: bool = False, **more: str | bytes) -> dict[str, bytes]:
    """``more``: files by name, `__` for a dot and `___` for a slash."""
    found: dict[str, str | bytes] = {
        "contexts/loire.jsonld": json.dumps({"@context": KNOWN[LOIRE]}),
        "contexts/vc2.jsonld": json.dumps({"@context": KNOWN[VC2]}),
        "shapes/loire.ttl": OWN,
        "README.md": "Une version d’essai.",
    }
    if strict:
        found["shapes/strict.ttl"] = STRICTER
    found |= {name.replace("___", "/").replace("__", "."): text for name, text in more.items()}
    return {name: one.encode() if isinstance(one, str) else one for name, one in found.items()}


def with_anchors() -> dict[str, bytes]:
    return files(anchors___root__pem=anchors())


def folder(place: Path, content: dict[str, bytes]) -> Path:
    for name, one in content.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(one)
    return place


def zipped(content: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in content.items():
            # The same bytes at any hour.
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), one, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def tarred(content: dict[str, bytes], *, mode: str = "w:gz", link: str = "") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:
        for name, one in content.items():
            info = tarfile.TarInfo(f"gaia-x-2026/{name}")
            info.size = len(one)
            archive.addfile(info, io.BytesIO(one))
        if link:
            info = tarfile.TarInfo("gaia-x-2026/lien.ttl")
            info.type, info.linkname = tarfile.SYMTYPE, link
            archive.addfile(info)
    return made.getvalue()
