"""The journal through the real logins: DATABASE_URL serves, AUDIT_SEALER_DATABASE_URL seals. Each one
connects with its own password (no SET ROLE), and production's own settings run on the two addresses."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

from marketplace.accounts.actors import system_actor
from marketplace.audit.journal import record
from marketplace.audit.models import AuditEvent, AuditSeal
from marketplace.devtools.grants import Logins, grant
from tests.builders import make_organisation
from tests.devtools.test_settings import GOOD, HOME

pytestmark = pytest.mark.django_db(transaction=True)
JOURNAL = ("audit_auditevent", "audit_auditseal", "audit_audithead")
SEALING = "print(seal_events(), write_head() is not None, verify_journal().intact)"
SEALED = "1 True True\n"
PROGRAM = """
import django
django.setup()
from marketplace.accounts.actors import system_actor
from marketplace.accounts.models import Organisation
from marketplace.audit.chain import seal_events
from marketplace.audit.heads import write_head
from marketplace.audit.journal import record
from marketplace.audit.verify import verify_journal
"""


@dataclass(frozen=True)
class Login:
    name: str
    password: str

    @property
    def url(self) -> str:
        asked = connection.settings_dict
        place = f"{asked['HOST'] or ''}:{asked['PORT']}" if asked["PORT"] else asked["HOST"]
        if str(asked["HOST"]).startswith("/"):
            return f"postgresql://{self.name}:{self.password}@{quote(asked['HOST'], safe='')}/{asked['NAME']}"
        return f"postgresql://{self.name}:{self.password}@{place}/{asked['NAME']}"

    def connect(self) -> psycopg.Connection:
        asked = connection.settings_dict
        return psycopg.connect(
            host=asked["HOST"] or None,
            port=asked["PORT"] or None,
            dbname=asked["NAME"],
            user=self.name,
            password=self.password,
            autocommit=True,
        )

    def refused(self, statement: str) -> str:
        """What the database answers; empty when it obeyed. A new connection each time."""
        with self.connect() as link:
            assert link.execute("SELECT session_user, current_user").fetchone() == (self.name, self.name)
            try:
                with link.transaction():
                    link.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    link.execute(statement)
            except psycopg.Error as error:
                return f"{type(error).__name__}: {error}"
        return ""


@dataclass(frozen=True)
class Pair:
    serving: Login
    sealer: Login
    heads: Path

    def run(self, program: str) -> subprocess.CompletedProcess[str]:
        """A process of production, given the two addresses and no other right."""
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        given = {"DATABASE_URL": self.serving.url, "AUDIT_SEALER_DATABASE_URL": self.sealer.url}
        return subprocess.run(
            [sys.executable, "-c", PROGRAM + program],
            cwd=HOME,
            env={**environment, **GOOD, **given, "AUDIT_HEADS_DIR": str(self.heads)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def logins(transactional_db: None, tmp_path: Path) -> Iterator[Pair]:
    """Two logins of this test, made as bin/create_logins.sh makes them, granted by `grant_roles`."""
    # Roles belong to the server, not to the test's database: parallel workers must not share them.
    suffix = secrets.token_hex(4)
    serving, sealer = (
        Login(f"login_{part}_{suffix}", secrets.token_hex(12)) for part in ("serving", "sealer")
    )
    with connection.cursor() as cursor:
        for login in (serving, sealer):
            cursor.execute(f"CREATE ROLE {login.name} LOGIN PASSWORD '{login.password}'")
    grant(connection, logins=Logins(serving=serving.name, sealer=sealer.name))
    yield Pair(serving, sealer, tmp_path)
    with connection.cursor() as cursor:
        for login in (serving, sealer):
            cursor.execute(f"DROP OWNED BY {login.name}")
            cursor.execute(f"DROP ROLE {login.name}")


@pytest.fixture
def organisation_key(transactional_db: None) -> int:
    return make_organisation().pk


def test_production_writes_with_one_login_and_seals_with_the_other(
    logins: Pair, organisation_key: int
) -> None:
    told = logins.run(
        f"record(Organisation.objects.get(pk={organisation_key}), 'act', actor=system_actor('essai'))\n"
        + SEALING
    )
    assert told.stdout == SEALED, told.stderr[-2000:]
    assert (AuditEvent.objects.count(), AuditSeal.objects.count()) == (1, 1)
    assert len(list(logins.heads.iterdir())) == 1


def test_the_serving_login_cannot_take_the_sealers_place(logins: Pair, organisation_key: int) -> None:
    """Neither by configuration, which production refuses, nor by a statement of its own."""
    told = Pair(logins.serving, logins.serving, logins.heads).run(SEALING)
    assert "uses the same login as another database address" in told.stderr
    record_one(organisation_key)
    columns = "(seq, event_id, prev_hash, hash, sealed_at)"
    forged = f"INSERT INTO audit_auditseal {columns} SELECT 1, id, 'x', 'y', now() FROM audit_auditevent"
    assert "InsufficientPrivilege" in logins.serving.refused(forged)
    assert "InsufficientPrivilege" in logins.serving.refused(f"SET ROLE {logins.sealer.name}")
    assert AuditSeal.objects.count() == 0


def record_one(organisation_key: int) -> None:
    from marketplace.accounts.models import Organisation

    record(Organisation.objects.get(pk=organisation_key), "act", actor=system_actor("essai"))


def test_neither_login_rewrites_what_is_written(logins: Pair, organisation_key: int) -> None:
    record_one(organisation_key)
    assert logins.run(SEALING).stdout == SEALED
    before = contents()
    for login in (logins.serving, logins.sealer):
        for table in JOURNAL:
            for statement in (
                f"UPDATE {table} SET {first_column(table)} = {first_column(table)}",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
                f"ALTER TABLE {table} DISABLE TRIGGER ALL",
                f"DROP TABLE {table} CASCADE",
                f"SET session_replication_role = replica; DELETE FROM {table}",
            ):
                assert "InsufficientPrivilege" in login.refused(statement), (login.name, statement)
    assert contents() == before


def contents() -> list[list[tuple[object, ...]]]:
    with connection.cursor() as cursor:
        found = []
        for table in JOURNAL:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            found.append(cursor.fetchall())
    assert all(found)
    return found


def first_column(table: str) -> str:
    with connection.cursor() as cursor:
        return str(connection.introspection.get_table_description(cursor, table)[0].name)


def test_the_sealer_reads_the_journal_alone_and_writes_no_event(logins: Pair, organisation_key: int) -> None:
    record_one(organisation_key)
    assert logins.sealer.refused("SELECT count(*) FROM audit_auditevent") == ""
    for statement in (
        "SELECT email FROM accounts_user",
        "SELECT actor_label FROM audit_auditside",
        "INSERT INTO audit_auditevent SELECT * FROM audit_auditevent",
    ):
        assert "InsufficientPrivilege" in logins.sealer.refused(statement), statement


def test_a_wrong_password_opens_nothing(logins: Pair) -> None:
    """On a server that asks for one: the embedded PostgreSQL does, a machine's may trust its own users."""
    if "EMBEDDED_DATABASE_URL" not in os.environ:
        pytest.skip("the machine's PostgreSQL decides itself whom it trusts")
    stranger = Login(logins.serving.name, "faux")
    with pytest.raises(psycopg.OperationalError, match="password"):
        stranger.connect()
