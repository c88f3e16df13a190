import django.db.models.deletion
import django.utils.timezone
import marketplace.first_tables
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_tables'),
    ]

    operations = [
        marketplace.first_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='StoredFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('name', models.CharField(max_length=200, verbose_name='nom')),
                        ('media_type', models.CharField(max_length=100, verbose_name='type')),
                        ('size', models.PositiveBigIntegerField(verbose_name='taille (octets)')),
                        ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='empreinte')),
                        ('scan_state', models.CharField(choices=[('unscanned', 'Non analysé'), ('waiting', 'En attente'), ('clean', 'Sain'), ('infected', 'Refusé')], default='unscanned', max_length=10, verbose_name='analyse')),
                        ('scanned_at', models.DateTimeField(blank=True, null=True, verbose_name='analysé le')),
                        ('scan_finding', models.CharField(blank=True, max_length=200, verbose_name='ce que l’analyse a trouvé')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('keep_until', models.DateField(blank=True, null=True, verbose_name='à garder jusqu’au')),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                        ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-created_at', '-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='FileAccess',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accesses', to='files.storedfile')),
                    ],
                    options={
                        'ordering': ['-at', '-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='FileScan',
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
                        ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='scan', to='files.storedfile')),
                    ],
                    options={
                        'ordering': ['pk'],
                        'indexes': [models.Index(condition=models.Q(('lease_state__in', ['due', 'running'])), fields=['due_at'], name='file_scan_open')],
                    },
                ),
            ],
        ),
    ]
