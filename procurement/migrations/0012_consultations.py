from django.db import migrations

# Weights make 100 at the publication; from then on what is asked stays as it was.
FREEZE = """
CREATE FUNCTION procurement_consultation_weights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT COALESCE(SUM(weight), 0) FROM procurement_awardcriterion WHERE consultation_id = NEW.id) <> 100 THEN
    RAISE EXCEPTION 'the weights of a published consultation make 100' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER procurement_consultation_weights BEFORE UPDATE ON procurement_consultation FOR EACH ROW
  WHEN (OLD.published_at IS NULL AND NEW.published_at IS NOT NULL)
  EXECUTE FUNCTION procurement_consultation_weights();

CREATE FUNCTION procurement_refused_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is frozen', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER procurement_consultation_frozen BEFORE UPDATE ON procurement_consultation FOR EACH ROW
  WHEN (OLD.published_at IS NOT NULL AND
        (OLD.project_id, OLD.organisation_id, OLD.route_choice_id, OLD.kind, OLD.access, OLD.title,
         OLD.description, OLD.required_schemes, OLD.pay_per_use)
        IS DISTINCT FROM
        (NEW.project_id, NEW.organisation_id, NEW.route_choice_id, NEW.kind, NEW.access, NEW.title,
         NEW.description, NEW.required_schemes, NEW.pay_per_use))
  EXECUTE FUNCTION procurement_refused_change();
-- What the closing fixed is not written twice.
CREATE TRIGGER procurement_consultation_committed BEFORE UPDATE ON procurement_consultation FOR EACH ROW
  WHEN (OLD.commitment <> '' AND (OLD.commitment, OLD.commitment_salt)
        IS DISTINCT FROM (NEW.commitment, NEW.commitment_salt))
  EXECUTE FUNCTION procurement_refused_change();

CREATE FUNCTION procurement_consultation_part_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint;
BEGIN
  IF TG_TABLE_NAME = 'procurement_priceitem' THEN
    SELECT consultation_id INTO wanted FROM procurement_consultationlot
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.lot_id ELSE NEW.lot_id END;
  ELSE
    wanted := CASE WHEN TG_OP = 'DELETE' THEN OLD.consultation_id ELSE NEW.consultation_id END;
  END IF;
  IF EXISTS (SELECT 1 FROM procurement_consultation WHERE id = wanted AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION '% is frozen', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER procurement_awardcriterion_frozen BEFORE INSERT OR UPDATE OR DELETE
  ON procurement_awardcriterion FOR EACH ROW EXECUTE FUNCTION procurement_consultation_part_frozen();
CREATE TRIGGER procurement_consultationlot_frozen BEFORE INSERT OR UPDATE OR DELETE
  ON procurement_consultationlot FOR EACH ROW EXECUTE FUNCTION procurement_consultation_part_frozen();
CREATE TRIGGER procurement_priceitem_frozen BEFORE INSERT OR UPDATE OR DELETE
  ON procurement_priceitem FOR EACH ROW EXECUTE FUNCTION procurement_consultation_part_frozen();
CREATE TRIGGER procurement_invitation_frozen BEFORE INSERT OR UPDATE OR DELETE
  ON procurement_consultationinvitation FOR EACH ROW EXECUTE FUNCTION procurement_consultation_part_frozen();

-- Registers: nobody changes or deletes a line.
CREATE TRIGGER procurement_sealeddeposit_kept BEFORE UPDATE OR DELETE ON procurement_sealeddeposit
  FOR EACH ROW EXECUTE FUNCTION procurement_refused_change();
CREATE TRIGGER procurement_openedresponse_kept BEFORE UPDATE OR DELETE ON procurement_openedresponse
  FOR EACH ROW EXECUTE FUNCTION procurement_refused_change();
CREATE TRIGGER procurement_consultationnotice_kept BEFORE UPDATE OR DELETE ON procurement_consultationnotice
  FOR EACH ROW EXECUTE FUNCTION procurement_refused_change();
CREATE TRIGGER procurement_consultationkey_kept BEFORE UPDATE ON procurement_consultationkey FOR EACH ROW
  WHEN ((OLD.consultation_id, OLD.serial, OLD.public_key, OLD.fingerprint)
        IS DISTINCT FROM (NEW.consultation_id, NEW.serial, NEW.public_key, NEW.fingerprint))
  EXECUTE FUNCTION procurement_refused_change();
CREATE TRIGGER procurement_keyshare_kept BEFORE UPDATE ON procurement_keyshare FOR EACH ROW
  WHEN ((OLD.key_id, OLD.holder_id, OLD.position, OLD.wrapped, OLD.digest)
        IS DISTINCT FROM (NEW.key_id, NEW.holder_id, NEW.position, NEW.wrapped, NEW.digest))
  EXECUTE FUNCTION procurement_refused_change();
"""
THAW = """
DROP TRIGGER procurement_keyshare_kept ON procurement_keyshare;
DROP TRIGGER procurement_consultationkey_kept ON procurement_consultationkey;
DROP TRIGGER procurement_consultationnotice_kept ON procurement_consultationnotice;
DROP TRIGGER procurement_openedresponse_kept ON procurement_openedresponse;
DROP TRIGGER procurement_sealeddeposit_kept ON procurement_sealeddeposit;
DROP TRIGGER procurement_invitation_frozen ON procurement_consultationinvitation;
DROP TRIGGER procurement_priceitem_frozen ON procurement_priceitem;
DROP TRIGGER procurement_consultationlot_frozen ON procurement_consultationlot;
DROP TRIGGER procurement_awardcriterion_frozen ON procurement_awardcriterion;
DROP FUNCTION procurement_consultation_part_frozen();
DROP TRIGGER procurement_consultation_committed ON procurement_consultation;
DROP TRIGGER procurement_consultation_frozen ON procurement_consultation;
DROP FUNCTION procurement_refused_change();
DROP TRIGGER procurement_consultation_weights ON procurement_consultation;
DROP FUNCTION procurement_consultation_weights();
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0011_publications")]
    operations = [
        migrations.RunSQL(FREEZE, THAW),
    ]
