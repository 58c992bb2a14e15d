-- Who is told when jobs end, and each telling: a row per webhook and job, written in the transaction that ends the job.
CREATE TABLE webhook (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  url text NOT NULL,
  events text[] NOT NULL CHECK (cardinality(events) > 0 AND events <@ ARRAY['job.succeeded', 'job.failed', 'job.cancelled', 'job.expired']),
  wrapped_secret bytea NOT NULL,
  state text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'DISABLED')),
  disabled_reason text,
  disabled_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CHECK ((state = 'DISABLED') = (disabled_at IS NOT NULL AND disabled_reason IS NOT NULL))
);
CREATE INDEX webhook_tenant_created ON webhook (tenant_id, created_at DESC, id DESC);

CREATE TABLE webhook_delivery (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  webhook_id uuid NOT NULL REFERENCES webhook (id),
  job_id uuid NOT NULL REFERENCES job (id),
  event text NOT NULL,
  state text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'DELIVERED', 'GIVEN_UP')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  lease_until timestamptz(3),
  last_status integer,
  last_error text,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamptz(3),
  UNIQUE (webhook_id, job_id),
  CHECK ((state = 'PENDING') = (settled_at IS NULL))
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, next_attempt_at) WHERE state = 'PENDING';
CREATE INDEX webhook_delivery_newest ON webhook_delivery (webhook_id, created_at DESC, id DESC);
CREATE INDEX webhook_delivery_settled ON webhook_delivery (settled_at) WHERE state <> 'PENDING';
CREATE INDEX webhook_delivery_job ON webhook_delivery (job_id);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['webhook', 'webhook_delivery'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO vitrine_app USING (tenant_id = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'') '
      'WITH CHECK (tenant_id = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'')',
      t || '_of_tenant', t);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, DELETE ON webhook, webhook_delivery TO vitrine_app;
GRANT UPDATE (state, disabled_reason, disabled_at) ON webhook TO vitrine_app;
GRANT UPDATE (state, attempts, next_attempt_at, lease_until, last_status, last_error, settled_at) ON webhook_delivery TO vitrine_app;

-- A chunk of a larger job is a row of `job` with a parent: nobody waits for it.
CREATE FUNCTION tell_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) ->> 'parent_id' IS NULL THEN
    INSERT INTO webhook_delivery (id, tenant_id, actor, webhook_id, job_id, event)
    SELECT gen_random_uuid(), NEW.tenant_id, NEW.actor, w.id, NEW.id, 'job.' || lower(NEW.state)
    FROM webhook w
    WHERE w.tenant_id = NEW.tenant_id AND w.state = 'ACTIVE' AND 'job.' || lower(NEW.state) = ANY (w.events);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER job_end_is_told AFTER UPDATE OF state ON job FOR EACH ROW
  WHEN (NEW.state IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED') AND OLD.state <> NEW.state)
  EXECUTE FUNCTION tell_webhooks();
