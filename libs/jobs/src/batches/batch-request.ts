import { z } from 'zod';
import type { Explainer } from '#explainers';
import { itemParts, oneKindOfTarget, requestConditions, schemaName } from '../request/job-request.js';
import { MAX_BATCH_ITEMS } from './batch.js';

/** One item of a batch: an input with what may differ from its neighbours. */
export const batchItemSchema = z.strictObject({
  input: itemParts.input,
  labels: itemParts.labels.optional(),
  seed: itemParts.seed.optional(),
  subjectRef: itemParts.subjectRef.optional(),
});

export type BatchItemRequest = z.output<typeof batchItemSchema>;

// Items are checked one by one, so that one that is wrong does not refuse its neighbours.
const list = (about: string) => z.array(z.unknown()).min(1).max(MAX_BATCH_ITEMS).optional().meta({ description: about });

function methodBatch(explainer: Explainer) {
  return z
    .strictObject({
      ...requestConditions(explainer),
      inputs: list(`1 to ${MAX_BATCH_ITEMS} inputs, each as \`input\` of a job.`),
      items: list(
        'Instead of `inputs`: `{ input, labels?, seed?, subjectRef? }` each. Labels are added to those of the batch; a seed or a subject takes the place of the one of the batch.',
      ),
    })
    .refine(oneKindOfTarget.holds, oneKindOfTarget.otherwise)
    .refine((body) => (body.inputs === undefined) !== (body.items === undefined), {
      error: 'give either inputs or items',
      path: ['inputs'],
    })
    .meta({ id: schemaName(explainer, 'Batch') });
}

/** A parsed body of POST /v1/batches; its items are still as they were sent. */
export type BatchRequest = z.output<ReturnType<typeof methodBatch>>;

/** The body schema of POST /v1/batches, one variant per method of the registry, discriminated by `method`. */
export function batchRequestSchema(explainers: readonly Explainer[]): z.ZodType<BatchRequest> {
  // A method that reads a data set has its many inputs in there.
  const [first, ...rest] = explainers.filter(({ reads }) => reads !== 'dataset').map(methodBatch);
  if (first === undefined) throw new RangeError('the registry is empty');
  return z.discriminatedUnion('method', [first, ...rest]).meta({ id: 'BatchRequest' });
}
