from __future__ import annotations

import gzip
import hashlib
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.errors import RuleBroken
from marketplace.files.models import FileAccess, ScanState, StoredFile
from marketplace.files.sniff import CSV, DOCUMENTS, GZIP, ODS, PDF, sniff
from marketplace.files.store import drop_bytes, pieces_of, read_file, store_large, store_upload
from tests.builders import actor_for

PDF_BYTES = b"%PDF-1.7\n% essai\n%%EOF\n"


def ods(size: int = 10) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr("content.xml", b"0" * size)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (PDF_BYTES, "preuve.pdf", PDF),
        (b"MZ\x90\x00programme", "preuve.pdf", "application/x-executable"),
        (b"\x7fELF\x02", "preuve.pdf", "application/x-executable"),
        (b"#!/bin/sh\n", "preuve.txt", "application/x-executable"),
        (b"<svg xmlns='x'/>", "image.png", "text/xml"),
        (b"  <?xml version='1.0'?><svg/>", "image.svg", "text/xml"),
        (b"a;b\n1;2\n", "prix.csv", "text/csv"),
        (b"bonjour", "note.txt", "text/plain"),
        (b"a\x00b", "note.txt", "application/octet-stream"),
        (ods(), "prix.ods", ODS),
        (ods(200_000_000), "bombe.ods", "application/zip"),
    ],
)
def test_the_type_is_read_in_the_bytes(content, name, expected):
    assert sniff(content, name) == expected


@pytest.mark.django_db
def test_a_stored_file_is_unreadable_on_the_disk_and_every_reading_is_written_down(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    actor = actor_for("supplier_editor")
    stored = store_upload(SimpleUploadedFile("preuve.pdf", PDF_BYTES), owner=actor.organisation, actor=actor)
    on_disk = next(p for p in Path(tmp_path).rglob("*") if p.is_file())
    assert "preuve" not in on_disk.name
    assert PDF_BYTES not in on_disk.read_bytes()
    assert on_disk.stat().st_mode & 0o077 == 0
    assert read_file(stored, actor=actor) == PDF_BYTES
    assert FileAccess.objects.filter(file=stored, user=actor.user).count() == 1
    assert stored.scan_state == ScanState.UNSCANNED


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"MZ\x90", b"<svg/>", b"\x00\x01"])
def test_a_refused_type_names_the_field_and_the_remedy(settings, tmp_path, content):
    settings.MEDIA_ROOT = str(tmp_path)
    actor = actor_for("supplier_editor")
    with pytest.raises(RuleBroken) as refusal:
        store_upload(
            SimpleUploadedFile("plan.pdf", content), owner=actor.organisation, actor=actor, field="evidence"
        )
    assert "10 Mo au plus" in refusal.value.fields["evidence"][0]
    assert not StoredFile.objects.exists()


class Long(io.RawIOBase):
    """A file of so many bytes that exists one block at a time."""

    def __init__(self, size: int) -> None:
        self.left = size

    def seek(self, *_: int) -> int:
        return 0

    def read(self, size: int = -1) -> bytes:
        given = min(size, self.left)
        self.left -= given
        return b"vm;12;srv\n" * (given // 10) + b"x" * (given % 10)


@pytest.mark.django_db
def test_a_large_file_is_packed_sealed_and_given_back_as_it_came(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    actor = actor_for("supplier_editor")
    terms = {"owner": actor.organisation, "actor": actor}
    plain = b"composant;quantite\n" + b"poste;12\n" * 50_000
    for content, media_type in ((plain, CSV), (gzip.compress(plain), GZIP)):
        stored = store_large(io.BytesIO(content), name="a/../janvier.csv", media_type=media_type, **terms)
        assert (stored.name, stored.size) == ("janvier.csv", len(content))
        assert stored.sha256 == hashlib.sha256(content).hexdigest()
        on_disk = next(p for p in Path(tmp_path).rglob(stored.uuid.hex))
        assert on_disk.stat().st_mode & 0o077 == 0 and on_disk.stat().st_size < len(plain) / 100
        assert b"poste" not in on_disk.read_bytes()
        assert read_file(stored, actor=actor) == content
        assert FileAccess.objects.filter(file=stored).count() == 1
    drop_bytes(stored)


@pytest.mark.django_db
def test_a_large_file_is_never_held_whole_and_has_its_limit(settings, tmp_path, monkeypatch):
    """30 MB in and out."""
    settings.MEDIA_ROOT = str(tmp_path)
    actor = actor_for("supplier_editor")
    terms = {"name": "a.csv", "media_type": CSV, "owner": actor.organisation, "actor": actor}
    tracemalloc.start()
    stored = store_large(Long(30_000_000), **terms)
    assert sum(len(piece) for piece in pieces_of(stored)) == 30_000_000
    assert tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()
    monkeypatch.setattr("marketplace.files.store.LARGE_BYTES", 1_000_000)
    with pytest.raises(RuleBroken) as refusal:
        store_large(Long(1_000_001), **terms)
    assert "dépasse 1 Mo" in refusal.value.fields["file"][0]
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


def test_svg_is_no_document():
    assert "image/svg+xml" not in DOCUMENTS
