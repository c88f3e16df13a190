"""Nobody instructs a dossier without having declared that they have no link with its supplier."""

from django.db import migrations

DECLARED = """
CREATE FUNCTION qualification_officer_declared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.officer_id IS NULL OR (TG_OP = 'UPDATE' AND NEW.officer_id IS NOT DISTINCT FROM OLD.officer_id) THEN
    RETURN NEW;
  END IF;
  IF COALESCE((SELECT has_interest FROM qualification_interestdeclaration
               WHERE dossier_id = NEW.id AND user_id = NEW.officer_id ORDER BY id DESC LIMIT 1), true) THEN
    RAISE EXCEPTION 'officer % has not declared to have no link, dossier %', NEW.officer_id, NEW.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER dossier_officer_declared BEFORE INSERT OR UPDATE OF officer_id ON qualification_dossier
  FOR EACH ROW EXECUTE FUNCTION qualification_officer_declared();
"""
UNDONE = """
DROP TRIGGER dossier_officer_declared ON qualification_dossier;
DROP FUNCTION qualification_officer_declared();
"""


class Migration(migrations.Migration):
    dependencies = [("qualification", "0004_programmes")]
    operations = [
        migrations.RunSQL(DECLARED, UNDONE),
    ]
