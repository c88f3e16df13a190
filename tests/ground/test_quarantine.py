"""An upload is held until a scanner has judged it; infected it is never given; nobody scans: said so."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from catalog.actions.declarations import join_evidence
from catalog.trust import add_mark
from marketplace.accounts.actors import Actor
from marketplace.audit.models import AuditEvent
from marketplace.errors import Gone, MoveRefused, RuleBroken
from marketplace.files.models import FileAccess, FileScan, ScanState, StoredFile
from marketplace.files.scan import ScannerAway, Verdict, clamav
from marketplace.files.sniff import CSV, DOCUMENTS, ODS, sniff
from marketplace.files.store import read_file, store_bytes, store_large, store_upload
from marketplace.files.tasks import scan_file, sweep_scans
from marketplace.notifications.models import Notification
from tests.builders import client_for, make_member
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token, problem_of
from tests.support.clamd import EICAR, Clamd, running_clamd

pytestmark = pytest.mark.django_db
PDF_BYTES = b"%PDF-1.7\n% essai\n%%EOF\n"
INFECTED = b"%PDF-1.7\n" + EICAR + b"\n%%EOF\n"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def clamd(settings: Any) -> Iterator[Clamd]:
    with running_clamd() as server:
        settings.CLAMAV_ADDRESS = server.address
        yield server


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bells that would have rung, in place of the broker."""
    keys: list[int] = []
    monkeypatch.setattr(scan_file, "ring_now", lambda pk: keys.append(pk) or True)
    return keys


@pytest.fixture
def actor() -> Actor:
    return Actor.of(make_member("supplier_manager"))


def upload(content: bytes = PDF_BYTES, name: str = "preuve.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def kept(actor: Actor, content: bytes = PDF_BYTES) -> StoredFile:
    assert actor.organisation is not None
    return store_upload(upload(content), owner=actor.organisation, actor=actor)


def again(stored: StoredFile) -> StoredFile:
    return StoredFile.objects.get(pk=stored.pk)


def test_without_a_scanner_a_file_is_given_and_said_not_scanned(actor: Actor) -> None:
    stored = kept(actor)
    assert stored.get_scan_state_display() == "Non analysé"
    assert read_file(stored, actor=actor) == PDF_BYTES
    assert not FileScan.objects.exists()


def test_a_file_is_held_until_found_clean(
    actor: Actor, clamd: Clamd, rung: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        stored = kept(actor)
    assert rung == [stored.scan.pk]
    assert clamd.seen == [], "the person does not wait for the scanner"
    with pytest.raises(MoveRefused) as held:
        read_file(again(stored), actor=actor)
    assert held.value.code == "file_held" and not FileAccess.objects.exists()
    scan_file(stored.scan.pk)
    assert clamd.seen == [(b"zINSTREAM\0", PDF_BYTES)]
    assert again(stored).scan_state == ScanState.CLEAN and again(stored).scanned_at is not None
    assert read_file(again(stored), actor=actor) == PDF_BYTES
    scan_file(stored.scan.pk)
    assert len(clamd.seen) == 1, "a bell rung twice scans once"


def test_eicar_is_never_given_and_its_sender_is_told(actor: Actor, clamd: Clamd, rung: list[int]) -> None:
    stored = kept(actor, INFECTED)
    scan_file(stored.scan.pk)
    with pytest.raises(Gone) as refused:
        read_file(again(stored), actor=actor)
    assert refused.value.code == "file_infected"
    assert Notification.objects.get(user=actor.user).subject.startswith("Fichier infecté")
    line = AuditEvent.objects.get(what="infected")
    assert (line.from_state, line.to_state) == ("waiting", "infected")


def test_the_scanner_away_is_tried_again_and_the_file_stays_held(
    actor: Actor, clamd: Clamd, rung: list[int], settings: Any
) -> None:
    stored = kept(actor)
    address, settings.CLAMAV_ADDRESS = settings.CLAMAV_ADDRESS, "127.0.0.1:1"
    for attempt in range(1, 13):
        FileScan.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
        scan_file(stored.scan.pk)
        row = FileScan.objects.get()
        assert (row.lease_state, row.attempt) == ("due", attempt), "never abandoned"
    assert "Refused" in row.last_error and row.due_at <= timezone.now() + dt.timedelta(minutes=15)
    with pytest.raises(MoveRefused):
        read_file(again(stored), actor=actor)
    settings.CLAMAV_ADDRESS = address
    FileScan.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
    sweep_scans()
    assert rung[-1] == row.pk
    scan_file(row.pk)
    assert again(stored).scan_state == ScanState.CLEAN


def test_a_large_file_is_scanned_piece_by_piece_in_gzip(
    actor: Actor, clamd: Clamd, rung: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    assert actor.organisation is not None
    with django_capture_on_commit_callbacks(execute=True):
        stored = store_large(
            io.BytesIO(b"poste;1\n" * 9), name="a.csv", media_type=CSV, owner=actor.organisation, actor=actor
        )
    with pytest.raises(MoveRefused):
        read_file(stored, actor=actor)
    scan_file(rung[-1])
    assert gzip.decompress(clamd.seen[-1][1]) == b"poste;1\n" * 9
    assert read_file(again(stored), actor=actor) == b"poste;1\n" * 9


def test_an_answer_in_pieces_and_answers_that_are_no_verdict(clamd: Clamd) -> None:
    clamd.answer = (b"stream: Worm.", b"Essai FO", b"UND\0")
    assert clamav([PDF_BYTES]) == (ScanState.INFECTED, "Worm.Essai")
    for said in (b"INSTREAM size limit exceeded. ERROR\0", b"\0", b"BROOK\0", b"stream: OKAY\0"):
        clamd.answer = (said,)
        with pytest.raises(ScannerAway):
            clamav([PDF_BYTES])


def test_a_worker_that_lost_its_lease_writes_nothing(
    actor: Actor, clamd: Clamd, rung: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = kept(actor)

    def slow(content: Any) -> Verdict:
        FileScan.objects.update(token="other")
        return Verdict(ScanState.CLEAN)

    monkeypatch.setattr("marketplace.files.quarantine.scanner", lambda: slow)
    scan_file(stored.scan.pk)
    assert again(stored).scan_state == ScanState.WAITING


def always_clean(content: Any) -> Verdict:
    return Verdict(ScanState.CLEAN)


def test_another_scanner_is_one_setting(actor: Actor, rung: list[int], settings: Any) -> None:
    settings.FILE_SCANNER = "tests.ground.test_quarantine.always_clean"
    stored = kept(actor)
    scan_file(stored.scan.pk)
    assert again(stored).scan_state == ScanState.CLEAN


def test_a_scanner_no_longer_configured_holds_nothing(
    actor: Actor, clamd: Clamd, rung: list[int], settings: Any
) -> None:
    stored = kept(actor)
    settings.CLAMAV_ADDRESS = ""
    scan_file(stored.scan.pk)
    assert read_file(again(stored), actor=actor) == PDF_BYTES
    assert (again(stored).scan_state, again(stored).scanned_at) == (ScanState.UNSCANNED, None)


def test_judged_while_nobody_scans_it_is_scanned_again_once_somebody_does(
    actor: Actor, clamd: Clamd, rung: list[int], settings: Any
) -> None:
    stored = kept(actor, INFECTED)
    address, settings.CLAMAV_ADDRESS = settings.CLAMAV_ADDRESS, ""
    scan_file(stored.scan.pk)
    sweep_scans()
    assert (clamd.seen, rung) == ([], []), "nobody to ask"
    settings.CLAMAV_ADDRESS = address
    sweep_scans()
    sweep_scans()
    assert rung == [stored.scan.pk], "rung once"
    scan_file(stored.scan.pk)
    assert (again(stored).scan_state, again(stored).scan_finding) == ("infected", "Eicar-Test-Signature")
    sweep_scans()
    assert len(clamd.seen) == 1


def test_old_files_are_scanned_once_a_scanner_comes(actor: Actor, rung: list[int], settings: Any) -> None:
    old = kept(actor, INFECTED)
    sweep_scans()
    assert not FileScan.objects.exists()
    with running_clamd() as server:
        settings.CLAMAV_ADDRESS = server.address
        sweep_scans()
        sweep_scans()
        assert rung == [FileScan.objects.get().pk]
        assert read_file(again(old), actor=actor) == INFECTED, "given out meanwhile, as before"
        scan_file(rung[0])
    with pytest.raises(Gone):
        read_file(again(old), actor=actor)


def test_what_the_service_makes_itself_is_not_held(actor: Actor, clamd: Clamd) -> None:
    assert actor.organisation is not None
    made = store_bytes(PDF_BYTES, name="bon.pdf", owner=actor.organisation, actor=actor)
    assert read_file(made, actor=actor) == PDF_BYTES


def test_the_page_and_the_api_say_held_then_gone(clamd: Clamd, rung: list[int]) -> None:
    member = make_member("supplier_manager")
    offer, actor = make_offer(organisation=member.organisation), Actor.of(member)
    mark = add_mark(
        offer, actor=actor, scheme="iso27001", status="in_force", origin="declared", scope="Essai"
    )
    mark = join_evidence(mark, actor=actor, upload=upload(INFECTED))
    url = f"{offer.get_absolute_url()}preuves/{mark.uuid}/"
    browser, api = client_for(member), client_for_token(member)
    marks = f"{offer.get_absolute_url()}modifier/qualifications/"
    assert "analyse antivirus&nbsp;: en attente" in browser.get(marks).content.decode()
    page = browser.get(url)
    assert page.status_code == 409 and "attend son analyse antivirus" in page.content.decode()
    assert "n’est pas encore analysé</h1>" in page.content.decode()
    evidence = f"/api/v1/trust-marks/{mark.uuid}/evidence/"
    assert problem_of(api.get(evidence), 409)["code"] == "file_held"
    scan_file(mark.evidence.scan.pk)
    assert "analyse antivirus&nbsp;: refusé" in browser.get(marks).content.decode()
    page = browser.get(url)
    assert page.status_code == 410 and "logiciel malveillant" in page.content.decode()
    assert problem_of(api.get(evidence), 410)["code"] == "file_infected"
    assert Client().get(url).status_code in (302, 403, 404)


# -- what never gets as far as a scanner


def bomb(kind: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if kind == "mimetype":
            archive.writestr("mimetype", ODS.encode() + b" " * 90_000_000)
        else:
            archive.writestr("mimetype", ODS)
        if kind == "content":
            archive.writestr("content.xml", b"0" * 150_000_000)
        if kind == "many":
            for number in range(15):
                archive.writestr(f"{number}.xml", b"0" * 10_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["content", "many", "mimetype"])
def test_a_zip_bomb_in_ods_is_refused_without_being_unpacked(kind: str) -> None:
    content = bomb(kind)
    assert len(content) < 1_000_000
    tracemalloc.start()
    assert sniff(content, "prix.ods") not in DOCUMENTS
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000, peak


@pytest.mark.parametrize(
    "content", [b"MZ\x90\x00" + b"\0" * 100, b"\x7fELF\x02", b"#!/bin/sh\nrm", b"PK\x03\x04x"]
)
def test_a_program_named_pdf_is_refused_and_named(actor: Actor, clamd: Clamd, content: bytes) -> None:
    with pytest.raises(RuleBroken) as refused:
        kept(actor, content)
    assert "preuve.pdf" in str(refused.value) and "10\xa0Mo" in str(refused.value).replace(" ", "\xa0")
    assert not StoredFile.objects.exists()


def test_a_hundred_megabytes_are_refused_before_they_are_read() -> None:
    member = make_member("supplier_manager")
    offer = make_offer(state="draft", organisation=member.organisation)

    class Unread(io.BytesIO):
        def read(self, *args: Any) -> bytes:
            raise AssertionError("the body was read")

    for path, browser in (
        (f"{offer.get_absolute_url()}modifier/qualifications/", client_for(member)),
        ("/api/v1/offers/import/", client_for(member)),
    ):
        answer = browser.generic(
            "POST",
            path,
            b"",
            content_type="multipart/form-data; boundary=x",
            CONTENT_LENGTH=str(100 * 2**20),
            **{"wsgi.input": Unread()},
        )
        assert answer.status_code == 413, path
        assert "10\xa0Mo au plus" in answer.content.decode()
