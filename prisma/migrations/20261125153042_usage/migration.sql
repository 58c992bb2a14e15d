-- What tenants use, in rows sent through models, per day of UTC. Counted by triggers, in the transaction that commits the run, so
-- that no writer can forget it. A day is kept in slices: commits of one tenant that run at once meet in different rows.
CREATE TABLE usage_day (
  tenant_id text NOT NULL REFERENCES tenant (id),
  day date NOT NULL,
  slice smallint NOT NULL CHECK (slice BETWEEN 0 AND 15),
  actor text NOT NULL, -- whose run was counted last
  model_rows bigint NOT NULL CHECK (model_rows >= 0),
  PRIMARY KEY (tenant_id, day, slice)
);

CREATE TABLE tenant_quota (
  tenant_id text PRIMARY KEY REFERENCES tenant (id),
  actor text NOT NULL,
  model_rows_per_day bigint CHECK (model_rows_per_day >= 0),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

ALTER TABLE usage_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_day FORCE ROW LEVEL SECURITY;
CREATE POLICY usage_day_of_tenant ON usage_day TO vitrine_app
  USING (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*')
  WITH CHECK (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*');
ALTER TABLE tenant_quota ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_quota FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_quota_of_tenant ON tenant_quota TO vitrine_app
  USING (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*')
  WITH CHECK (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*');

GRANT SELECT, INSERT, UPDATE ON usage_day, tenant_quota TO vitrine_app;

CREATE FUNCTION add_usage(of_tenant text, by_actor text, rows_run bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO usage_day (tenant_id, day, slice, actor, model_rows)
  VALUES (of_tenant, (clock_timestamp() AT TIME ZONE 'UTC')::date, pg_backend_pid() % 16, by_actor, rows_run)
  ON CONFLICT (tenant_id, day, slice) DO UPDATE SET model_rows = usage_day.model_rows + EXCLUDED.model_rows, actor = EXCLUDED.actor
$$;

-- One addition per statement, so that storing many explanations at once does not write one row many times.
CREATE FUNCTION count_explained_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM add_usage(tenant_id, max(actor), sum(model_rows)) FROM stored GROUP BY tenant_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER explanation_counts AFTER INSERT ON explanation
  REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION count_explained_rows();

-- Of a run without a result the evaluations it had reported are known, each of at least one row. Parts of a job are counted
-- with their whole.
CREATE FUNCTION count_lost_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) ->> 'parent_id' IS NULL THEN
    PERFORM add_usage(NEW.tenant_id, NEW.actor, NEW.progress_done);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER job_counts AFTER UPDATE OF state ON job FOR EACH ROW
  WHEN (NEW.state IN ('FAILED', 'CANCELLED') AND OLD.state <> NEW.state AND NEW.progress_done > 0)
  EXECUTE FUNCTION count_lost_rows();
