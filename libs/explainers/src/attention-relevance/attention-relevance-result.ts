import { z } from 'zod';
import { generatedResult } from '../gradient/generated-result.js';

/** Which row of the relevance was read. */
export const attentionRelevanceResult = generatedResult.extend({
  layers: z.array(z.int()).meta({ description: 'Layers that the relevance was carried through, in the order of the graph.' }),
  readouts: z
    .array(z.int())
    .meta({ description: 'For each target the token whose row is read: the first of a classifier, the one whose logits are read.' }),
});
export type AttentionRelevanceResult = z.output<typeof attentionRelevanceResult>;
