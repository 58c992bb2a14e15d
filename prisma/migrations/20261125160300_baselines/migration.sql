-- Named rows that stand for absence, sealed under a key of their own. A version never changes.

CREATE TABLE baseline (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  name text NOT NULL,
  version text NOT NULL,
  model_name text NOT NULL,
  subject_key_id uuid NOT NULL REFERENCES subject_key (id),
  nonce bytea NOT NULL,
  ciphertext bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name, version)
);
CREATE INDEX baseline_tenant_created ON baseline (tenant_id, created_at DESC, id DESC);
CREATE TRIGGER baseline_insert_only BEFORE UPDATE OR DELETE ON baseline FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE baseline ENABLE ROW LEVEL SECURITY;
ALTER TABLE baseline FORCE ROW LEVEL SECURITY;
CREATE POLICY baseline_of_tenant ON baseline TO vitrine_app
  USING (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*')
  WITH CHECK (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*');
GRANT SELECT, INSERT ON baseline TO vitrine_app;
