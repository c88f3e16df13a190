from django.db import migrations

# A lot may end « sans suite » from the publication on; a response to it is never opened then.
LATER = """
CREATE OR REPLACE FUNCTION procurement_lot_ends_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM procurement_consultationlot l JOIN procurement_consultation c ON c.id = l.consultation_id
     WHERE l.id = NEW.lot_id AND c.id = NEW.consultation_id
       AND (c.state = 'opened' OR (c.state IN ('published', 'closed') AND NEW.kind = 'sans_suite')))
     OR EXISTS (SELECT 1 FROM procurement_award a WHERE a.lot_id = NEW.lot_id AND a.state <> 'dropped')
  THEN
    RAISE EXCEPTION 'a lot ends without a living award; before the opening, sans suite only'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION procurement_ended_lot_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM procurement_sealeddeposit d JOIN procurement_lotoutcome o ON o.lot_id = d.lot_id
     WHERE d.id = NEW.deposit_id)
  THEN
    RAISE EXCEPTION 'a response to a lot that ended is never opened' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER procurement_ended_lot_sealed BEFORE INSERT ON procurement_openedresponse
  FOR EACH ROW EXECUTE FUNCTION procurement_ended_lot_sealed();
"""
BEFORE = """
DROP TRIGGER procurement_ended_lot_sealed ON procurement_openedresponse;
DROP FUNCTION procurement_ended_lot_sealed();
CREATE OR REPLACE FUNCTION procurement_lot_ends_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM procurement_consultationlot l JOIN procurement_consultation c ON c.id = l.consultation_id
     WHERE l.id = NEW.lot_id AND c.id = NEW.consultation_id AND c.state = 'opened')
     OR EXISTS (SELECT 1 FROM procurement_award a WHERE a.lot_id = NEW.lot_id AND a.state <> 'dropped')
  THEN
    RAISE EXCEPTION 'a lot ends alone after the opening, without a living award'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0028_texts_read_again")]
    operations = [
        migrations.RunSQL(LATER, BEFORE),
    ]
