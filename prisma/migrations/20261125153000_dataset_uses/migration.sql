-- Which jobs read which version of a data set: while such a job runs, or its explanation can be run again, the rows stay.

CREATE TABLE dataset_use (
  job_id uuid NOT NULL REFERENCES job (id),
  version_id uuid NOT NULL REFERENCES dataset_version (id),
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  PRIMARY KEY (job_id, version_id)
);
CREATE INDEX dataset_use_version ON dataset_use (version_id);

ALTER TABLE dataset_use ENABLE ROW LEVEL SECURITY;
ALTER TABLE dataset_use FORCE ROW LEVEL SECURITY;
CREATE POLICY dataset_use_of_tenant ON dataset_use TO vitrine_app
  USING (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*')
  WITH CHECK (tenant_id = current_setting('vitrine.tenant', true) OR current_setting('vitrine.tenant', true) = '*');
GRANT SELECT, INSERT ON dataset_use TO vitrine_app;
