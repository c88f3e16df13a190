from django.db import migrations

# The winner is among the responses received in time; of a marché subséquent, among the holders.
GUARDS = """
CREATE FUNCTION procurement_award_winner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM procurement_openedresponse r JOIN procurement_sealeddeposit d ON d.id = r.deposit_id
      JOIN procurement_consultation c ON c.id = d.consultation_id
      JOIN procurement_routechoice w ON w.id = c.route_choice_id
      LEFT JOIN procurement_purchasingvehicle v ON v.id = w.vehicle_id
     WHERE r.id = NEW.response_id AND d.lot_id = NEW.lot_id AND c.id = NEW.consultation_id
       AND d.received_at < c.closes_at
       AND NOT EXISTS (SELECT 1 FROM procurement_setaside s WHERE s.response_id = r.id AND s.lifted_at IS NULL)
       AND (c.kind <> 'subsequent' OR v.holder_id = d.supplier_id
            OR (v.holder_id IS NULL AND EXISTS (
                  SELECT 1 FROM procurement_consultationinvitation i
                   WHERE i.consultation_id = c.id AND i.supplier_id = d.supplier_id))))
  THEN
    RAISE EXCEPTION 'the winner answered this lot in time, was not set aside, and holds the framework'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER procurement_award_winner BEFORE INSERT OR UPDATE OF response_id, lot_id, consultation_id
  ON procurement_award FOR EACH ROW EXECUTE FUNCTION procurement_award_winner();
CREATE TRIGGER procurement_award_kept BEFORE UPDATE ON procurement_award FOR EACH ROW
  WHEN ((OLD.consultation_id, OLD.lot_id, OLD.response_id, OLD.number, OLD.standings, OLD.amount_eur_ht)
        IS DISTINCT FROM
        (NEW.consultation_id, NEW.lot_id, NEW.response_id, NEW.number, NEW.standings, NEW.amount_eur_ht)
        OR (OLD.signable_on IS NOT NULL AND NEW.signable_on IS DISTINCT FROM OLD.signable_on))
  EXECUTE FUNCTION procurement_refused_change();

CREATE FUNCTION procurement_award_certified() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT COUNT(DISTINCT kind) FROM procurement_awardcertificate WHERE award_id = NEW.id) < 2 THEN
    RAISE EXCEPTION 'tax and social certificates come before the award' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER procurement_award_certified BEFORE INSERT OR UPDATE ON procurement_award FOR EACH ROW
  WHEN (NEW.state IN ('decided', 'letters_sent', 'signed', 'notified'))
  EXECUTE FUNCTION procurement_award_certified();

CREATE FUNCTION procurement_letter_after_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM procurement_award WHERE id = NEW.award_id AND state = 'decided'
                    AND response_id <> NEW.response_id) THEN
    RAISE EXCEPTION 'letters go after the decision, to the others' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER procurement_letter_after_decision BEFORE INSERT ON procurement_rejectionletter
  FOR EACH ROW EXECUTE FUNCTION procurement_letter_after_decision();
CREATE TRIGGER procurement_rejectionletter_kept BEFORE UPDATE OR DELETE ON procurement_rejectionletter
  FOR EACH ROW EXECUTE FUNCTION procurement_refused_change();
CREATE TRIGGER procurement_awardcertificate_kept BEFORE UPDATE OR DELETE ON procurement_awardcertificate
  FOR EACH ROW EXECUTE FUNCTION procurement_refused_change();
"""
NO_GUARDS = """
DROP TRIGGER procurement_awardcertificate_kept ON procurement_awardcertificate;
DROP TRIGGER procurement_rejectionletter_kept ON procurement_rejectionletter;
DROP TRIGGER procurement_letter_after_decision ON procurement_rejectionletter;
DROP FUNCTION procurement_letter_after_decision();
DROP TRIGGER procurement_award_certified ON procurement_award;
DROP FUNCTION procurement_award_certified();
DROP TRIGGER procurement_award_kept ON procurement_award;
DROP TRIGGER procurement_award_winner ON procurement_award;
DROP FUNCTION procurement_award_winner();
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0017_conventions_and_controls")]
    operations = [
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
