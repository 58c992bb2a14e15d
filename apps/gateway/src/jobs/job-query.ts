import { jobStates } from '#jobs';
import { z } from 'zod';
import type { QueryShape } from '../http/query/query-shape.js';
import { instant, literalText, paging } from '../http/query/query-values.js';

/** Filters of GET /v1/jobs. */
export const jobQuery = {
  parameters: z.object({
    state: z.enum(jobStates).optional().meta({ description: 'Jobs in this state.' }),
    method: literalText('Jobs of this method.'),
    model: literalText('Jobs on this model, whatever the version.'),
    createdAfter: instant('Jobs made after this moment.'),
    ...paging,
  }),
  takesLabels: true,
} satisfies QueryShape;
