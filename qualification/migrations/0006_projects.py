from django.db import migrations

# As for applications; what the operator saw is corrected by another row, never rewritten.
KEPT = """
CREATE TRIGGER project_proposal_in_time BEFORE UPDATE ON qualification_projectproposal
  FOR EACH ROW WHEN (OLD.state = 'draft' AND NEW.state = 'sent') EXECUTE FUNCTION qualification_refuse_late();
CREATE TRIGGER target_result_append_only BEFORE UPDATE OR DELETE ON qualification_targetresult
  FOR EACH ROW EXECUTE FUNCTION qualification_refuse_change();
"""
NOT_KEPT = """
DROP TRIGGER target_result_append_only ON qualification_targetresult;
DROP TRIGGER project_proposal_in_time ON qualification_projectproposal;
"""


class Migration(migrations.Migration):
    dependencies = [("qualification", "0005_officer_declared")]
    operations = [
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
