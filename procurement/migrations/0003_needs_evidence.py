"""Opinions, decisions and frozen lists are evidence: the database refuses to change or delete them."""

from django.db import migrations

TABLES = (
    "procurement_opinion",
    "procurement_sensitivitydecision",
    "procurement_eligibilitylist",
    "procurement_eligibilityrow",
)
REFUSE = """
CREATE FUNCTION procurement_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def trigger(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION procurement_refuse_change();"
    )


class Migration(migrations.Migration):
    dependencies = [("procurement", "0002_tables")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION procurement_refuse_change();"),
        *(
            migrations.RunSQL(trigger(table), f"DROP TRIGGER {table}_append_only ON {table};")
            for table in TABLES
        ),
    ]
