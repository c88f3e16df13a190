from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0016_saved_searches")]
    operations = [
        migrations.AddField("offersearchrow", "card_html", models.TextField(blank=True, default="")),
        migrations.AddField(
            "offersearchrow", "card_edition", models.CharField(blank=True, default="", max_length=16)
        ),
        migrations.AddField("offersearchrow", "card_until", models.DateField(null=True)),
    ]
