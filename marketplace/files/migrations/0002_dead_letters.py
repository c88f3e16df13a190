"""What was given up is found without reading what was done."""

from django.db import migrations, models


def dead(model: str, table: str, name: str) -> migrations.RunSQL:
    """Django's `AddIndex` would render every related model again, in each new database."""
    index = models.Index(fields=["id"], name=name, condition=models.Q(lease_state="dead"))
    return migrations.RunSQL(
        f"CREATE INDEX {name} ON {table} (id) WHERE lease_state = 'dead';",
        f"DROP INDEX {name};",
        state_operations=[migrations.AddIndex(model_name=model, index=index)],
    )


class Migration(migrations.Migration):
    dependencies = [("files", "0001_tables")]
    operations = [
        dead("filescan", "files_filescan", "file_scan_dead"),
    ]
