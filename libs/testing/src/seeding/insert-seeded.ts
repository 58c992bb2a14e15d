import type { NewPayload } from '#jobs';
import type pg from 'pg';
import type { SeededExplanation } from './seed-explanation.js';

type Column = readonly [name: string, type: string, values: readonly unknown[]];

/** Writes the rows of finished jobs in one transaction, as the application role. `createdAt` is the time of every row. */
export async function insertSeeded(client: pg.Client, tenant: string, items: readonly SeededExplanation[]): Promise<void> {
  const all = <Value>(value: (item: SeededExplanation) => Value): Value[] => items.map(value);
  const owner: readonly Column[] = [
    ['tenant_id', 'text', all(() => tenant)],
    ['actor', 'text', all((item) => item.claim.principal.actor)],
  ];
  const created: Column = ['created_at', 'timestamptz', all((item) => item.claim.createdAt)];
  const model: readonly Column[] = [
    ['method', 'text', all((item) => item.claim.method)],
    ['family', 'text', all((item) => item.claim.family)],
    ['model_name', 'text', all((item) => item.claim.model.name)],
    ['model_version', 'text', all((item) => item.claim.model.version)],
    ['model_version_id', 'uuid', all((item) => item.claim.model.versionId)],
    ['model_sha256', 'text', all((item) => item.claim.model.sha256)],
    ['labels', 'jsonb', all((item) => JSON.stringify(item.claim.labels))],
    ['subject_key_id', 'uuid', all((item) => item.claim.subjectKeyId)],
  ];
  await client.query('BEGIN');
  await client.query(`SELECT set_config('role', 'vitrine_app', true), set_config('vitrine.tenant', $1, true)`, [tenant]);
  await insert(client, 'subject_key', [
    ...owner,
    created,
    ['id', 'uuid', all((item) => item.key.id)],
    ['wrapped_key', 'bytea', all((item) => Buffer.from(item.key.wrappedKey))],
  ]);
  const payloads = items.flatMap((item) =>
    [item.request, item.explanation.result, ...item.explanation.tensors.map((tensor) => tensor.payload)].map((payload) => ({
      item,
      payload,
    })),
  );
  const each = <Value>(value: (payload: NewPayload, item: SeededExplanation) => Value): Value[] =>
    payloads.map(({ item, payload }) => value(payload, item));
  await insert(client, 'payload', [
    ['tenant_id', 'text', each(() => tenant)],
    ['actor', 'text', each((_payload, item) => item.claim.principal.actor)],
    ['created_at', 'timestamptz', each((_payload, item) => item.claim.createdAt)],
    ['id', 'uuid', each((payload) => payload.id)],
    ['subject_key_id', 'uuid', each((_payload, item) => item.key.id)],
    ['kind', 'text', each((payload) => payload.kind)],
    ['name', 'text', each((payload) => payload.name)],
    ['nonce', 'bytea', each((payload) => Buffer.from(payload.sealed.nonce))],
    ['ciphertext', 'bytea', each((payload) => Buffer.from(payload.sealed.ciphertext))],
    ['commitment', 'bytea', each((payload) => Buffer.from(payload.sealed.commitment))],
    ['size', 'integer', each((payload) => payload.sealed.size)],
  ]);
  await insert(client, 'job', [
    ...owner,
    created,
    ...model,
    ['id', 'uuid', all((item) => item.claim.jobId)],
    ['alias_used', 'text', all((item) => item.claim.model.alias)],
    ['priority', 'text', all(() => 'normal')],
    ['seed', 'bigint', all((item) => item.claim.seed)],
    ['cache', 'text', all((item) => item.claim.cache)],
    ['request_payload_id', 'uuid', all((item) => item.request.id)],
    ['request_commitment', 'bytea', all((item) => Buffer.from(item.request.sealed.commitment))],
    ['state', 'text', all(() => 'SUCCEEDED')],
    ['progress_done', 'integer', all((item) => item.explanation.evaluations)],
    ['progress_total', 'integer', all((item) => item.explanation.evaluations)],
    ['progress_phase', 'text', all(() => 'done')],
    ['attempt', 'integer', all(() => 1)],
    ['lease_epoch', 'integer', all(() => 1)],
    ['worker', 'text', all((item) => item.claim.worker)],
    ['deadline_at', 'timestamptz', all((item) => item.claim.deadlineAt)],
    ['started_at', 'timestamptz', all((item) => item.claim.startedAt)],
    ['finished_at', 'timestamptz', all((item) => item.claim.createdAt)],
    ['explanation_id', 'uuid', all((item) => item.explanation.id)],
    ['request_id', 'text', all((item) => item.claim.requestId)],
  ]);
  await insert(client, 'explanation', [
    ...owner,
    created,
    ...model,
    ['id', 'uuid', all((item) => item.explanation.id)],
    ['job_id', 'uuid', all((item) => item.claim.jobId)],
    ['predicted_class', 'text', all((item) => item.explanation.predictedClass)],
    ['confidence', 'double precision', all((item) => item.explanation.confidence)],
    ['result_payload_id', 'uuid', all((item) => item.explanation.result.id)],
    ['input_commitment', 'bytea', all((item) => Buffer.from(item.explanation.inputCommitment))],
    ['result_commitment', 'bytea', all((item) => Buffer.from(item.explanation.result.sealed.commitment))],
    ['evaluations', 'integer', all((item) => item.explanation.evaluations)],
    ['model_rows', 'integer', all((item) => item.explanation.modelRows)],
    ['budget', 'integer', all((item) => item.explanation.budget)],
    ['estimated', 'boolean', all((item) => item.explanation.estimated)],
    ['truncated', 'boolean', all((item) => item.explanation.truncated)],
    ['timing', 'jsonb', all((item) => JSON.stringify(item.explanation.timing))],
    ['environment', 'jsonb', all((item) => JSON.stringify(item.explanation.environment))],
    ['tensors', 'jsonb', all((item) => JSON.stringify(item.explanation.tensors.map((tensor) => tensor.row)))],
  ]);
  await insertTerms(client, tenant, items);
  const leaves = items.flatMap((item) => [item.submitted, item.completed].map((leaf) => ({ item, leaf })));
  await insert(client, 'audit_leaf_pending', [
    ['tenant_id', 'text', leaves.map(() => tenant)],
    ['actor', 'text', leaves.map(({ item }) => item.claim.principal.actor)],
    ['record_id', 'uuid', leaves.map(({ leaf }) => leaf.record.id)],
    ['event', 'text', leaves.map(({ leaf }) => leaf.record.event)],
    ['subject_id', 'text', leaves.map(({ leaf }) => leaf.record.subject)],
    ['record', 'bytea', leaves.map(({ leaf }) => Buffer.from(leaf.bytes))],
    ['created_at', 'timestamptz', leaves.map(({ item }) => item.claim.createdAt)],
  ]);
  await client.query('COMMIT');
}

async function insertTerms(client: pg.Client, tenant: string, items: readonly SeededExplanation[]): Promise<void> {
  const words = items.flatMap((item) => item.explanation.words.terms.map((term) => ({ item, term })));
  await insert(client, 'explanation_term', [
    ['tenant_id', 'text', words.map(() => tenant)],
    ['actor', 'text', words.map(({ item }) => item.claim.principal.actor)],
    ['term', 'bigint', words.map(({ term }) => term.toString())],
    ['created_at', 'timestamptz', words.map(({ item }) => item.claim.createdAt)],
    ['explanation_id', 'uuid', words.map(({ item }) => item.explanation.id)],
  ]);
  await client.query(
    `INSERT INTO explanation_words (explanation_id, tenant_id, actor, terms, complete, created_at)
     SELECT id, $2, actor, terms::bigint[], complete, created_at
     FROM unnest($1::uuid[], $3::text[], $4::text[], $5::boolean[], $6::timestamptz[]) r (id, actor, terms, complete, created_at)`,
    [
      items.map((item) => item.explanation.id),
      tenant,
      items.map((item) => item.claim.principal.actor),
      items.map((item) => `{${item.explanation.words.terms.join(',')}}`),
      items.map((item) => item.explanation.words.complete),
      items.map((item) => item.claim.createdAt),
    ],
  );
}

async function insert(client: pg.Client, table: string, columns: readonly Column[]): Promise<void> {
  const names = columns.map(([name]) => name).join(', ');
  const arrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ');
  await client.query(
    `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays})`,
    columns.map(([, , values]) => values),
  );
}
