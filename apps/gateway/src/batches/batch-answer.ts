import { batchStates, jobStates, priorities, stateOf, type Batch, type SubmittedBatch } from '#jobs';
import type { Problem } from '#platform';
import { z } from 'zod';
import { problemSchema } from '../http/problem-schema.js';
import { jobSchema, modelOfJobSchema, type JobAnswer } from '../jobs/job-answer.js';

const moment = z.iso.datetime();

export const batchSchema = z
  .object({
    id: z.uuid(),
    method: z.string(),
    model: modelOfJobSchema,
    state: z.enum(batchStates).meta({ description: 'FINISHED once every job has ended, however it did.' }),
    n: z.int().meta({ description: 'Items in all: the jobs of all states and the refused items.' }),
    counts: z.object(Object.fromEntries(jobStates.map((state) => [state, z.int()]))).meta({ description: 'Jobs by state.' }),
    refused: z.int().meta({ description: 'Items that could not become a job.' }),
    actor: z.string(),
    labels: z.record(z.string(), z.string()),
    priority: z.enum(priorities),
    createdAt: moment,
    finishedAt: moment.nullable().meta({ description: 'When the last job ended.' }),
  })
  .meta({ id: 'Batch', description: 'Many jobs of one method, submitted together.' });

export type BatchAnswer = z.output<typeof batchSchema>;

const index = z.int().meta({ description: 'Of the item in the request, from 0.' });
const refusedItem = z.object({ index, error: problemSchema }).meta({ id: 'RefusedItem' });

export const submittedBatchSchema = batchSchema
  .extend({ items: z.array(z.union([z.object({ index, jobId: z.uuid() }).meta({ id: 'AcceptedItem' }), refusedItem])) })
  .meta({ id: 'SubmittedBatch', description: 'A batch with what became of each of its items.' });

export const batchItemAnswerSchema = z
  .union([z.object({ index, job: jobSchema }).meta({ id: 'JobItem' }), refusedItem])
  .meta({ id: 'BatchItem' });

export type BatchItemAnswer = { readonly index: number; readonly job: JobAnswer } | { readonly index: number; readonly error: Problem };

/** A batch as it is answered. */
export function toBatchAnswer(batch: Batch): BatchAnswer {
  return {
    id: batch.id,
    method: batch.method,
    model: { ...batch.model },
    state: stateOf(batch),
    n: batch.size,
    counts: { ...batch.counts },
    refused: batch.refused,
    actor: batch.actor,
    labels: { ...batch.labels },
    priority: batch.priority,
    createdAt: batch.createdAt.toISOString(),
    finishedAt: batch.finishedAt?.toISOString() ?? null,
  };
}

export type SubmittedBatchAnswer = BatchAnswer & Pick<SubmittedBatch, 'items'>;

export function toSubmittedBatchAnswer({ batch, items }: SubmittedBatch): SubmittedBatchAnswer {
  return { ...toBatchAnswer(batch), items };
}
