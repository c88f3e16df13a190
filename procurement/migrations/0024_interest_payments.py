import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


# A payment is a fact: another one corrects it.
FREEZE = """
CREATE TRIGGER procurement_interestpayment_append_only BEFORE UPDATE OR DELETE ON procurement_interestpayment
  FOR EACH ROW EXECUTE FUNCTION procurement_refuse_change();
"""
THAW = "DROP TRIGGER procurement_interestpayment_append_only ON procurement_interestpayment;"


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0023_vehicle_counterpart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='InterestPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('interest_eur', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='intérêts moratoires')),
                ('flat_fee_eur', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='indemnité forfaitaire')),
                ('paid_on', models.DateField(verbose_name='payé le')),
                ('reference', models.CharField(max_length=60, verbose_name='référence')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interest_payments', to='procurement.supplieraccount')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interest_payments', to='procurement.invoice')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('paid_on', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('flat_fee_eur__gte', 0), ('interest_eur__gte', 0), models.Q(('interest_eur__gt', 0), ('flat_fee_eur__gt', 0), _connector='OR')), name='interest_payment_positive', violation_error_message='Un versement d’intérêts est un montant positif.'), models.UniqueConstraint(fields=('invoice', 'reference'), name='interest_payment_once', violation_error_message='Un versement de cette facture porte déjà cette référence.')],
            },
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]
