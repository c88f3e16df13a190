from django.db import migrations

# A payment is a fact: another one corrects it. An account keeps its number, and a confirmation its name.
FREEZE = """
CREATE TRIGGER procurement_invoicepayment_append_only BEFORE UPDATE OR DELETE ON procurement_invoicepayment
  FOR EACH ROW EXECUTE FUNCTION procurement_refuse_change();
CREATE TRIGGER procurement_supplieraccount_frozen BEFORE UPDATE ON procurement_supplieraccount FOR EACH ROW
  WHEN ((OLD.buyer_id, OLD.supplier_id, OLD.iban, OLD.entered_by_id)
        IS DISTINCT FROM (NEW.buyer_id, NEW.supplier_id, NEW.iban, NEW.entered_by_id)
        OR OLD.confirmed_at IS NOT NULL)
  EXECUTE FUNCTION procurement_refuse_change();
"""
THAW = """
DROP TRIGGER procurement_supplieraccount_frozen ON procurement_supplieraccount;
DROP TRIGGER procurement_invoicepayment_append_only ON procurement_invoicepayment;
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0015_evaluation")]
    operations = [
        migrations.RunSQL(FREEZE, THAW),
    ]
