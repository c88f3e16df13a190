"""At most thirty offers kept for a project, and in a list once frozen, whoever writes them."""

from django.db import migrations

LIMIT = """
-- Two writers of one parent wait for one another, then each counts what the
-- other committed.
CREATE FUNCTION procurement_thirty_at_most() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kept bigint;
BEGIN
  IF TG_TABLE_NAME = 'procurement_shortlistentry' THEN
    PERFORM 1 FROM procurement_project WHERE id = NEW.project_id FOR NO KEY UPDATE;
    SELECT count(*) INTO kept FROM procurement_shortlistentry WHERE project_id = NEW.project_id;
  ELSE
    PERFORM 1 FROM procurement_eligibilitylist WHERE id = NEW.eligibility_list_id FOR NO KEY UPDATE;
    SELECT count(*) INTO kept FROM procurement_eligibilityrow
      WHERE eligibility_list_id = NEW.eligibility_list_id AND shortlisted;
  END IF;
  IF kept >= 30 THEN
    RAISE EXCEPTION 'a shortlist holds at most 30 offers'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'shortlist_thirty';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER shortlist_thirty BEFORE INSERT OR UPDATE OF project_id ON procurement_shortlistentry
  FOR EACH ROW EXECUTE FUNCTION procurement_thirty_at_most();
CREATE TRIGGER frozen_shortlist_thirty BEFORE INSERT ON procurement_eligibilityrow
  FOR EACH ROW WHEN (NEW.shortlisted) EXECUTE FUNCTION procurement_thirty_at_most();
"""
UNLIMIT = """
DROP TRIGGER frozen_shortlist_thirty ON procurement_eligibilityrow;
DROP TRIGGER shortlist_thirty ON procurement_shortlistentry;
DROP FUNCTION procurement_thirty_at_most();
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0005_derogation_acts_kept")]
    operations = [
        migrations.RunSQL(LIMIT, UNLIMIT),
    ]
