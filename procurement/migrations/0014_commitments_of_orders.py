from django.db import migrations

# What was agreed before commitments were written counts against its vehicle as it did.
FILL = """
INSERT INTO procurement_commitment
  (uuid, order_id, project_id, vehicle_id, amount_eur_ht, amount_eur_ttc, made_by_id, made_at, release_reason)
SELECT gen_random_uuid(), id, project_id, vehicle_id, total_eur_ht, total_eur_ttc, approved_by_id,
       coalesce(approved_at, created_at), ''
FROM procurement_order WHERE state IN ('approved', 'committed', 'sent', 'acknowledged');
"""
# What an order takes of a ceiling never changes: it is released, and another one is written.
FREEZE = """
CREATE FUNCTION procurement_commitment_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a commitment is released, never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER procurement_commitment_frozen BEFORE UPDATE ON procurement_commitment FOR EACH ROW
  WHEN ((OLD.order_id, OLD.project_id, OLD.line_id, OLD.vehicle_id, OLD.amount_eur_ht, OLD.amount_eur_ttc,
         OLD.made_at)
        IS DISTINCT FROM (NEW.order_id, NEW.project_id, NEW.line_id, NEW.vehicle_id, NEW.amount_eur_ht,
         NEW.amount_eur_ttc, NEW.made_at) OR OLD.released_at IS NOT NULL)
  EXECUTE FUNCTION procurement_commitment_frozen();
"""
THAW = """
DROP TRIGGER procurement_commitment_frozen ON procurement_commitment;
DROP FUNCTION procurement_commitment_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0013_budgets")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(FREEZE, THAW),
    ]
