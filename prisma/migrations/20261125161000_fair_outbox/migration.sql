-- The outbox holds what waits and nothing else: a row goes when its job is taken or ends. So a tenant's rows that were sent
-- are its jobs in the queue, and what is published next can be shared out between tenants.

SELECT set_config('vitrine.tenant', '*', true);
DELETE FROM outbox o USING job j
  WHERE j.id = o.job_id AND (o.epoch < j.lease_epoch OR j.state IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED'));
SELECT set_config('vitrine.tenant', '', true);

CREATE INDEX outbox_next ON outbox (tenant_id, queue, priority, id) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (tenant_id, queue) WHERE sent_at IS NOT NULL;

CREATE FUNCTION leave_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM outbox WHERE job_id = NEW.id AND (epoch < NEW.lease_epoch OR NEW.finished_at IS NOT NULL);
  -- A place in the queue is free: whoever publishes may have more.
  IF EXISTS (SELECT FROM outbox WHERE tenant_id = NEW.tenant_id AND sent_at IS NULL) THEN
    PERFORM pg_notify('vitrine_outbox', '');
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER job_leaves_outbox AFTER UPDATE OF state, lease_epoch ON job FOR EACH ROW
  WHEN (NEW.lease_epoch <> OLD.lease_epoch OR (NEW.finished_at IS NOT NULL AND OLD.finished_at IS NULL))
  EXECUTE FUNCTION leave_outbox();
