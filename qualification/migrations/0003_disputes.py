from django.db import migrations

# A dispute is never deleted, and changes no more once answered.
KEPT = """
CREATE TRIGGER dispute_kept BEFORE DELETE ON qualification_dispute
  FOR EACH ROW EXECUTE FUNCTION qualification_refuse_change();
CREATE TRIGGER dispute_answered_once BEFORE UPDATE ON qualification_dispute
  FOR EACH ROW WHEN (OLD.state <> 'lodged') EXECUTE FUNCTION qualification_refuse_change();
"""
NOT_KEPT = """
DROP TRIGGER dispute_answered_once ON qualification_dispute;
DROP TRIGGER dispute_kept ON qualification_dispute;
"""


class Migration(migrations.Migration):
    dependencies = [("qualification", "0002_triggers")]
    operations = [
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
