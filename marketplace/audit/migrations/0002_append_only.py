"""Triggers, not grants alone: they hold for every role that may write, the owner's excepted.

Plain functions: no session variable lets anybody through.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""

TABLES = {
    "audit_auditevent": "UPDATE OR DELETE",
    "audit_auditseal": "UPDATE OR DELETE",
    "audit_audithead": "UPDATE OR DELETE",
    # DELETE is how a person is erased.
    "audit_auditside": "UPDATE",
}


def create() -> str:
    parts = [REFUSE]
    for table, operations in TABLES.items():
        parts.append(
            f"CREATE TRIGGER {table}_rows BEFORE {operations} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse();\n"
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();"
        )
    return "\n".join(parts)


def drop() -> str:
    parts = [
        f"DROP TRIGGER {table}_rows ON {table};\nDROP TRIGGER {table}_truncate ON {table};" for table in TABLES
    ]
    return "\n".join([*parts, "DROP FUNCTION audit_refuse();"])


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_tables")]
    operations = [
        migrations.RunSQL(create(), drop()),
    ]
