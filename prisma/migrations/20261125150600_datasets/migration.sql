-- Data sets: a name, immutable versions of it, and their rows in blocks sealed under a key of the version's own (a row of
-- subject_key). A version without `ready_at` is being loaded and nobody's yet.

CREATE TABLE dataset (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name)
);
CREATE INDEX dataset_tenant_created ON dataset (tenant_id, created_at DESC, id DESC);

CREATE TABLE dataset_version (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  dataset_id uuid NOT NULL REFERENCES dataset (id),
  version text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('tabular', 'text')),
  columns jsonb NOT NULL,
  label_column text,
  model_name text,
  file_sha256 text NOT NULL,
  sha256 text,
  rows integer NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  subject_key_id uuid NOT NULL REFERENCES subject_key (id),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  touched_at timestamptz(3) NOT NULL DEFAULT now(),
  ready_at timestamptz(3),
  deleted_at timestamptz(3),
  UNIQUE (dataset_id, version),
  CHECK ((ready_at IS NULL) = (sha256 IS NULL)),
  CHECK (deleted_at IS NULL OR ready_at IS NOT NULL)
);
CREATE INDEX dataset_version_dataset ON dataset_version (dataset_id, created_at DESC, id DESC);

-- Ciphertext does not compress, so it is stored out of line as it is.
CREATE TABLE dataset_block (
  version_id uuid NOT NULL REFERENCES dataset_version (id),
  first_row integer NOT NULL,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  rows integer NOT NULL CHECK (rows BETWEEN 1 AND 512),
  size integer NOT NULL,
  nonce bytea NOT NULL,
  ciphertext bytea NOT NULL,
  PRIMARY KEY (version_id, first_row)
);
ALTER TABLE dataset_block ALTER COLUMN ciphertext SET STORAGE EXTERNAL;

CREATE FUNCTION refuse_dataset_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ready_at IS NULL THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.deleted_at IS NULL AND to_jsonb(NEW) - 'deleted_at' = to_jsonb(OLD) - 'deleted_at' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'version % of a data set never changes', OLD.id USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER dataset_version_never_changes BEFORE UPDATE OR DELETE ON dataset_version FOR EACH ROW EXECUTE FUNCTION refuse_dataset_change();

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['dataset', 'dataset_version', 'dataset_block'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO vitrine_app USING (tenant_id = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'') '
      'WITH CHECK (tenant_id = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'')',
      t || '_of_tenant', t);
  END LOOP;
END
$$;

GRANT SELECT, INSERT ON dataset, dataset_version, dataset_block TO vitrine_app;
GRANT UPDATE ON dataset_version TO vitrine_app;
GRANT DELETE ON dataset_version, dataset_block TO vitrine_app;
