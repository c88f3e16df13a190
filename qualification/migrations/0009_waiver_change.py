"""A waiver is published with its offer: who copies the catalogue is told when one begins or ends."""

from django.db import migrations

NOTED = """
CREATE TRIGGER waiver_accepted_change AFTER UPDATE ON qualification_waiver
  FOR EACH ROW WHEN (NEW.accepted AND (
    OLD.accepted IS DISTINCT FROM NEW.accepted OR OLD.ended_at IS DISTINCT FROM NEW.ended_at))
  EXECUTE FUNCTION catalog_note_related('offer_id', 'id', 'changed');
"""
UNNOTED = "DROP TRIGGER waiver_accepted_change ON qualification_waiver;"


class Migration(migrations.Migration):
    dependencies = [("qualification", "0008_gaiax_releases")]
    operations = [
        migrations.RunSQL(NOTED, UNNOTED),
    ]
