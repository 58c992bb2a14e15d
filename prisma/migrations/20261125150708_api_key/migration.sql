-- `actor` is who made the key, `acts_as` the name that everything done with it is recorded under.
CREATE TABLE api_key (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  acts_as text NOT NULL,
  name text NOT NULL,
  prefix text NOT NULL,
  secret_sha256 bytea NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
  scopes text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'explain', 'models', 'admin']),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  revoked_at timestamptz(3)
);
CREATE INDEX api_key_tenant_created ON api_key (tenant_id, created_at DESC, id DESC);

ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key FORCE ROW LEVEL SECURITY;
CREATE POLICY api_key_of_tenant ON api_key TO vitrine_app
  USING (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*')
  WITH CHECK (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*');

-- What a key may do cannot be changed afterwards: a key that may do something else is another key.
GRANT SELECT, INSERT ON api_key TO vitrine_app;
GRANT UPDATE (last_used_at, revoked_at) ON api_key TO vitrine_app;
