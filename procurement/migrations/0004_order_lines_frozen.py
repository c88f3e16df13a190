"""Once an order has left the draft its lines are what was approved: the database refuses to touch them."""

from django.db import migrations

CREATE = """
CREATE FUNCTION procurement_order_lines_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  order_state text;
BEGIN
  SELECT state INTO order_state FROM procurement_order
   WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.order_id ELSE NEW.order_id END;
  IF order_state IS DISTINCT FROM 'draft' THEN
    RAISE EXCEPTION 'lines of an order are frozen once it has left the draft'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER procurement_orderline_frozen BEFORE INSERT OR UPDATE OR DELETE ON procurement_orderline
  FOR EACH ROW EXECUTE FUNCTION procurement_order_lines_frozen();
"""
DROP = """
DROP TRIGGER procurement_orderline_frozen ON procurement_orderline;
DROP FUNCTION procurement_order_lines_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0003_needs_evidence")]
    operations = [
        migrations.RunSQL(CREATE, DROP),
    ]
