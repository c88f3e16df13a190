import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import marketplace.first_tables
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        marketplace.first_tables.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('email', models.EmailField(max_length=254, unique=True, verbose_name='adresse électronique')),
                        ('full_name', models.CharField(blank=True, max_length=150, verbose_name='nom')),
                        ('is_active', models.BooleanField(default=True, verbose_name='actif')),
                        ('date_joined', models.DateTimeField(default=django.utils.timezone.now)),
                        ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='effacée le')),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_ci', violation_error_message='Un compte existe déjà avec cette adresse.')],
                    },
                ),
                migrations.CreateModel(
                    name='Organisation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                        ('state_since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='dans cet état depuis')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('number', models.PositiveIntegerField(unique=True, verbose_name='numéro')),
                        ('state', models.CharField(choices=[('pending', 'À vérifier'), ('verified', 'Vérifiée'), ('rejected', 'Refusée'), ('closed', 'Fermée')], db_index=True, default='pending', max_length=40, verbose_name='état')),
                        ('kind', models.CharField(choices=[('state', 'Ministère ou service de l’État'), ('state_operator', 'Opérateur de l’État'), ('gip_listed', 'GIP désigné par décret'), ('gip', 'Autre groupement d’intérêt public'), ('local_authority', 'Collectivité territoriale'), ('health_establishment', 'Établissement de santé'), ('public_undertaking', 'Entreprise publique'), ('supplier', 'Fournisseur'), ('operator', 'Opérateur de la place de marché'), ('oversight', 'Contrôle')], max_length=30, verbose_name='nature')),
                        ('name', models.CharField(max_length=200, verbose_name='nom')),
                        ('identifier_scheme', models.CharField(choices=[('SIRET', 'SIRET'), ('SIREN', 'SIREN'), ('TVA', 'Numéro de TVA intracommunautaire'), ('TAHITI', 'TAHITI (Polynésie française)'), ('RIDET', 'RIDET (Nouvelle-Calédonie)'), ('FRWF', 'FRWF (Wallis-et-Futuna)'), ('IREP', 'IREP'), ('HORS-UE', 'Identifiant hors Union européenne')], default='SIRET', max_length=10, verbose_name='type d’identifiant')),
                        ('identifier', models.CharField(max_length=30, verbose_name='identifiant')),
                        ('service_code', models.CharField(blank=True, max_length=100, verbose_name='code service Chorus Pro')),
                        ('vat_territory', models.CharField(default='metropole', max_length=20, verbose_name='territoire de TVA')),
                        ('proof_kind', models.CharField(blank=True, max_length=100, verbose_name='preuve de vérification')),
                        ('proof_reference', models.CharField(blank=True, max_length=200, verbose_name='référence de la preuve')),
                        ('proof_date', models.DateField(blank=True, null=True, verbose_name='date de la preuve')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['name', 'pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['closed', 'pending', 'rejected', 'verified'])), name='organisation_state', violation_error_message='Cet état n’existe pas.'), models.UniqueConstraint(condition=models.Q(('state', 'verified')), fields=('identifier_scheme', 'identifier', 'service_code'), name='organisation_identifier_once_verified', violation_error_message='Une organisation vérifiée porte déjà cet identifiant.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'verified'), _negated=True), ('proof_date__isnull', False), _connector='OR'), name='organisation_verified_on_proof', violation_error_message='Une organisation est vérifiée sur une preuve datée.')],
                    },
                ),
                migrations.CreateModel(
                    name='Membership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('joined_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.organisation')),
                    ],
                    options={
                        'ordering': ['organisation__name', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('user', 'organisation'), name='membership_once', violation_error_message='Cette personne est déjà membre de l’organisation.')],
                    },
                ),
                migrations.CreateModel(
                    name='Invitation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                        ('state_since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='dans cet état depuis')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('state', models.CharField(choices=[('open', 'En attente'), ('accepted', 'Acceptée'), ('revoked', 'Annulée'), ('expired', 'Expirée')], db_index=True, default='open', max_length=40, verbose_name='état')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique')),
                        ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requester', 'Prescripteur'), ('security_officer', 'RSSI'), ('data_officer', 'DPO'), ('qualified_authority', 'Autorité qualifiée'), ('approver', 'Valideur'), ('purchasing', 'Service achats'), ('dnum', 'Direction du numérique'), ('authorising_officer', 'Ordonnateur'), ('finance', 'Gestionnaire financier'), ('organisation_admin', 'Administrateur de l’organisation'), ('supplier_editor', 'Rédacteur'), ('supplier_manager', 'Responsable'), ('curator', 'Modérateur'), ('qualification_officer', 'Instructeur'), ('decision_maker', 'Décideur'), ('programme_manager', 'Responsable de programme'), ('support', 'Assistance'), ('platform_admin', 'Administrateur de la plateforme'), ('auditor', 'Auditeur')], max_length=30), blank=True, default=list, size=None)),
                        ('token_sha256', models.CharField(max_length=64, unique=True)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('expires_at', models.DateTimeField()),
                        ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.organisation')),
                    ],
                    options={
                        'ordering': ['-created_at', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['accepted', 'expired', 'open', 'revoked'])), name='invitation_state', violation_error_message='Cet état n’existe pas.'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('organisation', 'email'), name='invitation_open_once', violation_error_message='Une invitation attend déjà cette adresse. Annulez-la avant d’en envoyer une autre.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), ('accepted_by__isnull', False), _connector='OR'), name='invitation_accepted_by_someone', violation_error_message='Une invitation acceptée l’est par une personne.')],
                    },
                ),
                migrations.CreateModel(
                    name='PublicEmailDomain',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('domain', models.CharField(max_length=253, verbose_name='domaine')),
                        ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                        ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='email_domains', to='accounts.organisation')),
                    ],
                    options={
                        'ordering': ['domain'],
                        'constraints': [models.UniqueConstraint(fields=('domain', 'organisation'), name='public_email_domain_once', violation_error_message='Ce domaine est déjà rattaché à cette organisation.'), models.CheckConstraint(condition=models.Q(('domain', django.db.models.functions.text.Lower('domain'))), name='public_email_domain_lower', violation_error_message='Écrivez le domaine en minuscules.')],
                    },
                ),
                migrations.CreateModel(
                    name='RoleGrant',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(choices=[('requester', 'Prescripteur'), ('security_officer', 'RSSI'), ('data_officer', 'DPO'), ('qualified_authority', 'Autorité qualifiée'), ('approver', 'Valideur'), ('purchasing', 'Service achats'), ('dnum', 'Direction du numérique'), ('authorising_officer', 'Ordonnateur'), ('finance', 'Gestionnaire financier'), ('organisation_admin', 'Administrateur de l’organisation'), ('supplier_editor', 'Rédacteur'), ('supplier_manager', 'Responsable'), ('curator', 'Modérateur'), ('qualification_officer', 'Instructeur'), ('decision_maker', 'Décideur'), ('programme_manager', 'Responsable de programme'), ('support', 'Assistance'), ('platform_admin', 'Administrateur de la plateforme'), ('auditor', 'Auditeur')], max_length=30, verbose_name='rôle')),
                        ('starts_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='à partir du')),
                        ('expires_on', models.DateField(blank=True, null=True, verbose_name='jusqu’au')),
                        ('granted_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('ceiling_eur_ht', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='plafond HT')),
                        ('delegation_reference', models.CharField(blank=True, max_length=200, verbose_name='arrêté de délégation')),
                        ('delegation_date', models.DateField(blank=True, null=True, verbose_name='date de la délégation')),
                        ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='accounts.membership')),
                        ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['role', 'pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('expires_on__isnull', True), ('expires_on__gte', models.F('starts_on')), _connector='OR'), name='role_grant_period', violation_error_message='La fin du rôle précède son début. Choisissez une date postérieure.'), models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('membership', 'role'), name='role_grant_once', violation_error_message='Cette personne a déjà ce rôle.'), models.CheckConstraint(condition=models.Q(('ceiling_eur_ht__isnull', True), ('ceiling_eur_ht__gte', 0), _connector='OR'), name='role_grant_ceiling_positive', violation_error_message='Le plafond ne peut pas être négatif.'), models.CheckConstraint(condition=models.Q(('confirmed_by', models.F('granted_by')), _negated=True), name='role_grant_confirmed_by_another', violation_error_message='Une autre personne que celle qui a donné le rôle doit le confirmer.')],
                    },
                ),
                migrations.CreateModel(
                    name='ServiceAccount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('name', models.CharField(max_length=100, verbose_name='nom')),
                        ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requester', 'Prescripteur'), ('security_officer', 'RSSI'), ('data_officer', 'DPO'), ('qualified_authority', 'Autorité qualifiée'), ('approver', 'Valideur'), ('purchasing', 'Service achats'), ('dnum', 'Direction du numérique'), ('authorising_officer', 'Ordonnateur'), ('finance', 'Gestionnaire financier'), ('organisation_admin', 'Administrateur de l’organisation'), ('supplier_editor', 'Rédacteur'), ('supplier_manager', 'Responsable'), ('curator', 'Modérateur'), ('qualification_officer', 'Instructeur'), ('decision_maker', 'Décideur'), ('programme_manager', 'Responsable de programme'), ('support', 'Assistance'), ('platform_admin', 'Administrateur de la plateforme'), ('auditor', 'Auditeur')], max_length=30), default=list, size=None)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('closed_at', models.DateTimeField(blank=True, null=True)),
                        ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='service_accounts', to='accounts.organisation')),
                    ],
                    options={
                        'ordering': ['name', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('organisation', 'name'), name='service_account_name_once', violation_error_message='Un compte de service porte déjà ce nom.')],
                    },
                ),
                migrations.CreateModel(
                    name='ApiToken',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('label', models.CharField(max_length=100, verbose_name='libellé')),
                        ('prefix', models.CharField(max_length=12)),
                        ('token_sha256', models.CharField(max_length=64, unique=True)),
                        ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requester', 'Prescripteur'), ('security_officer', 'RSSI'), ('data_officer', 'DPO'), ('qualified_authority', 'Autorité qualifiée'), ('approver', 'Valideur'), ('purchasing', 'Service achats'), ('dnum', 'Direction du numérique'), ('authorising_officer', 'Ordonnateur'), ('finance', 'Gestionnaire financier'), ('organisation_admin', 'Administrateur de l’organisation'), ('supplier_editor', 'Rédacteur'), ('supplier_manager', 'Responsable'), ('curator', 'Modérateur'), ('qualification_officer', 'Instructeur'), ('decision_maker', 'Décideur'), ('programme_manager', 'Responsable de programme'), ('support', 'Assistance'), ('platform_admin', 'Administrateur de la plateforme'), ('auditor', 'Auditeur')], max_length=30), blank=True, default=list, size=None)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('created_with_totp', models.BooleanField(default=False)),
                        ('expires_at', models.DateTimeField()),
                        ('last_used_at', models.DateTimeField(blank=True, null=True)),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('membership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='accounts.membership')),
                        ('service_account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='accounts.serviceaccount')),
                    ],
                    options={
                        'ordering': ['-created_at', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('membership__isnull', True), ('service_account__isnull', True), _connector='XOR'), name='api_token_one_holder', violation_error_message='Un jeton appartient à un membre ou à un compte de service.')],
                    },
                ),
            ],
        ),
    ]
