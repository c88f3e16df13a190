"""What the application's role may not do to the journal, as that role."""

import threading

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from marketplace.accounts.actors import system_actor
from marketplace.audit.chain import seal_events
from marketplace.audit.heads import write_head
from marketplace.audit.journal import record
from marketplace.audit.models import AuditEvent, AuditSeal
from marketplace.audit.verify import verify_journal
from tests.builders import make_organisation

TABLES = ("audit_auditevent", "audit_auditseal", "audit_audithead")
FORBIDDEN = [
    *(
        (f"UPDATE {table} SET {column}", table)
        for table, column in zip(TABLES, ("what='x'", "hash='x'", "hash='x'"), strict=True)
    ),
    *((f"DELETE FROM {table}", table) for table in TABLES),
    *((f"TRUNCATE {table} CASCADE", table) for table in TABLES),
    ("UPDATE audit_auditside SET reason='x'", "audit_auditside"),
    ("TRUNCATE audit_auditside", "audit_auditside"),
]


@pytest.fixture
def serving_role(db):
    """A role that owns nothing but was given every right: only the triggers stand in its way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'acc_serving_test'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE acc_serving_test NOLOGIN")
        cursor.execute("GRANT USAGE ON SCHEMA public TO acc_serving_test")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO acc_serving_test")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO acc_serving_test")


@pytest.fixture
def sealed_event(db, settings, tmp_path) -> AuditEvent:
    settings.AUDIT_HEADS_DIR = str(tmp_path)
    event = record(make_organisation(), "act", actor=system_actor("essai"), reason="Motif")
    seal_events()
    write_head()
    return event


@pytest.mark.parametrize(("statement", "table"), FORBIDDEN)
def test_refused(serving_role, sealed_event, statement: str, table: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # Otherwise the foreign keys still to be checked refuse TRUNCATE before the trigger does.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE acc_serving_test")
        cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (1,)


def test_the_trigger_cannot_be_dropped_by_that_role(serving_role, sealed_event) -> None:
    with (
        pytest.raises(ProgrammingError, match="must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL ROLE acc_serving_test")
        cursor.execute("DROP TRIGGER audit_auditevent_rows ON audit_auditevent")


def test_inserting_an_event_and_erasing_its_side_row_are_let_through(serving_role, sealed_event) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE acc_serving_test")
            cursor.execute("DELETE FROM audit_auditside")
            assert cursor.rowcount == 1
        record(sealed_event, "act", actor=system_actor("essai"))
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    assert verify_journal().intact


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_events_committed_out_of_order_are_all_sealed_once() -> None:
    """The first event's transaction stays open while the second one commits and is sealed."""
    organisation = make_organisation()
    opened, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                record(organisation, "slow", actor=system_actor("essai"))
                opened.set()
                assert go_on.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert opened.wait(10)
    record(organisation, "quick", actor=system_actor("essai"))
    assert seal_events() == 1
    go_on.set()
    thread.join(10)
    assert seal_events() == 1
    order = list(AuditSeal.objects.order_by("seq").values_list("event__what", flat=True))
    assert order == ["quick", "slow"]
    keys = dict(AuditEvent.objects.values_list("what", "pk"))
    assert keys["slow"] < keys["quick"]
    assert verify_journal().intact


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_two_chainers_at_once_make_one_chain() -> None:
    organisation = make_organisation()
    for n in range(20):
        record(organisation, f"act{n}", actor=system_actor("essai"))
    start = threading.Barrier(4)

    def chain() -> None:
        try:
            start.wait(10)
            for _ in range(10):
                seal_events(batch=3)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=chain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    seal_events()
    assert list(AuditSeal.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 21))
    assert verify_journal().intact
