-- Posting lists: what an explanation or a job is found by, one row per term. Every filter of the history is a list in
-- (created_at, id) order, a combination of filters is the intersection of lists. Terms of plain properties are hashes that
-- triggers compute; terms of words are keyed hashes that come with the result (ADR 19).

-- The first 64 bits of SHA-256 over kind, length of the name, name and value. `facetTerm` of libs/history is the same.
CREATE FUNCTION facet_term(kind text, name text, value text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ('x' || encode(substr(sha256(convert_to(kind || ':' || octet_length(name) || ':' || name || value, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
$$;

CREATE TABLE explanation_term (
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  term bigint NOT NULL,
  created_at timestamptz(3) NOT NULL,
  explanation_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, term, created_at, explanation_id)
);

-- The words of one input, so that they can be taken out again. `complete` is false when the input has more of them.
CREATE TABLE explanation_words (
  explanation_id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  terms bigint[] NOT NULL,
  complete boolean NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

-- Explanations whose words are still to be read; a duty of the leading gateway empties it.
CREATE TABLE explanation_unindexed (
  explanation_id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX explanation_unindexed_tenant ON explanation_unindexed (tenant_id, explanation_id);

CREATE TABLE job_term (
  tenant_id text NOT NULL REFERENCES tenant (id),
  actor text NOT NULL,
  term bigint NOT NULL,
  created_at timestamptz(3) NOT NULL,
  job_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, term, created_at, job_id)
);

CREATE FUNCTION explanation_facets(e explanation) RETURNS SETOF bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT facet_term('method', '', e.method)
  UNION SELECT facet_term('model', '', e.model_name)
  UNION SELECT facet_term('version', '', e.model_version)
  UNION SELECT facet_term('actor', '', e.actor)
  UNION SELECT facet_term('class', '', e.predicted_class) WHERE e.predicted_class IS NOT NULL
  UNION SELECT facet_term('label', l.key, l.value) FROM jsonb_each_text(e.labels) l
$$;

CREATE FUNCTION job_facets(j job) RETURNS SETOF bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT facet_term('method', '', j.method)
  UNION SELECT facet_term('model', '', j.model_name)
  UNION SELECT facet_term('label', l.key, l.value) FROM jsonb_each_text(j.labels) l
$$;

CREATE FUNCTION add_explanation_facets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO explanation_term (tenant_id, actor, term, created_at, explanation_id)
  SELECT NEW.tenant_id, NEW.actor, f, NEW.created_at, NEW.id FROM explanation_facets(NEW) f;
  RETURN NULL;
END
$$;
CREATE TRIGGER explanation_has_facets AFTER INSERT ON explanation FOR EACH ROW EXECUTE FUNCTION add_explanation_facets();

-- A part of a job is no job of a list. The column comes with another migration, hence the detour.
CREATE FUNCTION add_job_facets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) ->> 'parent_id' IS NOT NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO job_term (tenant_id, actor, term, created_at, job_id)
  SELECT NEW.tenant_id, NEW.actor, f, NEW.created_at, NEW.id FROM job_facets(NEW) f;
  RETURN NULL;
END
$$;
CREATE TRIGGER job_has_facets AFTER INSERT ON job FOR EACH ROW EXECUTE FUNCTION add_job_facets();

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['explanation_term', 'explanation_words', 'explanation_unindexed', 'job_term'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO vitrine_app USING (tenant_id = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'') '
      'WITH CHECK (tenant_id = current_setting(''vitrine.tenant'', true) OR current_setting(''vitrine.tenant'', true) = ''*'')',
      t || '_of_tenant', t);
  END LOOP;
END
$$;
GRANT SELECT, INSERT, DELETE ON explanation_term, explanation_words, explanation_unindexed TO vitrine_app;
GRANT SELECT, INSERT ON job_term TO vitrine_app;

-- What is there already. Row-level security binds the owner too, who is a member of the application role.
SET LOCAL vitrine.tenant = '*';
INSERT INTO explanation_term (tenant_id, actor, term, created_at, explanation_id)
  SELECT e.tenant_id, e.actor, f, e.created_at, e.id FROM explanation e, explanation_facets(e) f;
INSERT INTO explanation_unindexed (explanation_id, tenant_id, actor) SELECT id, tenant_id, actor FROM explanation;
INSERT INTO job_term (tenant_id, actor, term, created_at, job_id)
  SELECT j.tenant_id, j.actor, f, j.created_at, j.id FROM job j, job_facets(j) f WHERE to_jsonb(j) ->> 'parent_id' IS NULL;
SET LOCAL vitrine.tenant = '';

-- The lists take the place of the indexes per filter. What is left: all explanations by time, with the confidence to filter
-- by on the way, and those of high confidence, for when they are few.
DROP INDEX explanation_tenant_model, explanation_tenant_method, explanation_tenant_actor, explanation_tenant_class, explanation_labels;
DROP INDEX job_tenant_method, job_labels;
CREATE INDEX explanation_tenant_time ON explanation (tenant_id, created_at DESC, id DESC) INCLUDE (confidence);
CREATE INDEX explanation_tenant_confidence ON explanation (tenant_id, confidence, created_at, id);
DROP INDEX explanation_tenant_created;
