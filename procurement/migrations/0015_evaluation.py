from django.db import migrations

# What is asked is frozen once published, the price formula too.
FORMULA = """
DROP TRIGGER procurement_consultation_frozen ON procurement_consultation;
CREATE TRIGGER procurement_consultation_frozen BEFORE UPDATE ON procurement_consultation FOR EACH ROW
  WHEN (OLD.published_at IS NOT NULL AND
        (OLD.project_id, OLD.organisation_id, OLD.route_choice_id, OLD.kind, OLD.access, OLD.title,
         OLD.description, OLD.required_schemes, OLD.pay_per_use, OLD.price_formula)
        IS DISTINCT FROM
        (NEW.project_id, NEW.organisation_id, NEW.route_choice_id, NEW.kind, NEW.access, NEW.title,
         NEW.description, NEW.required_schemes, NEW.pay_per_use, NEW.price_formula))
  EXECUTE FUNCTION procurement_refused_change();
"""
NO_FORMULA = """
DROP TRIGGER procurement_consultation_frozen ON procurement_consultation;
CREATE TRIGGER procurement_consultation_frozen BEFORE UPDATE ON procurement_consultation FOR EACH ROW
  WHEN (OLD.published_at IS NOT NULL AND
        (OLD.project_id, OLD.organisation_id, OLD.route_choice_id, OLD.kind, OLD.access, OLD.title,
         OLD.description, OLD.required_schemes, OLD.pay_per_use)
        IS DISTINCT FROM
        (NEW.project_id, NEW.organisation_id, NEW.route_choice_id, NEW.kind, NEW.access, NEW.title,
         NEW.description, NEW.required_schemes, NEW.pay_per_use))
  EXECUTE FUNCTION procurement_refused_change();
"""
GUARDS = """
CREATE FUNCTION procurement_mark_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE mark procurement_mark%ROWTYPE;
BEGIN
  mark := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  IF NOT EXISTS (
    SELECT 1 FROM procurement_evaluator v JOIN procurement_evaluation e ON e.id = v.evaluation_id
      JOIN procurement_awardcriterion c ON c.consultation_id = e.consultation_id
      JOIN procurement_sealeddeposit d ON d.consultation_id = e.consultation_id
      JOIN procurement_openedresponse r ON r.deposit_id = d.id
     WHERE v.id = mark.evaluator_id AND v.has_interest IS FALSE AND v.given_at IS NULL
       AND e.state = 'marking' AND c.id = mark.criterion_id AND c.kind <> 'price' AND r.id = mark.response_id)
  THEN
    RAISE EXCEPTION 'a mark is given apart, without a link, before the consensus, never on the price'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN mark;
END $$;
CREATE TRIGGER procurement_mark_apart BEFORE INSERT OR UPDATE OR DELETE ON procurement_mark
  FOR EACH ROW EXECUTE FUNCTION procurement_mark_apart();

CREATE FUNCTION procurement_agreed_mark() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE mark procurement_agreedmark%ROWTYPE;
BEGIN
  mark := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  IF NOT EXISTS (
    SELECT 1 FROM procurement_evaluation e
      JOIN procurement_awardcriterion c ON c.consultation_id = e.consultation_id
      JOIN procurement_sealeddeposit d ON d.consultation_id = e.consultation_id
      JOIN procurement_openedresponse r ON r.deposit_id = d.id
     WHERE e.id = mark.evaluation_id AND e.state = 'consensus' AND c.id = mark.criterion_id
       AND c.kind <> 'price' AND r.id = mark.response_id)
  THEN
    RAISE EXCEPTION 'a mark is retained during the consensus, never on the price'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN mark;
END $$;
CREATE TRIGGER procurement_agreed_mark BEFORE INSERT OR UPDATE OR DELETE ON procurement_agreedmark
  FOR EACH ROW EXECUTE FUNCTION procurement_agreed_mark();

CREATE FUNCTION procurement_set_aside_low() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM procurement_clarificationrequest q
     WHERE q.response_id = NEW.response_id AND q.kind = 'low_price'
       AND (q.answered_at IS NOT NULL OR q.answer_by < (now() AT TIME ZONE 'Europe/Paris')::date))
  THEN
    RAISE EXCEPTION 'a low price is asked about before it is refused' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER procurement_set_aside_low BEFORE INSERT ON procurement_setaside FOR EACH ROW
  WHEN (NEW.ground = 'abnormally_low') EXECUTE FUNCTION procurement_set_aside_low();
CREATE TRIGGER procurement_setaside_kept BEFORE UPDATE ON procurement_setaside FOR EACH ROW
  WHEN (OLD.lifted_at IS NOT NULL OR (OLD.response_id, OLD.ground, OLD.reason, OLD.decided_by_id)
        IS DISTINCT FROM (NEW.response_id, NEW.ground, NEW.reason, NEW.decided_by_id))
  EXECUTE FUNCTION procurement_refused_change();
CREATE TRIGGER procurement_setaside_never_erased BEFORE DELETE ON procurement_setaside
  FOR EACH ROW EXECUTE FUNCTION procurement_refused_change();

CREATE TRIGGER procurement_clarification_kept BEFORE UPDATE ON procurement_clarificationrequest FOR EACH ROW
  WHEN (OLD.answered_at IS NOT NULL OR (OLD.response_id, OLD.kind, OLD.text, OLD.answer_by, OLD.asked_by_id)
        IS DISTINCT FROM (NEW.response_id, NEW.kind, NEW.text, NEW.answer_by, NEW.asked_by_id))
  EXECUTE FUNCTION procurement_refused_change();
CREATE TRIGGER procurement_clarification_never_erased BEFORE DELETE ON procurement_clarificationrequest
  FOR EACH ROW EXECUTE FUNCTION procurement_refused_change();

-- A link that was declared is not taken back; marks that were given stay given.
CREATE TRIGGER procurement_evaluator_kept BEFORE UPDATE ON procurement_evaluator FOR EACH ROW
  WHEN ((OLD.evaluation_id, OLD.user_id) IS DISTINCT FROM (NEW.evaluation_id, NEW.user_id)
        OR (OLD.has_interest AND NEW.has_interest IS NOT TRUE)
        OR (OLD.given_at IS NOT NULL AND NEW.given_at IS DISTINCT FROM OLD.given_at))
  EXECUTE FUNCTION procurement_refused_change();
"""
NO_GUARDS = """
DROP TRIGGER procurement_evaluator_kept ON procurement_evaluator;
DROP TRIGGER procurement_clarification_never_erased ON procurement_clarificationrequest;
DROP TRIGGER procurement_clarification_kept ON procurement_clarificationrequest;
DROP TRIGGER procurement_setaside_never_erased ON procurement_setaside;
DROP TRIGGER procurement_setaside_kept ON procurement_setaside;
DROP TRIGGER procurement_set_aside_low ON procurement_setaside;
DROP FUNCTION procurement_set_aside_low();
DROP TRIGGER procurement_agreed_mark ON procurement_agreedmark;
DROP FUNCTION procurement_agreed_mark();
DROP TRIGGER procurement_mark_apart ON procurement_mark;
DROP FUNCTION procurement_mark_apart();
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0014_project_requirements")]
    operations = [
        migrations.RunSQL(FORMULA, NO_FORMULA),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
