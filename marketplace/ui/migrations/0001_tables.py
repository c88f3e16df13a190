import django.utils.timezone
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
                    name='UsedToken',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=100, unique=True)),
                        ('location', models.CharField(blank=True, max_length=500)),
                        ('used_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name='VisitorSends',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('place', models.CharField(max_length=64)),
                        ('starts_at', models.DateTimeField(db_index=True)),
                        ('sends', models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('place', 'starts_at'), name='visitor_sends_once', violation_error_message='Cette minute est déjà comptée.')],
                    },
                ),
            ],
        ),
    ]
