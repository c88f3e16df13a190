"""What no code may undo: frozen versions, facts of trust, an acyclic stack."""

from django.db import migrations

FROZEN = """
CREATE FUNCTION catalog_refuse_frozen_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.frozen_at IS NOT NULL THEN
    RAISE EXCEPTION 'offer version % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER offer_version_frozen BEFORE UPDATE OR DELETE ON catalog_offerversion
  FOR EACH ROW EXECUTE FUNCTION catalog_refuse_frozen_version();

CREATE FUNCTION catalog_refuse_frozen_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE frozen timestamptz;
BEGIN
  SELECT max(frozen_at) INTO frozen FROM catalog_offerversion
   WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END,
                CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END);
  IF frozen IS NOT NULL THEN
    RAISE EXCEPTION 'the version of this plan is frozen' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER plan_frozen BEFORE INSERT OR UPDATE OR DELETE ON catalog_plan
  FOR EACH ROW EXECUTE FUNCTION catalog_refuse_frozen_plan();

CREATE FUNCTION catalog_refuse_frozen_price() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE frozen timestamptz;
BEGIN
  SELECT max(v.frozen_at) INTO frozen FROM catalog_offerversion v JOIN catalog_plan p ON p.version_id = v.id
   WHERE p.id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.plan_id END,
                  CASE WHEN TG_OP <> 'DELETE' THEN NEW.plan_id END);
  IF frozen IS NOT NULL THEN
    RAISE EXCEPTION 'the version of this price is frozen' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER price_line_frozen BEFORE INSERT OR UPDATE OR DELETE ON catalog_priceline
  FOR EACH ROW EXECUTE FUNCTION catalog_refuse_frozen_price();
"""
UNFROZEN = """
DROP TRIGGER price_line_frozen ON catalog_priceline;
DROP FUNCTION catalog_refuse_frozen_price();
DROP TRIGGER plan_frozen ON catalog_plan;
DROP FUNCTION catalog_refuse_frozen_plan();
DROP TRIGGER offer_version_frozen ON catalog_offerversion;
DROP FUNCTION catalog_refuse_frozen_version();
"""
APPEND_ONLY = """
CREATE FUNCTION catalog_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER trust_fact_append_only BEFORE UPDATE OR DELETE ON catalog_trustfact
  FOR EACH ROW EXECUTE FUNCTION catalog_refuse_change();
"""
# The lock makes two opposite edges written at once see one another: each statement of a VOLATILE
# function takes its own snapshot in READ COMMITTED, so the walk runs on what the first one committed.
ACYCLIC = """
CREATE FUNCTION catalog_refuse_cycle() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE found boolean;
BEGIN
  IF NEW.base_id IS NULL THEN RETURN NEW; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('catalog.stack'));
  WITH RECURSIVE below(id) AS (
    SELECT NEW.base_id
    UNION
    SELECT edge.base_id FROM catalog_stackedge edge JOIN below ON edge.offer_id = below.id
     WHERE edge.base_id IS NOT NULL
  )
  SELECT bool_or(id = NEW.offer_id) INTO found FROM below;
  IF found THEN
    RAISE EXCEPTION 'offer % would stand on itself', NEW.offer_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stack_edge_acyclic';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stack_edge_acyclic BEFORE INSERT OR UPDATE ON catalog_stackedge
  FOR EACH ROW EXECUTE FUNCTION catalog_refuse_cycle();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_tables")]
    operations = [
        migrations.RunSQL(FROZEN, UNFROZEN),
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER trust_fact_append_only ON catalog_trustfact; DROP FUNCTION catalog_refuse_change();",
        ),
        migrations.RunSQL(
            ACYCLIC,
            "DROP TRIGGER stack_edge_acyclic ON catalog_stackedge; DROP FUNCTION catalog_refuse_cycle();",
        ),
    ]
