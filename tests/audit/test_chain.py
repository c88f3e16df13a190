"""The chain and its verification. Rows are spoilt by a superuser with the triggers off: what an
administrator of the database could do, and the chain must show."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from marketplace.accounts.actors import Actor, system_actor
from marketplace.audit import heads
from marketplace.audit.chain import GENESIS, seal_events
from marketplace.audit.erasure import erase_sides
from marketplace.audit.journal import record
from marketplace.audit.models import AuditEvent, AuditHead, AuditSeal, AuditSide, AuditVerification
from marketplace.audit.tasks import BEAT, first_check
from marketplace.audit.tasks import head as head_task
from marketplace.audit.tasks import seal as seal_task
from marketplace.audit.verify import verify_journal
from tests.builders import make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _heads_here(settings, tmp_path) -> None:
    settings.AUDIT_HEADS_DIR = str(tmp_path)


@contextmanager
def triggers_off() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")


def write_events(count: int) -> list[AuditEvent]:
    organisation = make_organisation()
    return [record(organisation, f"act{n}", actor=system_actor("essai")) for n in range(count)]


def test_every_event_gets_one_link_that_holds_the_one_before() -> None:
    write_events(3)
    assert seal_events() == 3
    assert seal_events() == 0
    seals = list(AuditSeal.objects.order_by("seq"))
    assert [seal.seq for seal in seals] == [1, 2, 3]
    assert [seal.prev_hash for seal in seals] == [GENESIS, seals[0].hash, seals[1].hash]
    report = verify_journal()
    assert report.intact
    assert report.verified == 3


def test_a_batch_leaves_the_rest_to_the_next_turn() -> None:
    write_events(3)
    assert [seal_events(batch=2), seal_events(batch=2), seal_events(batch=2)] == [2, 1, 0]
    assert verify_journal().intact


def test_an_altered_event_breaks_the_chain_at_its_place() -> None:
    events = write_events(4)
    seal_events()
    with triggers_off():
        AuditEvent.objects.filter(pk=events[1].pk).update(to_state="listed")
    report = verify_journal()
    assert (report.verified, report.broken_seq, report.broken_at) == (1, 2, events[1].at)
    assert report.problems == ["Chaîne rompue à l’événement 2\u00a0: l’événement a été modifié."]


def test_a_link_taken_out_is_named() -> None:
    write_events(3)
    seal_events()
    with triggers_off():
        AuditSeal.objects.filter(seq=2).delete()
    report = verify_journal()
    assert report.broken_seq == 3
    assert report.problems[0] == "Chaîne rompue à l’événement 3\u00a0: le maillon 2 manque."


def test_a_rewritten_end_is_betrayed_by_the_signed_head() -> None:
    events = write_events(3)
    seal_events()
    heads.write_head()
    with triggers_off():
        AuditSeal.objects.filter(seq=3).delete()
        AuditEvent.objects.filter(pk=events[2].pk).update(what="other")
    seal_events()
    report = verify_journal()
    assert report.problems == [
        "Tête 3 (base)\u00a0: elle ne correspond pas à la chaîne.",
        "Tête 3 (fichier)\u00a0: elle ne correspond pas à la chaîne.",
    ]


def test_a_shortened_chain_is_betrayed_by_the_file_when_the_row_went_too() -> None:
    write_events(3)
    seal_events()
    heads.write_head()
    with triggers_off():
        AuditHead.objects.all().delete()
        AuditSide.objects.filter(event__seal__seq=3).delete()
        event = AuditSeal.objects.get(seq=3).event_id
        AuditSeal.objects.filter(seq=3).delete()
        AuditEvent.objects.filter(pk=event).delete()
    assert verify_journal().problems == [
        "Tête 3\u00a0: son fichier existe, sa ligne a disparu.",
        "Tête 3 (fichier)\u00a0: la chaîne s’arrête avant elle.",
    ]


def test_a_forged_head_file_is_named(tmp_path) -> None:
    write_events(1)
    seal_events()
    heads.write_head()
    path = heads.file_of(1)
    body = json.loads(path.read_text())
    body["signature"] = "AAAA"
    path.write_text(json.dumps(body))
    assert verify_journal().problems == ["Tête 1 (fichier)\u00a0: la signature n’est pas la nôtre."]
    path.write_text("{")
    assert verify_journal().problems == [f"Fichier de tête\u00a0: {path.name} est illisible."]


def test_an_event_left_unsealed_for_a_minute_is_named() -> None:
    event = write_events(1)[0]
    assert verify_journal(now=event.at + dt.timedelta(seconds=59)).intact
    report = verify_journal(now=event.at + dt.timedelta(seconds=61))
    assert str(event.uuid) in report.problems[0]


def test_an_altered_side_row_is_named_and_an_erased_one_is_not() -> None:
    user = make_user()
    organisation = make_organisation()
    mine = record(organisation, "close", actor=Actor(user=user), reason="Motif personnel")
    other = record(organisation, "close", actor=system_actor("essai"), reason="Autre motif")
    seal_events()
    assert erase_sides(user_id=user.pk, objects={}) == 1
    assert not AuditSide.objects.filter(event=mine).exists()
    report = verify_journal()
    assert report.intact
    assert report.notes == ["1 texte(s) annexe(s) effacé(s)\u00a0: la chaîne n’en dépend pas."]
    with triggers_off():
        AuditSide.objects.filter(event=other).update(reason="Réécrit")
    assert verify_journal().problems == [f"Texte annexe modifié\u00a0: événement {other.uuid}."]


def test_the_hourly_task_seals_signs_and_remembers() -> None:
    write_events(2)
    head_task()
    head_task()
    assert list(AuditHead.objects.values_list("seq", flat=True)) == [2]
    assert heads.file_of(2).exists()
    remembered = AuditVerification.objects.first()
    assert (remembered.verified, remembered.intact) == (2, True)


def test_a_journal_never_checked_is_checked_within_a_minute() -> None:
    first_check()
    assert not AuditVerification.objects.exists()
    write_events(2)
    first_check()
    assert AuditVerification.objects.get().verified == 2
    first_check()
    assert AuditVerification.objects.count() == 1
    assert BEAT["audit-first-check"]["schedule"] <= 60


def test_the_task_of_every_second() -> None:
    write_events(1)
    seal_task()
    assert AuditSeal.objects.count() == 1


def test_the_command_says_it_and_fails_on_a_fault(capsys) -> None:
    events = write_events(2)
    seal_events()
    call_command("verify_audit")
    assert capsys.readouterr().out == "Journal intègre\u00a0: 2 événements vérifiés.\n"
    with triggers_off():
        AuditEvent.objects.filter(pk=events[0].pk).update(what="other")
    with pytest.raises(CommandError, match="Chaîne rompue à l’événement 1"):
        call_command("verify_audit", "--dry-run")
    assert AuditVerification.objects.count() == 1


def test_late_commits_are_still_found() -> None:
    """An event older than the last sealed one, committed after it."""
    write_events(1)
    seal_events()
    late = write_events(1)[0]
    with triggers_off():
        AuditEvent.objects.filter(pk=late.pk).update(at=timezone.now() - dt.timedelta(hours=2))
    assert seal_events() == 1
