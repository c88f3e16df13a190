from django.conf import settings
from django.db import migrations, models

from marketplace.first_tables import Together


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_ceiling_basis'),
        ('catalog', '0008_corrections'),
        ('procurement', '0038_vehicle_discounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(operations=[
        migrations.RemoveConstraint(
            model_name='approvalstep',
            name='approval_step_amount_positive',
        ),
        migrations.RemoveConstraint(
            model_name='purchasingvehicle',
            name='vehicle_maximum_positive',
        ),
        migrations.RemoveConstraint(
            model_name='vehiclelot',
            name='vehicle_lot_maximum_positive',
        ),
        migrations.RenameField(
            model_name='approvalstep',
            old_name='from_eur_ht',
            new_name='from_eur',
        ),
        migrations.RenameField(
            model_name='purchasingvehicle',
            old_name='maximum_eur_ht',
            new_name='maximum_eur',
        ),
        # Its words only: nothing for the database.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='purchasingvehicle',
                    name='maximum_eur',
                    field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='maximum'),
                ),
            ],
        ),
        migrations.RenameField(
            model_name='vehiclelot',
            old_name='maximum_eur_ht',
            new_name='maximum_eur',
        ),
        # Its words only: nothing for the database.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='vehiclelot',
                    name='maximum_eur',
                    field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='maximum'),
                ),
            ],
        ),
        migrations.AddField(
            model_name='approvalstep',
            name='from_basis',
            field=models.CharField(choices=[('HT', 'hors taxes'), ('TTC', 'toutes taxes comprises')], default='HT', max_length=3, verbose_name='montant exprimé'),
        ),
        migrations.AddField(
            model_name='award',
            name='amount_eur_ttc',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='montant TTC'),
        ),
        migrations.AddField(
            model_name='purchasingvehicle',
            name='maximum_basis',
            field=models.CharField(choices=[('HT', 'hors taxes'), ('TTC', 'toutes taxes comprises')], default='HT', max_length=3, verbose_name='maximum exprimé'),
        ),
        migrations.AddField(
            model_name='vehiclelot',
            name='maximum_basis',
            field=models.CharField(choices=[('HT', 'hors taxes'), ('TTC', 'toutes taxes comprises')], default='HT', max_length=3, verbose_name='maximum exprimé'),
        ),
        migrations.AddConstraint(
            model_name='approvalstep',
            constraint=models.CheckConstraint(condition=models.Q(('from_eur__gte', 0)), name='approval_step_amount_positive', violation_error_message='Le montant à partir duquel une étape s’applique n’est pas négatif.'),
        ),
        migrations.AddConstraint(
            model_name='approvalstep',
            constraint=models.CheckConstraint(condition=models.Q(('from_basis__in', ['HT', 'TTC'])), name='approval_step_basis', violation_error_message='Un plafond est hors taxes (HT) ou toutes taxes comprises (TTC).'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('amount_eur_ttc__isnull', True), models.Q(('amount_eur_ht__isnull', True), ('amount_eur_ttc__gt', 0)), models.Q(('amount_eur_ttc__gt', 0), ('amount_eur_ttc__gte', models.F('amount_eur_ht'))), _connector='OR'), name='award_ttc_at_least_ht', violation_error_message='Le montant TTC n’est pas inférieur au montant HT.'),
        ),
        migrations.AddConstraint(
            model_name='purchasingvehicle',
            constraint=models.CheckConstraint(condition=models.Q(('maximum_eur__isnull', True), ('maximum_eur__gt', 0), _connector='OR'), name='vehicle_maximum_positive', violation_error_message='Le maximum est un montant positif.'),
        ),
        migrations.AddConstraint(
            model_name='purchasingvehicle',
            constraint=models.CheckConstraint(condition=models.Q(('maximum_basis__in', ['HT', 'TTC'])), name='vehicle_maximum_basis', violation_error_message='Un plafond est hors taxes (HT) ou toutes taxes comprises (TTC).'),
        ),
        migrations.AddConstraint(
            model_name='vehiclelot',
            constraint=models.CheckConstraint(condition=models.Q(('maximum_eur__isnull', True), ('maximum_eur__gt', 0), _connector='OR'), name='vehicle_lot_maximum_positive', violation_error_message='Le maximum est un montant positif.'),
        ),
        migrations.AddConstraint(
            model_name='vehiclelot',
            constraint=models.CheckConstraint(condition=models.Q(('maximum_basis__in', ['HT', 'TTC'])), name='vehicle_lot_maximum_basis', violation_error_message='Un plafond est hors taxes (HT) ou toutes taxes comprises (TTC).'),
        ),
        ]),
    ]
