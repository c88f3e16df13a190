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
                    name='NumberSeries',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=40, unique=True)),
                        ('last', models.PositiveIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name='ReferenceRelease',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=60, verbose_name='nom')),
                        ('edition', models.CharField(max_length=40, verbose_name='édition')),
                        ('sha256', models.CharField(max_length=64, verbose_name='empreinte')),
                        ('in_force_from', models.DateField(verbose_name='en vigueur depuis le')),
                        ('read_on', models.DateField(blank=True, null=True, verbose_name='lu le')),
                        ('source', models.CharField(blank=True, max_length=500, verbose_name='source')),
                        ('payload', models.JSONField(verbose_name='contenu')),
                        ('loaded_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('called_back_at', models.DateTimeField(blank=True, null=True, verbose_name='rappelé le')),
                    ],
                    options={
                        'ordering': ['name', '-in_force_from'],
                        'constraints': [models.UniqueConstraint(fields=('name', 'edition', 'sha256'), name='reference_release_once', violation_error_message='Cette édition est déjà chargée.')],
                    },
                ),
            ],
        ),
    ]
