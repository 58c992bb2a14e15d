-- Many jobs of one method, submitted together. An item is an ordinary job that knows its batch; one that was refused is
-- kept with its reason, sealed under the batch's key, since a reason may quote what was sent.

CREATE TABLE batch (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  method text NOT NULL,
  model_name text NOT NULL,
  model_version text NOT NULL,
  model_version_id uuid NOT NULL REFERENCES model_version (id),
  model_sha256 text NOT NULL,
  alias_used text,
  labels jsonb NOT NULL DEFAULT '{}',
  priority text NOT NULL CHECK (priority IN ('high', 'normal', 'low')),
  size integer NOT NULL CHECK (size > 0),
  refused integer NOT NULL CHECK (refused BETWEEN 0 AND size),
  subject_key_id uuid NOT NULL REFERENCES subject_key (id),
  cancel_requested_at timestamptz(3),
  request_id text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX batch_tenant_created ON batch (tenant_id, created_at DESC, id DESC);

CREATE TABLE batch_refusal (
  batch_id uuid NOT NULL REFERENCES batch (id),
  item integer NOT NULL,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  code text NOT NULL,
  nonce bytea NOT NULL,
  ciphertext bytea NOT NULL,
  PRIMARY KEY (batch_id, item)
);

ALTER TABLE job
  ADD COLUMN batch_id uuid REFERENCES batch (id),
  ADD COLUMN batch_item integer,
  ADD CONSTRAINT job_is_one_item_of_its_batch CHECK ((batch_id IS NULL) = (batch_item IS NULL));
CREATE UNIQUE INDEX job_batch_item ON job (batch_id, batch_item) WHERE batch_id IS NOT NULL;
CREATE INDEX job_batch_state ON job (batch_id, state) WHERE batch_id IS NOT NULL;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['batch', 'batch_refusal'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO vitrine_app USING (tenant_id = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'') '
      'WITH CHECK (tenant_id = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'')',
      t || '_of_tenant', t);
  END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE ON batch TO vitrine_app;
GRANT SELECT, INSERT ON batch_refusal TO vitrine_app;
