import django.contrib.postgres.indexes
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
                    name='AuditEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                        ('what', models.CharField(max_length=60)),
                        ('object_type', models.CharField(max_length=60)),
                        ('object_id', models.BigIntegerField()),
                        ('object_number', models.CharField(blank=True, max_length=40)),
                        ('from_state', models.CharField(blank=True, max_length=40)),
                        ('to_state', models.CharField(blank=True, max_length=40)),
                        ('actor_kind', models.CharField(max_length=20)),
                        ('user_id', models.BigIntegerField(null=True)),
                        ('organisation_id', models.BigIntegerField(db_index=True, null=True)),
                        ('concerned_ids', models.JSONField(default=list)),
                        ('side_commitment', models.CharField(max_length=64)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['object_type', 'object_id'], name='audit_event_object'), models.Index(fields=['user_id'], name='audit_event_user'), django.contrib.postgres.indexes.GinIndex(fields=['concerned_ids'], name='audit_event_concerned', opclasses=['jsonb_path_ops'])],
                    },
                ),
                migrations.CreateModel(
                    name='AuditHead',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.BigIntegerField(unique=True)),
                        ('hash', models.CharField(max_length=64)),
                        ('key_id', models.CharField(max_length=40)),
                        ('signature', models.TextField()),
                        ('signed_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        'ordering': ['seq'],
                    },
                ),
                migrations.CreateModel(
                    name='AuditSeal',
                    fields=[
                        ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('prev_hash', models.CharField(max_length=64)),
                        ('hash', models.CharField(max_length=64, unique=True)),
                        ('sealed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seal', to='audit.auditevent')),
                    ],
                    options={
                        'ordering': ['seq'],
                    },
                ),
                migrations.CreateModel(
                    name='AuditVerification',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('verified', models.BigIntegerField()),
                        ('broken_seq', models.BigIntegerField(blank=True, null=True)),
                        ('broken_at', models.DateTimeField(blank=True, null=True)),
                        ('problems', models.JSONField(default=list)),
                    ],
                    options={
                        'ordering': ['-at', '-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='AuditSide',
                    fields=[
                        ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='side', serialize=False, to='audit.auditevent')),
                        ('salt', models.CharField(max_length=64)),
                        ('actor_label', models.CharField(blank=True, max_length=200)),
                        ('ip', models.CharField(blank=True, max_length=45)),
                        ('reason', models.TextField(blank=True)),
                        ('detail', models.JSONField(default=dict)),
                    ],
                ),
            ],
        ),
    ]
