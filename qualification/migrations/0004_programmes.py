from django.db import migrations

# The receipt's instant is within its call, by the database's own clock; what was told is not told otherwise.
KEPT = """
CREATE FUNCTION qualification_refuse_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.sent_at IS NULL OR abs(extract(epoch FROM clock_timestamp() - NEW.sent_at)) > 300
     OR NOT EXISTS (
       SELECT 1 FROM qualification_programmecall call
       WHERE call.id = NEW.call_id AND call.state = 'published'
         AND call.opens_at <= NEW.sent_at AND NEW.sent_at < call.closes_at) THEN
    RAISE EXCEPTION 'application % is not within its call', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER programme_application_in_time BEFORE UPDATE ON qualification_programmeapplication
  FOR EACH ROW WHEN (OLD.state = 'draft' AND NEW.state = 'sent') EXECUTE FUNCTION qualification_refuse_late();
CREATE TRIGGER application_milestone_append_only BEFORE UPDATE OR DELETE ON qualification_applicationmilestone
  FOR EACH ROW EXECUTE FUNCTION qualification_refuse_change();
CREATE TRIGGER progress_report_append_only BEFORE UPDATE OR DELETE ON qualification_progressreport
  FOR EACH ROW EXECUTE FUNCTION qualification_refuse_change();
"""
NOT_KEPT = """
DROP TRIGGER progress_report_append_only ON qualification_progressreport;
DROP TRIGGER application_milestone_append_only ON qualification_applicationmilestone;
DROP TRIGGER programme_application_in_time ON qualification_programmeapplication;
DROP FUNCTION qualification_refuse_late();
"""


class Migration(migrations.Migration):
    dependencies = [("qualification", "0003_disputes")]
    operations = [
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
