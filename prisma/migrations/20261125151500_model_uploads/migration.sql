-- A version that was uploaded waits here for its validation: leased by compare-and-set, as jobs are, by whichever gateway has
-- room. A deleted version keeps its row, because jobs and explanations name it, and its name is never given again.

ALTER TABLE model_version
  ADD COLUMN lease_epoch integer NOT NULL DEFAULT 0,
  ADD COLUMN lease_until timestamptz(3),
  ADD COLUMN attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN deleted_at timestamptz(3);
CREATE INDEX model_version_validating ON model_version (created_at) WHERE state = 'VALIDATING' AND deleted_at IS NULL;
CREATE INDEX model_version_location ON model_version (location);

CREATE FUNCTION refuse_version_regression() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'VALIDATING' AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'version % is %, which is final', OLD.id, OLD.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER version_states_are_final BEFORE UPDATE OF state ON model_version FOR EACH ROW EXECUTE FUNCTION refuse_version_regression();

GRANT DELETE ON model_alias TO vitrine_app;
