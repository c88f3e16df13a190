from django.db import migrations, models

from marketplace.first_tables import Together


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_tables'),
    ]

    operations = [
        Together(operations=[
        migrations.RemoveConstraint(
            model_name='rolegrant',
            name='role_grant_ceiling_positive',
        ),
        migrations.RenameField(
            model_name='rolegrant',
            old_name='ceiling_eur_ht',
            new_name='ceiling_eur',
        ),
        # Its words only: nothing for the database.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='rolegrant',
                    name='ceiling_eur',
                    field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='plafond'),
                ),
            ],
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='ceiling_basis',
            field=models.CharField(choices=[('HT', 'hors taxes'), ('TTC', 'toutes taxes comprises')], default='HT', max_length=3, verbose_name='plafond exprimé'),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=models.CheckConstraint(condition=models.Q(('ceiling_eur__isnull', True), ('ceiling_eur__gte', 0), _connector='OR'), name='role_grant_ceiling_positive', violation_error_message='Le plafond ne peut pas être négatif.'),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=models.CheckConstraint(condition=models.Q(('ceiling_basis__in', ['HT', 'TTC'])), name='role_grant_ceiling_basis', violation_error_message='Un plafond est hors taxes (HT) ou toutes taxes comprises (TTC).'),
        ),
        ]),
    ]
