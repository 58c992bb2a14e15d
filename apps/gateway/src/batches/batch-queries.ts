import { jobStates } from '#jobs';
import { z } from 'zod';
import type { QueryShape } from '../http/query/query-shape.js';
import { instant, literalText, paging } from '../http/query/query-values.js';

/** Filters of GET /v1/batches. */
export const batchQuery = {
  parameters: z.object({
    method: literalText('Batches of this method.'),
    model: literalText('Batches on this model, whatever the version.'),
    createdAfter: instant('Batches made after this moment.'),
    ...paging,
  }),
  takesLabels: true,
} satisfies QueryShape;

/** Filters of GET /v1/batches/{id}/items. */
export const batchItemQuery = {
  parameters: z.object({
    state: z
      .enum([...jobStates, 'REFUSED'])
      .optional()
      .meta({ description: 'Items whose job is in this state; REFUSED: those that could not become a job.' }),
    ...paging,
  }),
  takesLabels: false,
} satisfies QueryShape;
