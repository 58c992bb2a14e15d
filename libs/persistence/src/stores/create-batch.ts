import { queuePriority, type Batch, type KeyMark, type NewBatch } from '#jobs';
import type { Principal } from '#access';
import type { Transaction } from '../database/database.js';
import { readBatches } from './batch-rows.js';
import { databaseTime } from '../database/database-time.js';
import { insertDatasetUses } from './insert-dataset-uses.js';
import { insertKeyedPayloads, insertLeaves, notifyOutbox } from './insert-rows.js';
import { keepAnswer, takeKey } from './keep-answer.js';

/** Rows of one statement: PostgreSQL takes 65,535 parameters, and a job has about thirty. */
const ROWS = 500;

/** A batch with everything it brings along, many rows a statement. */
export async function createBatch(
  transaction: Transaction,
  principal: Principal,
  batch: NewBatch,
  mark: KeyMark<Batch> | null,
): Promise<Batch> {
  if (mark !== null) await takeKey(transaction, principal, mark);
  const owner = { tenantId: principal.tenant, actor: principal.actor };
  const { model, method, priority } = batch;
  const freshKeys = [batch.key, ...batch.jobs.flatMap(({ job }) => (job.freshKey === null ? [] : [job.freshKey]))];
  for (const keys of inParts(freshKeys))
    await transaction.subjectKey.createMany({ data: keys.map(({ id, wrappedKey }) => ({ id, ...owner, wrappedKey })) });
  await transaction.batch.create({
    data: {
      ...{ id: batch.id, ...owner, method, labels: { ...batch.labels }, priority, size: batch.size, refused: batch.refusals.length },
      ...{ modelName: model.name, modelVersion: model.version, modelVersionId: model.versionId, modelSha256: model.sha256 },
      ...{ aliasUsed: model.alias, subjectKeyId: batch.key.id, requestId: batch.requestId },
    },
    select: { id: true },
  });
  const now = await databaseTime(transaction);
  for (const part of inParts(batch.jobs)) {
    for (const { job } of part) if (job.batch?.id !== batch.id) throw new RangeError('a job of another batch');
    await insertKeyedPayloads(
      transaction,
      principal,
      part.map(({ job }) => ({ ...job.request, subjectKeyId: job.subjectKeyId })),
    );
    await transaction.job.createMany({
      data: part.map(({ index, job }) => ({
        ...{ id: job.id, ...owner, method: job.method, family: job.family, labels: { ...job.labels }, priority: job.priority },
        ...{ modelName: model.name, modelVersion: model.version, modelVersionId: model.versionId, modelSha256: model.sha256 },
        ...{ aliasUsed: job.model.alias, seed: BigInt(job.seed), cache: job.cache, purpose: job.purpose, subjectKeyId: job.subjectKeyId },
        ...{
          requestPayloadId: job.request.id,
          requestCommitment: job.request.sealed.commitment,
          state: 'QUEUED',
          requestId: job.requestId,
        },
        ...{ deadlineAt: new Date(now.getTime() + job.deadlineSeconds * 1000), batchId: batch.id, batchItem: index },
      })),
    });
    for (const { job } of part) await insertDatasetUses(transaction, owner, job);
    await transaction.outbox.createMany({
      data: part.map(({ job }) => ({
        ...{ ...owner, jobId: job.id, epoch: 0, queue: job.queue, method: job.method, priority: queuePriority[job.priority] },
      })),
    });
    await insertLeaves(
      transaction,
      principal,
      part.map(({ leaf }) => leaf),
    );
  }
  for (const part of inParts(batch.refusals))
    await transaction.batchRefusal.createMany({
      data: part.map(({ index, code, nonce, ciphertext }) => ({ batchId: batch.id, item: index, ...owner, code, nonce, ciphertext })),
    });
  await notifyOutbox(transaction);
  const [made] = await readBatches(transaction, { id: batch.id }, 1);
  if (made === undefined) throw new RangeError('a batch that was written is not there');
  if (mark !== null) await keepAnswer(transaction, principal, mark, made);
  return made;
}

function* inParts<Item>(all: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < all.length; from += ROWS) yield all.slice(from, from + ROWS);
}
