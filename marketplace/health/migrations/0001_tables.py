import marketplace.first_tables
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        marketplace.first_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='WorkerProbe',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('executed_at', models.DateTimeField(verbose_name='exécutée le')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='health_one_probe', violation_error_message='Il n’y a qu’une sonde.')],
                    },
                ),
            ],
        ),
    ]
