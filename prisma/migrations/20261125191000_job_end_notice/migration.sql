-- The notice of a job says whether it has ended, so that whoever waits for the end reads the row once.
CREATE OR REPLACE FUNCTION write_job_events() RETURNS trigger LANGUAGE plpgsql AS $$
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
  PERFORM pg_notify('vitrine_job', NEW.id::text || CASE WHEN NEW.finished_at IS NULL THEN '' ELSE ' ended' END);
  RETURN NULL;
END
$$;
