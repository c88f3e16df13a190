from django.db import migrations

# What was told of the purchase and what the picker answered that day stay as they were.
FREEZE = """
CREATE FUNCTION procurement_route_choice_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the facts and the route of a choice are frozen' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER procurement_routechoice_frozen BEFORE UPDATE ON procurement_routechoice FOR EACH ROW
  WHEN ((OLD.project_id, OLD.code, OLD.vehicle_id, OLD.facts, OLD.route, OLD.warnings, OLD."on")
        IS DISTINCT FROM (NEW.project_id, NEW.code, NEW.vehicle_id, NEW.facts, NEW.route, NEW.warnings, NEW."on"))
  EXECUTE FUNCTION procurement_route_choice_frozen();
"""
THAW = """
DROP TRIGGER procurement_routechoice_frozen ON procurement_routechoice;
DROP FUNCTION procurement_route_choice_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0007_user_reviews")]
    operations = [
        migrations.RunSQL(FREEZE, THAW),
    ]
