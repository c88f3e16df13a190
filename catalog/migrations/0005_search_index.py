"""What the index in memory needs: tags and numbers by row, the transaction that wrote it, the rows deleted.

`changed_in` is PostgreSQL's business alone: a trigger fills it, no model writes it.
"""

from django.db import migrations

CHANGED = """
ALTER TABLE catalog_offersearchrow ADD COLUMN changed_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX search_row_changed ON catalog_offersearchrow (changed_in);
CREATE TABLE catalog_searchgone (
  offer_id bigint NOT NULL,
  changed_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX search_gone_changed ON catalog_searchgone (changed_in);

CREATE FUNCTION catalog_search_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_in := pg_current_xact_id();
  RETURN NEW;
END $$;
CREATE TRIGGER search_row_changed BEFORE INSERT OR UPDATE ON catalog_offersearchrow
  FOR EACH ROW EXECUTE FUNCTION catalog_search_changed();

CREATE FUNCTION catalog_search_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO catalog_searchgone (offer_id) VALUES (OLD.offer_id);
  RETURN NULL;
END $$;
CREATE TRIGGER search_row_gone AFTER DELETE ON catalog_offersearchrow
  FOR EACH ROW EXECUTE FUNCTION catalog_search_gone();
"""
UNCHANGED = """
DROP TRIGGER search_row_gone ON catalog_offersearchrow;
DROP FUNCTION catalog_search_gone();
DROP TRIGGER search_row_changed ON catalog_offersearchrow;
DROP FUNCTION catalog_search_changed();
DROP TABLE catalog_searchgone;
ALTER TABLE catalog_offersearchrow DROP COLUMN changed_in;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_change_triggers")]
    operations = [
        migrations.RunSQL(CHANGED, UNCHANGED),
    ]
