from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_price_line_prorata")]
    operations = [
        migrations.AddField(
            model_name="offer",
            name="corrections",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
