from django.db import migrations

# A version of a chain, its steps and what was signed stay as they were.
FREEZE = """
CREATE FUNCTION procurement_approval_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a version of a chain and a signature are never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER procurement_chain_frozen BEFORE UPDATE OR DELETE ON procurement_approvalchain
  FOR EACH ROW EXECUTE FUNCTION procurement_approval_frozen();
CREATE TRIGGER procurement_step_frozen BEFORE UPDATE OR DELETE ON procurement_approvalstep
  FOR EACH ROW EXECUTE FUNCTION procurement_approval_frozen();
CREATE TRIGGER procurement_signature_frozen BEFORE UPDATE ON procurement_orderapproval FOR EACH ROW
  WHEN (OLD.signed_at IS NOT NULL AND
        (OLD.order_id, OLD.role, OLD.signed_by_id, OLD.signed_at, OLD.content_sha256, OLD.delegation_id)
        IS DISTINCT FROM
        (NEW.order_id, NEW.role, NEW.signed_by_id, NEW.signed_at, NEW.content_sha256, NEW.delegation_id))
  EXECUTE FUNCTION procurement_approval_frozen();
"""
THAW = """
DROP TRIGGER procurement_chain_frozen ON procurement_approvalchain;
DROP TRIGGER procurement_step_frozen ON procurement_approvalstep;
DROP TRIGGER procurement_signature_frozen ON procurement_orderapproval;
DROP FUNCTION procurement_approval_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0009_commitments_of_orders")]
    operations = [
        migrations.RunSQL(FREEZE, THAW),
    ]
