"""What each database login is refused, tried as that login."""

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from marketplace.devtools.grants import Logins, grant

LOGINS = Logins(serving="test_serving_login", sealer="test_sealer_login")


@pytest.fixture
def logins(db):
    """Roles are made and granted in the test's transaction, so they go with it."""
    with connection.cursor() as cursor:
        for login in (LOGINS.serving, LOGINS.sealer):
            cursor.execute(f"CREATE ROLE {login} NOLOGIN")
    grant(connection, logins=LOGINS)
    grant(connection, logins=LOGINS)
    return LOGINS


def run_as(login: str, statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {login}")
        cursor.execute(statement)
        cursor.execute("RESET ROLE")


def refused(login: str, statement: str) -> bool:
    try:
        run_as(login, statement)
    except ProgrammingError as error:
        assert isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege), error
        return True
    return False


JOURNAL = ("audit_auditevent", "audit_auditseal", "audit_audithead")


@pytest.mark.parametrize("table", JOURNAL)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "DROP TABLE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} OWNER TO CURRENT_USER",
    ],
)
def test_no_login_but_the_owner_rewrites_the_journal(logins, table, statement):
    for login in (logins.serving, logins.sealer):
        assert refused(login, statement.format(table).replace(" id = id", f" {column_of(table)}")), login


def column_of(table: str) -> str:
    with connection.cursor() as cursor:
        column = connection.introspection.get_table_description(cursor, table)[0].name
    return f"{column} = {column}"


@pytest.mark.parametrize("table", ["audit_auditseal", "audit_audithead"])
def test_only_the_sealer_appends_to_the_chain(logins, table):
    with connection.cursor() as cursor:
        for login, expected in ((logins.serving, False), (logins.sealer, True)):
            cursor.execute("SELECT has_table_privilege(%s, %s, 'INSERT')", [login, table])
            assert cursor.fetchone() == (expected,)
    assert not refused(logins.serving, f"SELECT count(*) FROM {table}")


def test_the_sealer_sees_nothing_but_the_journal(logins):
    assert not refused(logins.sealer, "SELECT count(*) FROM audit_auditevent")
    for table in ("accounts_user", "audit_auditside", "catalog_offer"):
        assert refused(logins.sealer, f"SELECT count(*) FROM {table}"), table


def test_the_serving_login_works_on_every_other_table_and_owns_none(logins):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, has_table_privilege(%s, oid, 'SELECT'), pg_get_userbyid(relowner) FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
            [logins.serving],
        )
        rows = cursor.fetchall()
    assert len(rows) > 30
    assert [name for name, readable, _ in rows if not readable] == []
    assert [name for name, _, owner in rows if owner in (logins.serving, logins.sealer)] == []


def test_the_serving_login_makes_and_migrates_nothing(logins):
    assert refused(logins.serving, "CREATE TABLE public.mine (id int)")
    assert refused(
        logins.serving, "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())"
    )
    assert refused(logins.serving, "TRUNCATE accounts_user CASCADE")
