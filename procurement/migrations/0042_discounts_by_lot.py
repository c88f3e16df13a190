import django.db.models.deletion
from django.db import migrations, models

_KEPT = "vehicle_id, {row}.lot_id, {row}.supplier_id, {row}.percent, {row}.starts_on, {row}.recorded_by_id"
_OLD, _NEW = (f"({row}.{_KEPT.format(row=row)}, {row}.recorded_at)" for row in ("OLD", "NEW"))
# The lot is kept as the rest, and is one of the vehicle's own.
ONLY_ENDS = f"""
CREATE OR REPLACE FUNCTION procurement_discount_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR {_OLD} IS DISTINCT FROM {_NEW} THEN
    RAISE EXCEPTION 'a discount only gets a last day' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION procurement_discount_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.lot_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM procurement_vehiclelot l WHERE l.id = NEW.lot_id AND l.vehicle_id = NEW.vehicle_id)
  THEN
    RAISE EXCEPTION 'the lot of a discount is one of its vehicle' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER procurement_vehiclediscount_lot BEFORE INSERT ON procurement_vehiclediscount
  FOR EACH ROW EXECUTE FUNCTION procurement_discount_lot();
"""
FORMER = """
DROP TRIGGER procurement_vehiclediscount_lot ON procurement_vehiclediscount;
DROP FUNCTION procurement_discount_lot();
CREATE OR REPLACE FUNCTION procurement_discount_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     OR (OLD.vehicle_id, OLD.supplier_id, OLD.percent, OLD.starts_on, OLD.recorded_by_id, OLD.recorded_at)
        IS DISTINCT FROM
        (NEW.vehicle_id, NEW.supplier_id, NEW.percent, NEW.starts_on, NEW.recorded_by_id, NEW.recorded_at)
  THEN
    RAISE EXCEPTION 'a discount only gets a last day' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0008_corrections'),
        ('procurement', '0041_vehicle_version'),
    ]

    operations = [
        migrations.AddField(
            model_name='orderline',
            name='list_price_eur_ht',
            field=models.DecimalField(blank=True, decimal_places=6, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name='vehiclediscount',
            name='lot',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='discounts', to='procurement.vehiclelot'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('list_price_eur_ht__isnull', True), ('list_price_eur_ht__gt', models.F('unit_price_eur_ht')), _connector='OR'), name='order_line_list_price_above', violation_error_message='Une remise diminue le prix.'),
        ),
        migrations.RunSQL(ONLY_ENDS, FORMER),
    ]
