import { jobStates, priorities, type Job } from '#jobs';
import { z } from 'zod';
import { problemSchema } from '../http/problem-schema.js';

const moment = z.iso.datetime();

/** The version that was resolved when the job was made. */
export const modelOfJobSchema = z.object({
  name: z.string(),
  version: z.string(),
  sha256: z.string(),
  alias: z.string().nullable().meta({ description: 'The alias that was asked for; null where a version was.' }),
});

export const jobSchema = z
  .object({
    id: z.uuid(),
    method: z.string(),
    model: modelOfJobSchema,
    state: z.enum(jobStates).meta({ description: 'States never go back. SUCCEEDED, FAILED, CANCELLED and EXPIRED are the last.' }),
    progress: z.object({ done: z.number(), total: z.number(), unit: z.literal('evaluations'), phase: z.string() }),
    attempt: z.int().meta({ description: 'Runs started so far.' }),
    actor: z.string(),
    labels: z.record(z.string(), z.string()),
    priority: z.enum(priorities),
    seed: z.int(),
    createdAt: moment,
    startedAt: moment.nullable(),
    finishedAt: moment.nullable(),
    deadlineAt: moment,
    retryOf: z.uuid().optional().meta({ description: 'The job whose request this one runs again.' }),
    batchId: z.uuid().optional().meta({ description: 'The batch this job is an item of.' }),
    batchItem: z.int().optional().meta({ description: 'Index of the item in its batch, from 0.' }),
    explanationId: z.uuid().optional().meta({ description: 'Present once SUCCEEDED.' }),
    warningCodes: z.array(z.string()).meta({ description: "Codes of the explanation's warnings; empty until SUCCEEDED." }),
    error: problemSchema.optional().meta({ description: 'Present when FAILED or EXPIRED.' }),
  })
  .meta({ id: 'Job', description: 'A job: mutable execution. What it made is an explanation.' });

export type JobAnswer = Omit<z.output<typeof jobSchema>, 'error'> & { readonly error?: Readonly<Record<string, unknown>> };

/** A job as it is answered. */
export function toJobAnswer(job: Job): JobAnswer {
  return {
    id: job.id,
    method: job.method,
    model: { ...job.model },
    state: job.state,
    progress: { done: job.progress.done, total: job.progress.total, unit: 'evaluations', phase: job.progress.phase },
    attempt: job.attempt,
    actor: job.actor,
    labels: { ...job.labels },
    priority: job.priority,
    seed: job.seed,
    createdAt: job.createdAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
    deadlineAt: job.deadlineAt.toISOString(),
    ...(job.retryOf === null ? {} : { retryOf: job.retryOf }),
    ...(job.batch === null ? {} : { batchId: job.batch.id, batchItem: job.batch.item }),
    ...(job.explanationId === null ? {} : { explanationId: job.explanationId }),
    warningCodes: [...job.warningCodes],
    ...(job.error === null ? {} : { error: job.error }),
  };
}
