"""What the tables stand on: periods of one contract's statements may not overlap (`btree_gist`, trusted)."""

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [BtreeGistExtension()]
