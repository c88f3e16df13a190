import django.db.models.deletion
from django.db import migrations, models

# Releases are only added (a trigger): the process of those that left is written once, here.
FILL = """
ALTER TABLE procurement_publicationrelease DISABLE TRIGGER procurement_publicationrelease_kept;
UPDATE procurement_publicationrelease AS release SET ocid = of.ocid
  FROM procurement_publication AS of WHERE of.id = release.publication_id;
ALTER TABLE procurement_publicationrelease ENABLE TRIGGER procurement_publicationrelease_kept;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("procurement", "0020_need_of_the_list"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="publicationrelease",
            name="publication_release_once",
        ),
        migrations.AlterField(
            model_name="publication",
            name="ocid",
            field=models.CharField(db_index=True, max_length=60, verbose_name="ocid"),
        ),
        migrations.AddField(
            model_name="publicationrelease",
            name="ocid",
            field=models.CharField(default="", max_length=60, verbose_name="ocid"),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="publicationrelease",
            name="consultation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="procurement.consultation",
            ),
        ),
        migrations.AlterField(
            model_name="publicationrelease",
            name="publication",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="procurement.publication",
            ),
        ),
        migrations.AddConstraint(
            model_name="publicationrelease",
            constraint=models.UniqueConstraint(
                fields=("ocid", "rank"),
                name="publication_release_once",
                violation_error_message="Ce processus porte déjà ce rang.",
            ),
        ),
        migrations.AddConstraint(
            model_name="publicationrelease",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("publication__isnull", True), ("consultation__isnull", True), _connector="XOR"
                ),
                name="publication_release_one_source",
                violation_error_message="Une publication OCDS vient d’une consultation ou d’un marché.",
            ),
        ),
    ]
