"""A result once written stays, but for one that its neighbours tell word for word.

`qualification_run_is_spare` is the whole rule (decision 0016): who deletes may only choose among what it
allows. It holds of a look at a listed offer older than 92 days that did not fail, when the result before it,
in the same month, and the one after it say the same of the same version. So the first and the last of like
results, each change, each failure and one result a month stay, in whatever order the others go.
"""

from django.db import migrations

SPARE = """
CREATE FUNCTION qualification_run_says_the_same(one qualification_checkrun, other qualification_checkrun)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT one.verdict = other.verdict AND one.message = other.message AND one.remedy = other.remedy
    AND one.offer_version_id = other.offer_version_id AND one.check_version = other.check_version
    AND one.rule = other.rule AND one.input_hash = other.input_hash
$$;
CREATE FUNCTION qualification_run_is_spare(run qualification_checkrun) RETURNS boolean LANGUAGE plpgsql STABLE
AS $$
DECLARE
  before qualification_checkrun;
  after qualification_checkrun;
BEGIN
  IF run.trigger <> 'watch' OR run.verdict IN ('', 'fail') OR run.done_at IS NULL
     OR run.carried_from_id IS NOT NULL OR run.done_at >= statement_timestamp() - interval '92 days' THEN
    RETURN false;
  END IF;
  SELECT * INTO before FROM qualification_checkrun WHERE dossier_id = run.dossier_id
    AND check_code = run.check_code AND run_number < run.run_number ORDER BY run_number DESC LIMIT 1;
  SELECT * INTO after FROM qualification_checkrun WHERE dossier_id = run.dossier_id
    AND check_code = run.check_code AND run_number > run.run_number ORDER BY run_number LIMIT 1;
  RETURN coalesce(
    qualification_run_says_the_same(before, run) AND qualification_run_says_the_same(run, after)
    AND date_trunc('month', before.done_at AT TIME ZONE 'UTC') =
        date_trunc('month', run.done_at AT TIME ZONE 'UTC'),
    false);
END $$;
CREATE OR REPLACE FUNCTION qualification_refuse_second_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND (OLD.verdict = '' OR qualification_run_is_spare(OLD)) THEN RETURN OLD; END IF;
  IF OLD.verdict <> '' THEN
    RAISE EXCEPTION 'the result of check run % is written', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""
NO_SPARE = """
CREATE OR REPLACE FUNCTION qualification_refuse_second_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.verdict <> '' THEN
    RAISE EXCEPTION 'the result of check run % is written', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
DROP FUNCTION qualification_run_is_spare(qualification_checkrun);
DROP FUNCTION qualification_run_says_the_same(qualification_checkrun, qualification_checkrun);
"""


class Migration(migrations.Migration):
    dependencies = [("qualification", "0010_certificate_quotes")]
    operations = [migrations.RunSQL(SPARE, NO_SPARE)]
