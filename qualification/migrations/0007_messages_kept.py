"""What was said about a requirement is not unsaid."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("qualification", "0006_projects")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER dossiermessage_append_only BEFORE UPDATE OR DELETE ON qualification_dossiermessage "
            "FOR EACH ROW EXECUTE FUNCTION qualification_refuse_change();",
            "DROP TRIGGER dossiermessage_append_only ON qualification_dossiermessage;",
        ),
    ]
