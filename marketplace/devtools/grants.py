"""What each database login may do. The owner owns every table; the others own nothing.

The serving login cannot rewrite the journal, and only the sealer appends to the sealed chain.
"""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")
# What differs from EVERYTHING for the serving login.
SERVING = {
    "django_migrations": ("SELECT",),
    "audit_auditevent": ("SELECT", "INSERT"),
    "audit_auditside": ("SELECT", "INSERT", "DELETE"),
    "audit_auditseal": ("SELECT",),
    "audit_audithead": ("SELECT",),
}
SEALER = {
    "audit_auditevent": ("SELECT",),
    "audit_auditseal": ("SELECT", "INSERT"),
    "audit_audithead": ("SELECT", "INSERT"),
}


@dataclass(frozen=True)
class Logins:
    serving: str
    sealer: str


def grant(connection: BaseDatabaseWrapper, *, logins: Logins) -> None:
    """Run as the owner. Safe to run twice; to run after each migration, for the tables it made.

    When one login plays two parts (a development database), nothing is taken from the owner.
    """
    owner = str(connection.settings_dict["USER"])
    for login in {logins.serving, logins.sealer} - {owner}:
        _run(connection, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}", login)
        _run(connection, "GRANT USAGE ON SCHEMA public TO {}", login)
        _run(connection, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", login)
    tables = sorted(connection.introspection.table_names())
    if logins.serving != owner:
        for table in tables:
            _allow(connection, SERVING.get(table, EVERYTHING), table=table, login=logins.serving)
        open_broker(connection, login=logins.serving)
    if logins.sealer != owner:
        for table in tables:
            _allow(connection, SEALER.get(table, ()), table=table, login=logins.sealer)


def open_broker(connection: BaseDatabaseWrapper, *, login: str) -> None:
    """Send and read; the queues are made by the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'")
        if cursor.fetchone() is None:
            return
    _run(connection, "GRANT USAGE ON SCHEMA pgmq TO {}", login)
    _run(connection, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgmq TO {}", login)
    _run(connection, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA pgmq TO {}", login)


def _allow(connection: BaseDatabaseWrapper, rights: tuple[str, ...], *, table: str, login: str) -> None:
    if rights:
        _run(connection, f"GRANT {', '.join(rights)} ON {{}} TO {{}}", table, login)


def _run(connection: BaseDatabaseWrapper, statement: str, *names: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
