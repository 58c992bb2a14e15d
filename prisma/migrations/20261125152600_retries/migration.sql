-- The job whose request this job runs again.
ALTER TABLE job ADD COLUMN retry_of uuid REFERENCES job (id);
CREATE INDEX job_retry_of ON job (retry_of) WHERE retry_of IS NOT NULL;
