import { z } from 'zod';
import { generatedResult } from '../gradient/generated-result.js';

/** Whose heads the attributions are of. */
export const headImportanceResult = generatedResult.extend({
  layers: z
    .array(z.strictObject({ layer: z.int(), heads: z.int() }))
    .meta({ description: 'Layers of self-attention in the order of the graph, and how many heads each has.' }),
});
export type HeadImportanceResult = z.output<typeof headImportanceResult>;
