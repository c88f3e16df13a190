from django.db import migrations

# What is published stays: the facts, the process and the first object never change, modifications are added
# at the end, releases and files' rows are only added.
FREEZE = """
CREATE FUNCTION procurement_publication_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was jsonb := COALESCE(OLD.decp->'modifications', '[]');
  now jsonb := COALESCE(NEW.decp->'modifications', '[]');
BEGIN
  IF (OLD.number, OLD.ocid, OLD.buyer_id, OLD.buyer_siret, OLD.contract_id, OLD.vehicle_id)
     IS DISTINCT FROM (NEW.number, NEW.ocid, NEW.buyer_id, NEW.buyer_siret, NEW.contract_id, NEW.vehicle_id) THEN
    RAISE EXCEPTION 'what a publication is about never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state = 'published' AND (
       (OLD.state, OLD.reference, OLD.notified_on, OLD.answers, OLD.published_at, OLD.published_by_id,
        OLD.reviewed_at, OLD.reviewed_by_id, OLD.decp - 'modifications')
       IS DISTINCT FROM
       (NEW.state, NEW.reference, NEW.notified_on, NEW.answers, NEW.published_at, NEW.published_by_id,
        NEW.reviewed_at, NEW.reviewed_by_id, NEW.decp - 'modifications')
       OR was <> (SELECT COALESCE(jsonb_agg(each ORDER BY rank), '[]')
                  FROM jsonb_array_elements(now) WITH ORDINALITY AS of_now(each, rank)
                  WHERE rank <= jsonb_array_length(was))) THEN
    RAISE EXCEPTION 'a publication only gains modifications' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION procurement_publication_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was published is kept as it left' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER procurement_publication_frozen BEFORE UPDATE ON procurement_publication
  FOR EACH ROW EXECUTE FUNCTION procurement_publication_frozen();
CREATE TRIGGER procurement_publication_kept BEFORE DELETE ON procurement_publication
  FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION procurement_publication_kept();
CREATE TRIGGER procurement_publicationrelease_kept BEFORE UPDATE OR DELETE ON procurement_publicationrelease
  FOR EACH ROW EXECUTE FUNCTION procurement_publication_kept();
"""
THAW = """
DROP TRIGGER procurement_publicationrelease_kept ON procurement_publicationrelease;
DROP TRIGGER procurement_publication_kept ON procurement_publication;
DROP TRIGGER procurement_publication_frozen ON procurement_publication;
DROP FUNCTION procurement_publication_kept();
DROP FUNCTION procurement_publication_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0010_signatures_asked")]
    operations = [
        migrations.RunSQL(FREEZE, THAW),
    ]
