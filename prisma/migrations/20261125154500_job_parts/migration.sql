-- Parts of a job: a chunk of a job over a data set is itself a row of `job`, so that queue, claim, lease, fence and reconciler
-- treat it like any other. The parent waits RUNNING without a lease until `parts_open` is 0 and is then queued once more, to
-- merge what its parts found. Parts go when their parent ends.

ALTER TABLE payload DROP CONSTRAINT payload_kind_check;
ALTER TABLE payload ADD CONSTRAINT payload_kind_check CHECK (kind IN ('request', 'result', 'tensor', 'part'));

ALTER TABLE job
  ADD COLUMN parent_id uuid REFERENCES job (id),
  ADD COLUMN part integer,
  ADD COLUMN parts_total integer,
  ADD COLUMN parts_open integer,
  ADD COLUMN merging boolean NOT NULL DEFAULT false,
  ADD COLUMN part_payload_id uuid,
  ADD COLUMN part_costs jsonb;

-- A part that succeeded has a payload instead of an explanation.
DO $$
DECLARE
  name text;
BEGIN
  SELECT conname INTO STRICT name FROM pg_constraint
  WHERE conrelid = 'job'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%SUCCEEDED%=%explanation_id IS NOT NULL%';
  EXECUTE format('ALTER TABLE job DROP CONSTRAINT %I', name);
END
$$;
ALTER TABLE job
  ADD CONSTRAINT job_result_check CHECK ((state = 'SUCCEEDED') = (explanation_id IS NOT NULL OR part_payload_id IS NOT NULL)),
  ADD CONSTRAINT job_part_check CHECK ((parent_id IS NULL) = (part IS NULL) AND (parent_id IS NOT NULL OR part_payload_id IS NULL)),
  ADD CONSTRAINT job_parts_check CHECK ((parts_total IS NULL) = (parts_open IS NULL) AND parts_open BETWEEN 0 AND parts_total AND parts_total > 0);

CREATE UNIQUE INDEX job_part ON job (parent_id, part) WHERE parent_id IS NOT NULL;

-- Only what belongs to a part may ever be deleted.
GRANT DELETE ON job, attempt TO vitrine_app;
CREATE POLICY job_only_parts_go ON job AS RESTRICTIVE FOR DELETE TO vitrine_app USING (parent_id IS NOT NULL);
CREATE POLICY attempt_only_of_parts_go ON attempt AS RESTRICTIVE FOR DELETE TO vitrine_app
  USING (EXISTS (SELECT FROM job WHERE job.id = attempt.job_id AND job.parent_id IS NOT NULL));

-- Rows through the model over a whole data set do not fit into 32 bits.
ALTER TABLE explanation ALTER COLUMN model_rows TYPE bigint, ALTER COLUMN budget TYPE bigint;

CREATE OR REPLACE FUNCTION count_explained_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM add_usage(tenant_id, max(actor), sum(model_rows)::bigint) FROM stored GROUP BY tenant_id;
  RETURN NULL;
END
$$;
