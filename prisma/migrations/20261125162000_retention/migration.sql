-- What was destroyed, when and why. The explanation's own row never changes.
CREATE TABLE explanation_erasure (
  explanation_id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  reason text NOT NULL CHECK (reason IN ('request', 'retention')),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE TRIGGER explanation_erasure_insert_only BEFORE UPDATE OR DELETE ON explanation_erasure FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER explanation_erasure_no_truncate BEFORE TRUNCATE ON explanation_erasure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE retention_policy (
  tenant_id text PRIMARY KEY REFERENCES tenant (id),
  actor text NOT NULL,
  rules jsonb NOT NULL,
  default_days integer CHECK (default_days > 0),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

-- The last pass over a tenant's history, and how far the present one has come.
CREATE TABLE retention_run (
  tenant_id text PRIMARY KEY REFERENCES tenant (id),
  actor text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3),
  reached_at timestamptz(3),
  reached_id uuid,
  examined integer NOT NULL DEFAULT 0,
  erased integer NOT NULL DEFAULT 0,
  freed_bytes bigint NOT NULL DEFAULT 0,
  CHECK ((reached_at IS NULL) = (reached_id IS NULL))
);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['explanation_erasure', 'retention_policy', 'retention_run'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO vitrine_app USING (tenant_id = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'') '
      'WITH CHECK (tenant_id = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'')',
      t || '_of_tenant', t);
  END LOOP;
END
$$;
GRANT SELECT, INSERT ON explanation_erasure TO vitrine_app;
GRANT SELECT, INSERT, UPDATE ON retention_policy, retention_run TO vitrine_app;

-- Whose data a key is, and how much of each kind there is.
CREATE INDEX explanation_subject_key ON explanation (subject_key_id);
CREATE INDEX job_subject_key ON job (subject_key_id);
CREATE INDEX payload_kind ON payload (tenant_id, kind) INCLUDE (size);
