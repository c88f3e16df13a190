import django.db.models.deletion
import django.utils.timezone
import marketplace.first_tables
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        marketplace.first_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='DomainEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('kind', models.CharField(db_index=True, max_length=60)),
                        ('payload', models.JSONField(default=dict)),
                        ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        'ordering': ['pk'],
                    },
                ),
                migrations.CreateModel(
                    name='EventDelivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('lease_state', models.CharField(choices=[('due', 'À faire'), ('running', 'En cours'), ('done', 'Fait'), ('dead', 'Abandonné')], default='due', max_length=10)),
                        ('attempt', models.PositiveIntegerField(default=0)),
                        ('token', models.CharField(blank=True, max_length=32)),
                        ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('lease_until', models.DateTimeField(blank=True, null=True)),
                        ('sent_at', models.DateTimeField(blank=True, null=True)),
                        ('done_at', models.DateTimeField(blank=True, null=True)),
                        ('last_error', models.TextField(blank=True)),
                        ('consumer', models.CharField(max_length=80)),
                        ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='events.domainevent')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('lease_state__in', ['due', 'running'])), fields=['due_at'], name='event_delivery_open')],
                        'constraints': [models.UniqueConstraint(fields=('event', 'consumer'), name='event_delivery_once', violation_error_message='Cet événement est déjà remis à ce destinataire.')],
                    },
                ),
            ],
        ),
    ]
