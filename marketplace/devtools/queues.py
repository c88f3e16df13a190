"""The broker on PostgreSQL: pgmq's tables and functions, and our queues, made by the owner."""

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

# kombu declares every queue at each start, which only the owner may do: a known queue is left alone.
CREATE_UNLESS_KNOWN = """
CREATE OR REPLACE FUNCTION pgmq.create(queue_name TEXT) RETURNS void AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pgmq.meta AS known WHERE known.queue_name = $1) THEN
        PERFORM pgmq.create_non_partitioned(queue_name);
    END IF;
END;
$$ LANGUAGE plpgsql
"""


def make_queues(connection: BaseDatabaseWrapper) -> None:
    """Run as the owner, in a transaction. Safe to run twice."""
    from pgmq.install import get_embedded_install_sql

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta')")
        if cursor.fetchone() == (None,):
            cursor.execute(get_embedded_install_sql())
        cursor.execute(CREATE_UNLESS_KNOWN)
        for queue in settings.QUEUES:
            cursor.execute("SELECT pgmq.create(%s)", [queue])
