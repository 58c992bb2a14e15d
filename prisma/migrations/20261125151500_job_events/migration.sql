-- What happened to a job, in order. Triggers write it, so that no statement that changes a job can forget to; the row lock
-- makes the sequence gap-free. A row is what people saw of the job at that moment; what never changes stays in `job`.

ALTER TABLE job
  ADD COLUMN event_sequence integer NOT NULL DEFAULT 0,
  ADD COLUMN warning_codes text[] NOT NULL DEFAULT '{}';

CREATE TABLE job_event (
  job_id uuid NOT NULL REFERENCES job (id),
  sequence integer NOT NULL,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('state', 'progress', 'warning')),
  state text NOT NULL,
  attempt integer NOT NULL,
  progress_done integer NOT NULL,
  progress_total integer NOT NULL,
  progress_phase text NOT NULL,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  explanation_id uuid,
  error jsonb,
  warning_codes text[] NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (job_id, sequence)
);

ALTER TABLE job_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_event FORCE ROW LEVEL SECURITY;
CREATE POLICY job_event_of_tenant ON job_event TO vitrine_app
  USING (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*')
  WITH CHECK (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*');
GRANT SELECT, INSERT ON job_event TO vitrine_app;

CREATE FUNCTION write_job_event(kind text, sequence integer, seen job, warning_codes text[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO job_event (job_id, sequence, tenant_id, actor, kind, state, attempt, progress_done, progress_total, progress_phase,
    started_at, finished_at, explanation_id, error, warning_codes)
  VALUES (seen.id, sequence, seen.tenant_id, seen.actor, kind, seen.state, seen.attempt, seen.progress_done, seen.progress_total,
    seen.progress_phase, seen.started_at, seen.finished_at, seen.explanation_id, seen.error, warning_codes)
$$;

-- A chunk of a larger job is a row of `job` with a parent, and nobody follows it.
CREATE FUNCTION number_job_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) ->> 'parent_id' IS NOT NULL THEN
    NEW.event_sequence := 0;
  ELSIF TG_OP = 'INSERT' THEN
    NEW.event_sequence := 1;
  ELSE
    NEW.event_sequence := OLD.event_sequence;
    IF NEW.warning_codes <> OLD.warning_codes THEN
      NEW.event_sequence := NEW.event_sequence + 1;
    END IF;
    IF (NEW.state, NEW.attempt, NEW.progress_done, NEW.progress_total, NEW.progress_phase)
       IS DISTINCT FROM (OLD.state, OLD.attempt, OLD.progress_done, OLD.progress_total, OLD.progress_phase) THEN
      NEW.event_sequence := NEW.event_sequence + 1;
    END IF;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER job_events_are_numbered BEFORE INSERT OR UPDATE ON job FOR EACH ROW EXECUTE FUNCTION number_job_events();

-- Warnings come before the state that ends the job, since nothing comes after that.
CREATE FUNCTION write_job_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  next integer;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.event_sequence > 0 THEN
      PERFORM write_job_event('state', NEW.event_sequence, NEW, NEW.warning_codes);
    END IF;
    RETURN NULL;
  END IF;
  IF NEW.event_sequence = OLD.event_sequence THEN
    RETURN NULL;
  END IF;
  next := OLD.event_sequence + 1;
  IF NEW.warning_codes <> OLD.warning_codes THEN
    PERFORM write_job_event('warning', next, OLD, NEW.warning_codes);
    next := next + 1;
  END IF;
  IF next = NEW.event_sequence THEN
    PERFORM write_job_event(CASE WHEN (NEW.state, NEW.attempt) IS DISTINCT FROM (OLD.state, OLD.attempt) THEN 'state' ELSE 'progress' END,
      next, NEW, NEW.warning_codes);
  END IF;
  PERFORM pg_notify('vitrine_job', NEW.id::text);
  RETURN NULL;
END
$$;
CREATE TRIGGER job_events_are_written AFTER INSERT OR UPDATE ON job FOR EACH ROW EXECUTE FUNCTION write_job_events();

-- Jobs that are here already begin with what they are now. An owner without superuser rights is bound by the policies.
DO $$
BEGIN
  PERFORM set_config('vitrine.tenant', '*', true);
  INSERT INTO job_event (job_id, sequence, tenant_id, actor, kind, state, attempt, progress_done, progress_total, progress_phase,
    started_at, finished_at, explanation_id, error, warning_codes)
  SELECT id, 1, tenant_id, actor, 'state', state, attempt, progress_done, progress_total, progress_phase,
    started_at, finished_at, explanation_id, error, warning_codes
  FROM job;
  ALTER TABLE job DISABLE TRIGGER job_events_are_numbered, DISABLE TRIGGER job_events_are_written;
  UPDATE job SET event_sequence = 1;
  ALTER TABLE job ENABLE TRIGGER job_events_are_numbered, ENABLE TRIGGER job_events_are_written;
END
$$;
