import { z } from 'zod';

export const attentionRolloutResult = z.object({
  layers: z.array(z.int()).meta({ description: 'Layers that were multiplied, first to last.' }),
  readout: z.int().meta({
    description: 'The token whose row `scores` is: the first, which classifiers of this kind read; of a language model the last.',
  }),
  scores: z.array(z.number()).meta({ description: 'How much of each feature is in that token after the last layer; they sum to 1.' }),
});
export type AttentionRolloutResult = z.output<typeof attentionRolloutResult>;
