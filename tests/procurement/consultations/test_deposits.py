"""A response: drafted, deposited several times, in time by the database's clock."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from marketplace.accounts.enums import OrganisationKind, Role
from marketplace.errors import Gone, MoveRefused, NotAllowed, RuleBroken
from marketplace.keys.signing import signature_is_valid
from procurement.consultations import depositing, drafts, publishing, vault, writing
from procurement.consultations.depositing import receipt_of
from procurement.models import ResponseDraft, SealedDeposit
from tests.builders import actor_for, make_organisation
from tests.procurement.consultation_builders import (
    make_deposit,
    make_draft,
    make_supplier,
    pass_deadline,
    set_deadline,
)


@pytest.fixture
def consultation(room):
    return room.published()


@pytest.fixture
def manager(db):
    return make_supplier()[1]


def test_a_deposit_is_registered_sealed_and_its_draft_destroyed(consultation, manager, settings):
    draft = make_draft(consultation, manager, files=2)
    folder = Path(settings.RESPONSE_DRAFTS_ROOT) / draft.uuid.hex
    assert len(list(folder.iterdir())) == 3
    made = deposit_now(draft, manager)
    assert not ResponseDraft.objects.exists() and not folder.exists()
    box = vault.read_sealed(made.uuid)
    assert hashlib.sha256(box).hexdigest() == made.ciphertext_sha256 and len(box) == made.size
    assert b"Notre proposition" not in box


def deposit_now(draft, manager):
    """`on_commit` runs in a test only when asked."""
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        return depositing.deposit(draft, actor=manager)


def test_a_draft_lost_on_disk_opens_no_more(consultation, manager):
    draft = make_draft(consultation, manager)
    vault.destroy_draft(draft.uuid)
    with pytest.raises(Gone):
        drafts.content_of(draft)


def test_a_draft_is_encrypted_under_a_key_of_its_own(consultation, manager, settings):
    draft = make_draft(consultation, manager, files=1)
    draft.refresh_from_db()
    assert b"Notre proposition" not in bytes(draft.content)
    for path in Path(settings.RESPONSE_DRAFTS_ROOT).rglob("*"):
        assert path.is_dir() or b"moire" not in path.read_bytes()
    other = make_draft(consultation, make_supplier()[1])
    with pytest.raises(vault.DraftGone):
        vault.read(other.uuid, bytes(draft.content), part=drafts.CONTENT)


def test_the_receipt_signs_the_ciphertext_and_nothing_of_the_plaintext(consultation, manager):
    made = make_deposit(consultation, manager)
    told = receipt_of(made)
    assert told["receipt"]["ciphertext_sha256"] == made.ciphertext_sha256
    signed = base64.b64decode(told["signed"])
    assert signature_is_valid(signed, told["signature"], key=told["public_key"])
    assert not signature_is_valid(signed + b" ", told["signature"], key=told["public_key"])
    assert json.loads(signed.partition(b"\n")[2]) == told["receipt"]
    assert set(told["receipt"]) == {
        "deposit", "consultation", "lot", "supplier", "sequence", "received_at", "ciphertext_sha256",
        "ciphertext_size", "key_fingerprint",
    }  # fmt: skip


def test_several_deposits_each_with_its_number(consultation, manager):
    made = [make_deposit(consultation, manager) for _ in range(3)]
    assert [one.sequence for one in made] == [1, 2, 3]
    assert len({one.ciphertext_sha256 for one in made}) == 3


@pytest.mark.parametrize(("seconds", "accepted"), [(1, True), (0, False), (-1, False)])
def test_the_deadline_by_the_database_clock(consultation, manager, monkeypatch, seconds, accepted):
    draft = make_draft(consultation, manager)
    received = consultation.closes_at - dt.timedelta(seconds=seconds)
    monkeypatch.setattr(depositing, "database_now", lambda: received)
    if accepted:
        assert depositing.deposit(draft, actor=manager).received_at == received
        return
    with pytest.raises(MoveRefused) as refused:
        depositing.deposit(draft, actor=manager)
    assert refused.value.code == "deposit_late" and "reste lisible" in refused.value.message
    assert drafts.content_of(draft).proposal and not SealedDeposit.objects.exists()


def test_a_clock_change_keeps_the_instant(consultation, manager, monkeypatch):
    """3 h on 25 October 2026 comes once; 2 h 30 twice: the instant decides, not the words."""
    closes_at = dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)
    set_deadline(consultation, closes_at)
    draft = ResponseDraft(consultation=consultation)
    monkeypatch.setattr(depositing, "database_now", lambda: closes_at - dt.timedelta(hours=1))
    with pytest.raises(MoveRefused) as refused:
        depositing.deposit(draft, actor=manager)
    assert refused.value.code == "draft_gone", "in time, an hour before with the same words"


def test_late_drafts_are_read_and_no_more_written(consultation, manager):
    draft = make_draft(consultation, manager)
    pass_deadline(consultation)
    draft.refresh_from_db()
    with pytest.raises(MoveRefused):
        drafts.save(draft, actor=manager, proposal="Trop tard.")
    assert drafts.content_of(draft).proposal == "Notre proposition."


def test_an_outage_is_announced_before_the_deadline_and_lets_a_deposit_in(room, consultation, manager):
    set_deadline(consultation, timezone.now().replace(second=0, microsecond=0) + dt.timedelta(minutes=2))
    later = consultation.closes_at + dt.timedelta(hours=3)
    notice = publishing.extend(
        consultation, actor=room.purchasing, closes_at=later, reason="Panne du matin.", after_outage=True
    )
    assert (notice.kind, consultation.closes_at) == ("outage", later)
    assert make_deposit(consultation, manager).sequence == 1


def test_no_extension_after_the_deadline_nor_backwards(room, consultation):
    sooner = consultation.closes_at - dt.timedelta(minutes=1)
    with pytest.raises(RuleBroken):
        publishing.extend(consultation, actor=room.purchasing, closes_at=sooner, reason="Plus tôt.")
    pass_deadline(consultation)
    with pytest.raises(MoveRefused):
        publishing.extend(
            consultation,
            actor=room.purchasing,
            closes_at=(timezone.now() + dt.timedelta(days=3)).replace(second=0, microsecond=0),
            reason="Panne.",
        )


def test_an_ended_consultation_takes_nothing(room, consultation, manager):
    draft = make_draft(consultation, manager)
    writing.declare_sans_suite(consultation, actor=room.purchasing, reason="Besoin abandonné.")
    with pytest.raises(MoveRefused):
        depositing.deposit(draft, actor=manager)


def test_an_empty_draft_is_not_deposited(consultation, manager):
    draft = drafts.begin(consultation, actor=manager, lot=consultation.lots.get())
    with pytest.raises(RuleBroken):
        depositing.deposit(draft, actor=manager)


def test_one_draft_a_lot(consultation, manager):
    make_draft(consultation, manager)
    with pytest.raises(RuleBroken) as refused:
        make_draft(consultation, manager)
    assert refused.value.code == "draft_exists"


def test_a_programme_is_not_joined_and_no_scan_is_waited_for(consultation, manager, settings):
    settings.FILE_SCANNER = "tests.procurement.consultations.test_deposits.never_called"
    draft = make_draft(consultation, manager, files=1)
    with pytest.raises(RuleBroken) as refused:
        drafts.add_file(draft, actor=manager, file=SimpleUploadedFile("a.pdf", b"MZ" + b"\x00" * 50))
    assert refused.value.code == "file_type_refused"
    assert depositing.deposit(draft, actor=manager).sequence == 1


def never_called(content):
    raise AssertionError("scanned before the opening")


def test_a_file_is_removed_from_the_disk_too(consultation, manager, settings):
    draft = make_draft(consultation, manager, files=2)
    first, second = drafts.content_of(draft).files
    drafts.remove_file(draft, actor=manager, file_id=first.id)
    assert drafts.content_of(draft).files == (second,)
    assert not (Path(settings.RESPONSE_DRAFTS_ROOT) / draft.uuid.hex / first.id).exists()


def test_the_register_is_neither_changed_nor_shortened(consultation, manager):
    made = make_deposit(consultation, manager)
    for act in (
        lambda: SealedDeposit.objects.filter(pk=made.pk).update(size=1),
        lambda: SealedDeposit.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_who_may_not_answer_knows_why_before_any_effort(room, consultation):
    buyer = actor_for(Role.REQUESTER)
    with pytest.raises(NotAllowed, match="fournisseur inscrit"):
        drafts.begin(consultation, actor=buyer, lot=consultation.lots.get())
    demanding = room.published(required_schemes=["secnumcloud"])
    with pytest.raises(NotAllowed, match="SecNumCloud en vigueur"):
        drafts.begin(demanding, actor=make_supplier()[1], lot=demanding.lots.get())
    bare = actor_for(Role.SUPPLIER_MANAGER, organisation=make_organisation(kind=OrganisationKind.SUPPLIER))
    with pytest.raises(NotAllowed, match="pas de fiche"):
        drafts.begin(consultation, actor=bare, lot=consultation.lots.get())


def test_only_those_invited_answer_an_invitation(room):
    invited, manager = make_supplier()
    consultation = room.published(access="invited", invited=[invited])
    assert make_deposit(consultation, manager).sequence == 1
    with pytest.raises(NotAllowed, match="sur invitation"):
        drafts.begin(consultation, actor=make_supplier()[1], lot=consultation.lots.get())


def test_folders_without_a_draft_are_swept(consultation, manager, settings):
    import os

    draft = make_draft(consultation, manager)
    orphan = Path(settings.RESPONSE_DRAFTS_ROOT) / ("ab" * 16)
    orphan.mkdir()
    for folder in (orphan, Path(settings.RESPONSE_DRAFTS_ROOT) / draft.uuid.hex):
        os.utime(folder, (0, 0))
    assert drafts.sweep() == 1
    assert not orphan.exists() and drafts.content_of(draft).proposal
