const tables = ['subject_key', 'payload', 'job', 'outbox', 'attempt', 'leaf', 'event', 'explanation', 'term'];

/** Tables of the floor program with guarantees: only what the guarantees need, each behind row-level security. */
export const guaranteedTables = `
  CREATE SCHEMA floor;
  CREATE TABLE floor.subject_key (id uuid PRIMARY KEY, tenant text NOT NULL, wrapped bytea);
  CREATE TABLE floor.payload (id uuid PRIMARY KEY, tenant text NOT NULL, key_id uuid NOT NULL REFERENCES floor.subject_key, kind text NOT NULL, sealed bytea NOT NULL);
  CREATE INDEX ON floor.payload (key_id);
  CREATE TABLE floor.job (
    id uuid PRIMARY KEY, tenant text NOT NULL, state text NOT NULL, epoch integer NOT NULL DEFAULT 0, sequence integer NOT NULL DEFAULT 1,
    lease_until timestamptz, key_id uuid NOT NULL REFERENCES floor.subject_key DEFERRABLE INITIALLY DEFERRED,
    payload_id uuid NOT NULL, created_at timestamptz NOT NULL DEFAULT clock_timestamp());
  CREATE INDEX ON floor.job (tenant, created_at, id);
  CREATE INDEX ON floor.job (lease_until) WHERE state = 'RUNNING';
  CREATE TABLE floor.outbox (id bigserial PRIMARY KEY, tenant text NOT NULL, job_id uuid NOT NULL, epoch integer NOT NULL, sent_at timestamptz);
  CREATE UNIQUE INDEX ON floor.outbox (job_id, epoch);
  CREATE TABLE floor.attempt (job_id uuid, number integer, tenant text NOT NULL, started_at timestamptz, ended_at timestamptz, PRIMARY KEY (job_id, number));
  CREATE TABLE floor.leaf (id bigserial PRIMARY KEY, tenant text NOT NULL, record bytea NOT NULL);
  CREATE TABLE floor.event (job_id uuid, sequence integer, tenant text NOT NULL, state text NOT NULL, at timestamptz DEFAULT clock_timestamp(), PRIMARY KEY (job_id, sequence));
  CREATE TABLE floor.explanation (
    id uuid PRIMARY KEY, tenant text NOT NULL, job_id uuid NOT NULL UNIQUE, payload_id uuid NOT NULL, hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp());
  CREATE INDEX ON floor.explanation (tenant, created_at, id);
  CREATE TABLE floor.term (tenant text, term bigint, created_at timestamptz, explanation_id uuid, PRIMARY KEY (tenant, term, created_at, explanation_id));
  CREATE ROLE floor_app;
  GRANT floor_app TO current_user;
  GRANT USAGE ON SCHEMA floor TO floor_app;
  GRANT ALL ON ALL TABLES IN SCHEMA floor TO floor_app;
  GRANT ALL ON ALL SEQUENCES IN SCHEMA floor TO floor_app;
  ${tables
    .map(
      (table) => `
  ALTER TABLE floor.${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY of_tenant ON floor.${table} TO floor_app
    USING (tenant = current_setting('floor.tenant', true)) WITH CHECK (tenant = current_setting('floor.tenant', true));`,
    )
    .join('')}`;
