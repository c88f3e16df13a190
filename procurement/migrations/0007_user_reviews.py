from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("procurement", "0006_shortlist_thirty")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER procurement_reviewedition_append_only BEFORE UPDATE OR DELETE"
            " ON procurement_reviewedition FOR EACH ROW EXECUTE FUNCTION procurement_refuse_change();",
            "DROP TRIGGER procurement_reviewedition_append_only ON procurement_reviewedition;",
        ),
    ]
