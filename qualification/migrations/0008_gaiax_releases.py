from django.db import migrations

APPEND_ONLY = ("gaiaxrelease", "releaseuse", "releasetrial")
ROW = (
    "CREATE TRIGGER {0}_append_only BEFORE UPDATE OR DELETE ON qualification_{0} "
    "FOR EACH ROW EXECUTE FUNCTION qualification_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("qualification", "0007_messages_kept")]
    operations = [
        migrations.RunSQL(
            "\n".join(ROW.format(table) for table in APPEND_ONLY),
            "\n".join(f"DROP TRIGGER {table}_append_only ON qualification_{table};" for table in APPEND_ONLY),
        ),
    ]
