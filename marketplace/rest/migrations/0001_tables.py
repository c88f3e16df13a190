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
                    name='IdempotencyKey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('principal', models.CharField(max_length=60)),
                        ('key', models.CharField(max_length=200)),
                        ('operation', models.CharField(max_length=300)),
                        ('body_sha256', models.CharField(max_length=64)),
                        ('status', models.PositiveSmallIntegerField()),
                        ('headers', models.JSONField(default=dict)),
                        ('answer', models.TextField()),
                        ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('principal', 'key'), name='idempotency_key_once', violation_error_message='Cette clé a déjà servi.')],
                    },
                ),
            ],
        ),
    ]
