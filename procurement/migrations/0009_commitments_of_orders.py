from django.db import migrations

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
    dependencies = [("procurement", "0008_route_choices")]
    operations = [
        migrations.RunSQL(FREEZE, THAW),
    ]
