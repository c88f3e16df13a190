"""Changes of what the public reads, written by the database: no code can forget to."""

from django.db import migrations

NOTE = """
-- An offer's own row. Columns that only count writings are left out: a draft in edition is nobody's news.
CREATE FUNCTION catalog_note_offer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_public boolean := NEW.live_version_id IS NOT NULL AND NEW.state NOT IN ('withdrawn', 'removed');
  was_public boolean := TG_OP = 'UPDATE' AND OLD.live_version_id IS NOT NULL
                        AND OLD.state NOT IN ('withdrawn', 'removed');
  unseen text[] := ARRAY['version', 'state_since'];
  what text;
BEGIN
  IF is_public AND NOT was_public THEN
    what := CASE NEW.state WHEN 'unclaimed' THEN 'opened' ELSE 'listed' END;
  ELSIF is_public AND NEW.state = OLD.state THEN
    IF to_jsonb(NEW) - unseen IS DISTINCT FROM to_jsonb(OLD) - unseen THEN what := 'changed'; END IF;
  ELSIF is_public THEN
    what := CASE WHEN NEW.state = 'suspended' THEN 'suspended'
                 WHEN NEW.state = 'listed' AND OLD.state = 'suspended' THEN 'reinstated'
                 WHEN NEW.state = 'listed' THEN 'listed'
                 ELSE 'changed' END;
  ELSIF TG_OP = 'UPDATE' AND NEW.state IN ('withdrawn', 'removed') AND NEW.state <> OLD.state
        AND NEW.live_version_id IS NOT NULL THEN
    what := NEW.state;
  END IF;
  IF what IS NULL THEN RETURN NULL; END IF;
  INSERT INTO catalog_change (offer_id, kind, state, reason)
    VALUES (NEW.id, what, NEW.state,
            CASE WHEN what IN ('suspended', 'withdrawn', 'removed') THEN NEW.closed_reason ELSE '' END)
    ON CONFLICT DO NOTHING;
  -- What was recorded while nobody read the offer becomes public with it.
  IF is_public AND NOT was_public THEN
    INSERT INTO catalog_change (offer_id, kind, fact_id, state, reason)
      SELECT NEW.id, 'trust_fact', fact.id, NEW.state, ''
        FROM catalog_trustfact fact JOIN catalog_trustmark mark ON mark.id = fact.mark_id
       WHERE mark.offer_id = NEW.id ORDER BY fact.id
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER offer_change AFTER INSERT OR UPDATE ON catalog_offer
  FOR EACH ROW EXECUTE FUNCTION catalog_note_offer();

CREATE FUNCTION catalog_note_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO catalog_change (offer_id, kind, fact_id, state, reason)
    SELECT offer.id, 'trust_fact', NEW.id, offer.state, ''
      FROM catalog_offer offer JOIN catalog_trustmark mark ON mark.offer_id = offer.id
     WHERE mark.id = NEW.mark_id AND offer.live_version_id IS NOT NULL
       AND offer.state NOT IN ('withdrawn', 'removed')
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER trust_fact_change AFTER INSERT ON catalog_trustfact
  FOR EACH ROW EXECUTE FUNCTION catalog_note_fact();

-- Arguments: the column of this row, the offer's column it equals, the kind of change.
CREATE FUNCTION catalog_note_related() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  unseen text[] := ARRAY['id', 'version', 'computed_at'];
  row_now jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
  IF TG_OP = 'UPDATE' AND row_now - unseen IS NOT DISTINCT FROM to_jsonb(OLD) - unseen THEN
    RETURN NULL;
  END IF;
  EXECUTE format(
    'INSERT INTO catalog_change (offer_id, kind, state, reason)
       SELECT id, $2, state, '''' FROM catalog_offer
        WHERE %I = $1 AND live_version_id IS NOT NULL AND state NOT IN (''withdrawn'', ''removed'')
        ORDER BY id
       ON CONFLICT DO NOTHING', TG_ARGV[1])
    USING (row_now ->> TG_ARGV[0])::bigint, TG_ARGV[2];
  RETURN NULL;
END $$;
CREATE TRIGGER trust_mark_change AFTER INSERT OR UPDATE OR DELETE ON catalog_trustmark
  FOR EACH ROW EXECUTE FUNCTION catalog_note_related('offer_id', 'id', 'trust_changed');
CREATE TRIGGER effective_trust_change AFTER INSERT OR UPDATE OR DELETE ON catalog_effectivetrust
  FOR EACH ROW EXECUTE FUNCTION catalog_note_related('offer_id', 'id', 'trust_changed');
CREATE TRIGGER stack_edge_change AFTER INSERT OR UPDATE OR DELETE ON catalog_stackedge
  FOR EACH ROW EXECUTE FUNCTION catalog_note_related('offer_id', 'id', 'changed');
CREATE TRIGGER supplier_change AFTER UPDATE ON catalog_supplier
  FOR EACH ROW EXECUTE FUNCTION catalog_note_related('id', 'supplier_id', 'changed');
CREATE TRIGGER category_change AFTER UPDATE ON catalog_category
  FOR EACH ROW EXECUTE FUNCTION catalog_note_related('id', 'category_id', 'changed');

CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE ON catalog_change
  FOR EACH ROW EXECUTE FUNCTION catalog_refuse_change();
"""
UNNOTE = """
DROP TRIGGER change_append_only ON catalog_change;
DROP TRIGGER category_change ON catalog_category;
DROP TRIGGER supplier_change ON catalog_supplier;
DROP TRIGGER stack_edge_change ON catalog_stackedge;
DROP TRIGGER effective_trust_change ON catalog_effectivetrust;
DROP TRIGGER trust_mark_change ON catalog_trustmark;
DROP FUNCTION catalog_note_related();
DROP TRIGGER trust_fact_change ON catalog_trustfact;
DROP FUNCTION catalog_note_fact();
DROP TRIGGER offer_change ON catalog_offer;
DROP FUNCTION catalog_note_offer();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_triggers")]
    operations = [
        migrations.RunSQL(NOTE, UNNOTE),
    ]
