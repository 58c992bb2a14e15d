import { z } from 'zod';
import { encodingParam } from '../attention/attention-params.js';

export const attentionRolloutParams = z.strictObject({
  residual: z.number().min(0).max(1).default(0.5).meta({
    description: 'Share of a token that passes a layer by, through the residual connection; the source takes one half.',
  }),
  encoding: encodingParam,
});
export type AttentionRolloutParams = z.output<typeof attentionRolloutParams>;
