"""What the tables stand on: two extensions, the French text configuration, the sequences of public numbers.

`unaccent` and `pg_trgm` are trusted extensions since PostgreSQL 13: the owner of the database may create them.
"""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

SEQUENCES = ("catalog_offer_number_seq", "catalog_supplier_number_seq", "catalog_search_seq")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(
            """
            CREATE TEXT SEARCH CONFIGURATION catalog_french (COPY = pg_catalog.french);
            ALTER TEXT SEARCH CONFIGURATION catalog_french
              ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part
              WITH unaccent, french_stem;
            """,
            "DROP TEXT SEARCH CONFIGURATION catalog_french",
        ),
        *(
            migrations.RunSQL(f"CREATE SEQUENCE {name}", f"DROP SEQUENCE {name}")
            for name in SEQUENCES
        ),
    ]
