from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

# Old changes keep their order, under any number that the new cluster gives from now on.
RENUMBER = """
UPDATE catalog_change SET xid = settled.rank::text::xid8
  FROM (SELECT id, dense_rank() OVER (ORDER BY xid) AS rank FROM catalog_change) settled
 WHERE settled.id = catalog_change.id
"""
# Each turn uses one transaction number up.
USE_UP = """
DO $$ BEGIN
  WHILE pg_current_xact_id() <= (SELECT xid FROM catalog_change ORDER BY xid DESC LIMIT 1) LOOP
    COMMIT;
  END LOOP;
END $$
"""


class Command(BaseCommand):
    """Run once as the owner, before the web starts, after `pg_restore` into another PostgreSQL."""

    help = "Renumérote les changements du catalogue après une restauration dans un autre PostgreSQL."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE catalog_change DISABLE TRIGGER change_append_only")
            # Two numbers meet for a moment while rows are rewritten.
            cursor.execute("DROP INDEX change_once_a_transaction")
            cursor.execute(RENUMBER)
            changed = cursor.rowcount
            cursor.execute(
                "CREATE UNIQUE INDEX change_once_a_transaction ON catalog_change (xid, offer_id, kind)"
                " WHERE fact_id IS NULL"
            )
            cursor.execute("ALTER TABLE catalog_change ENABLE TRIGGER change_append_only")
        with connection.cursor() as cursor:
            cursor.execute(USE_UP)
        self.stdout.write(f"{changed} changements renumérotés.")
