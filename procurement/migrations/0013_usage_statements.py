from django.db import migrations

FREEZE = """
CREATE FUNCTION procurement_usage_line_attested() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    concerned bigint := COALESCE(NEW.statement_id, OLD.statement_id);
BEGIN
    IF EXISTS (
        SELECT 1 FROM procurement_usagestatement
        WHERE id = concerned AND state IN ('attested', 'certified')
    ) THEN
        RAISE EXCEPTION 'a line of an attested statement does not change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER procurement_usage_line_attested
    BEFORE INSERT OR UPDATE OR DELETE ON procurement_usageline
    FOR EACH ROW EXECUTE FUNCTION procurement_usage_line_attested();
"""
THAW = """
DROP TRIGGER procurement_usage_line_attested ON procurement_usageline;
DROP FUNCTION procurement_usage_line_attested();
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0012_consultations")]
    operations = [
        migrations.RunSQL(FREEZE, THAW),
    ]
