"""The signed acts of a derogation are evidence: the database refuses to change or delete them."""

from django.db import migrations

TABLE = "procurement_derogationact"


class Migration(migrations.Migration):
    dependencies = [("procurement", "0004_order_lines_frozen")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION procurement_refuse_change();",
            f"DROP TRIGGER {TABLE}_append_only ON {TABLE};",
        ),
    ]
