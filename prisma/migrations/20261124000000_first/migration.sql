-- Every row carries tenant and actor. Row-level security binds every transaction, because each one runs as
-- vitrine_app, which owns nothing. `vitrine.tenant` is set per transaction; '*' is the platform itself
-- (relay, reconciler, claims), which is not a legal tenant id.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vitrine_app') THEN
    CREATE ROLE vitrine_app NOLOGIN NOBYPASSRLS;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- another database of this server created the role a moment earlier
END
$$;

DO $$
BEGIN
  EXECUTE format('GRANT vitrine_app TO %I', current_user);
EXCEPTION WHEN invalid_grant_operation THEN
  NULL;
END
$$;

CREATE TABLE tenant (
  id text PRIMARY KEY CHECK (id <> '*' AND length(id) BETWEEN 1 AND 64),
  wrapped_key bytea NOT NULL,
  actor text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE subject_key (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  ref_commitment bytea,
  wrapped_key bytea,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  erased_at timestamptz(3),
  UNIQUE (tenant_id, ref_commitment),
  CHECK ((wrapped_key IS NULL) = (erased_at IS NOT NULL))
);

CREATE TABLE model (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name)
);

CREATE TABLE model_version (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  model_id uuid NOT NULL REFERENCES model (id),
  version text NOT NULL,
  state text NOT NULL CHECK (state IN ('VALIDATING', 'ACTIVE', 'REJECTED')),
  reasons jsonb NOT NULL DEFAULT '[]',
  sha256 text,
  files jsonb NOT NULL DEFAULT '[]',
  description jsonb,
  capabilities jsonb,
  location text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (model_id, version),
  CHECK (state <> 'ACTIVE' OR (sha256 IS NOT NULL AND description IS NOT NULL AND capabilities IS NOT NULL))
);

CREATE TABLE model_alias (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  model_id uuid NOT NULL REFERENCES model (id),
  alias text NOT NULL,
  version_id uuid NOT NULL REFERENCES model_version (id),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (model_id, alias)
);

-- Personal data live here alone: ciphertext under a per-subject key, destroyed on erasure. Ciphertext does not
-- compress, so it is stored out of line as it is.
CREATE TABLE payload (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  subject_key_id uuid NOT NULL REFERENCES subject_key (id),
  kind text NOT NULL CHECK (kind IN ('request', 'result', 'tensor')),
  name text,
  nonce bytea NOT NULL,
  ciphertext bytea NOT NULL,
  commitment bytea NOT NULL,
  size integer NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
ALTER TABLE payload ALTER COLUMN ciphertext SET STORAGE EXTERNAL;
CREATE INDEX payload_subject_key ON payload (subject_key_id);

CREATE TABLE job (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  method text NOT NULL,
  family text NOT NULL,
  model_name text NOT NULL,
  model_version text NOT NULL,
  model_version_id uuid NOT NULL REFERENCES model_version (id),
  model_sha256 text NOT NULL,
  alias_used text,
  labels jsonb NOT NULL DEFAULT '{}',
  priority text NOT NULL CHECK (priority IN ('high', 'normal', 'low')),
  seed bigint NOT NULL,
  cache text NOT NULL CHECK (cache IN ('use', 'bypass')),
  purpose text,
  subject_key_id uuid NOT NULL REFERENCES subject_key (id),
  request_payload_id uuid NOT NULL,
  request_commitment bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'CANCELLING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED')),
  progress_done integer NOT NULL DEFAULT 0,
  progress_total integer NOT NULL DEFAULT 0,
  progress_phase text NOT NULL DEFAULT 'queued',
  attempt integer NOT NULL DEFAULT 0,
  lease_epoch integer NOT NULL DEFAULT 0,
  lease_until timestamptz(3),
  worker text,
  deadline_at timestamptz(3) NOT NULL,
  cancel_requested_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  explanation_id uuid,
  error jsonb,
  request_id text NOT NULL,
  CHECK ((state IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED')) = (finished_at IS NOT NULL)),
  CHECK ((state = 'SUCCEEDED') = (explanation_id IS NOT NULL)),
  CHECK (state <> 'FAILED' OR error IS NOT NULL)
);
CREATE INDEX job_tenant_created ON job (tenant_id, created_at DESC, id DESC);
CREATE INDEX job_tenant_state ON job (tenant_id, state, created_at DESC, id DESC);
CREATE INDEX job_tenant_method ON job (tenant_id, method, created_at DESC, id DESC);
CREATE INDEX job_labels ON job USING gin (labels jsonb_path_ops);
CREATE INDEX job_open ON job (state, lease_until) WHERE state IN ('QUEUED', 'RUNNING', 'CANCELLING');

CREATE TABLE attempt (
  job_id uuid NOT NULL REFERENCES job (id),
  number integer NOT NULL,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  epoch integer NOT NULL,
  worker text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  outcome text,
  PRIMARY KEY (job_id, number)
);

CREATE TABLE outbox (
  id bigserial PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  job_id uuid NOT NULL REFERENCES job (id),
  epoch integer NOT NULL,
  queue text NOT NULL,
  method text NOT NULL,
  priority integer NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  sent_at timestamptz(3)
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX outbox_job ON outbox (job_id);

CREATE TABLE explanation (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  job_id uuid NOT NULL UNIQUE REFERENCES job (id),
  method text NOT NULL,
  family text NOT NULL,
  model_name text NOT NULL,
  model_version text NOT NULL,
  model_version_id uuid NOT NULL REFERENCES model_version (id),
  model_sha256 text NOT NULL,
  labels jsonb NOT NULL DEFAULT '{}',
  predicted_class text,
  confidence double precision,
  subject_key_id uuid NOT NULL REFERENCES subject_key (id),
  result_payload_id uuid NOT NULL,
  input_commitment bytea NOT NULL,
  result_commitment bytea NOT NULL,
  evaluations integer NOT NULL,
  model_rows integer NOT NULL,
  budget integer NOT NULL,
  estimated boolean NOT NULL,
  truncated boolean NOT NULL,
  warning_codes text[] NOT NULL DEFAULT '{}',
  timing jsonb NOT NULL,
  environment jsonb NOT NULL,
  tensors jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX explanation_tenant_created ON explanation (tenant_id, created_at DESC, id DESC);
CREATE INDEX explanation_tenant_model ON explanation (tenant_id, model_name, created_at DESC, id DESC);
CREATE INDEX explanation_tenant_method ON explanation (tenant_id, method, created_at DESC, id DESC);
CREATE INDEX explanation_tenant_actor ON explanation (tenant_id, actor, created_at DESC, id DESC);
CREATE INDEX explanation_tenant_class ON explanation (tenant_id, predicted_class, created_at DESC, id DESC);
CREATE INDEX explanation_labels ON explanation USING gin (labels jsonb_path_ops);

-- What the Merkle log will integrate. A leaf is written in the transaction that changes the state it speaks of.
CREATE TABLE audit_leaf_pending (
  id bigserial PRIMARY KEY,
  tenant_id text NOT NULL,
  actor text NOT NULL,
  record_id uuid NOT NULL UNIQUE,
  event text NOT NULL,
  subject_id text NOT NULL,
  record bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX audit_leaf_pending_subject ON audit_leaf_pending (tenant_id, subject_id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER explanation_insert_only BEFORE UPDATE OR DELETE ON explanation FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER explanation_no_truncate BEFORE TRUNCATE ON explanation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_leaf_insert_only BEFORE UPDATE OR DELETE ON audit_leaf_pending FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_leaf_no_truncate BEFORE TRUNCATE ON audit_leaf_pending FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_regression() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED') AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'job % is %, which is final', OLD.id, OLD.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'QUEUED' AND OLD.state <> 'QUEUED' OR NEW.state = 'RUNNING' AND OLD.state = 'CANCELLING' THEN
    RAISE EXCEPTION 'job % cannot go back from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER job_states_never_go_back BEFORE UPDATE OF state ON job FOR EACH ROW EXECUTE FUNCTION refuse_regression();

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['tenant', 'subject_key', 'model', 'model_version', 'model_alias', 'payload', 'job', 'attempt', 'outbox', 'explanation', 'audit_leaf_pending'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO vitrine_app USING (%I = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'') '
      'WITH CHECK (%I = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'')',
      t || '_of_tenant', t, CASE t WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END, CASE t WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END);
  END LOOP;
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO vitrine_app', current_schema());
END
$$;

GRANT SELECT, INSERT ON tenant, subject_key, model, model_version, model_alias, payload, job, attempt, outbox, explanation, audit_leaf_pending TO vitrine_app;
GRANT UPDATE ON subject_key, model_version, model_alias, job, attempt, outbox TO vitrine_app;
GRANT DELETE ON payload, outbox TO vitrine_app;
GRANT USAGE ON SEQUENCE outbox_id_seq, audit_leaf_pending_id_seq TO vitrine_app;
