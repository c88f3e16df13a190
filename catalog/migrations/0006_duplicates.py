from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_search_index")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX catalog_offer_name_trgm ON catalog_offer USING gin (name gin_trgm_ops)",
            "DROP INDEX catalog_offer_name_trgm",
        ),
        migrations.RunSQL(
            r"""CREATE INDEX catalog_offer_site ON catalog_offer
                (regexp_replace(lower(website), '^https?://(www\.)?|/+$', '', 'g')) WHERE website <> ''""",
            "DROP INDEX catalog_offer_site",
        ),
    ]
