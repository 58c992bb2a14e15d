-- Whoever removes a webhook has locked its row. A job that ends meanwhile waits for that and then finds no webhook, in place of
-- a reference that fails and would take the job's result with it.
CREATE OR REPLACE FUNCTION tell_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.parent_id IS NULL THEN
    INSERT INTO webhook_delivery (id, tenant_id, actor, webhook_id, job_id, event)
    SELECT gen_random_uuid(), NEW.tenant_id, NEW.actor, w.id, NEW.id, 'job.' || lower(NEW.state)
    FROM webhook w
    WHERE w.tenant_id = NEW.tenant_id AND w.state = 'ACTIVE' AND 'job.' || lower(NEW.state) = ANY (w.events)
    FOR KEY SHARE OF w;
  END IF;
  RETURN NULL;
END
$$;
