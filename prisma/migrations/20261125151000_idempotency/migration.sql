-- Answers kept under an Idempotency-Key, written in the transaction that did the work. The body is sealed under a key of
-- the tenant: an answer may quote what was sent.
CREATE TABLE idempotency (
  tenant_id text NOT NULL REFERENCES tenant (id),
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  actor text NOT NULL,
  fingerprint bytea NOT NULL,
  -- Null only inside the transaction that took the key.
  status integer,
  location text,
  nonce bytea,
  ciphertext bytea,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY idempotency_of_tenant ON idempotency TO vitrine_app
  USING (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*')
  WITH CHECK (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*');
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO vitrine_app;
