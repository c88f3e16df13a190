"""What no code may undo: findings, proposals, decisions, and a check's result once written."""

from django.db import migrations

APPEND_ONLY = ("finding", "proposal", "decision", "appeal", "interestdeclaration")

RESULTS = """
CREATE FUNCTION qualification_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION qualification_refuse_second_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.verdict <> '' THEN
    RAISE EXCEPTION 'the result of check run % is written', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_run_result_once BEFORE UPDATE OR DELETE ON qualification_checkrun
  FOR EACH ROW EXECUTE FUNCTION qualification_refuse_second_result();
"""
NO_RESULTS = """
DROP TRIGGER check_run_result_once ON qualification_checkrun;
DROP FUNCTION qualification_refuse_second_result();
DROP FUNCTION qualification_refuse_change();
"""
ROW = (
    "CREATE TRIGGER {0}_append_only BEFORE UPDATE OR DELETE ON qualification_{0} "
    "FOR EACH ROW EXECUTE FUNCTION qualification_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("qualification", "0001_tables")]
    operations = [
        migrations.RunSQL(RESULTS, NO_RESULTS),
        migrations.RunSQL(
            "\n".join(ROW.format(table) for table in APPEND_ONLY),
            "\n".join(f"DROP TRIGGER {table}_append_only ON qualification_{table};" for table in APPEND_ONLY),
        ),
    ]
