import { z } from 'zod';
import { generatedResult } from '../gradient/generated-result.js';

/** How the path was gone. */
export const integratedGradientsResult = generatedResult.extend({
  paths: z
    .array(
      z.strictObject({
        steps: z.int().meta({ description: 'Nodes of the rule whose numbers are given.' }),
        converged: z.boolean().meta({ description: 'Whether the numbers add up within the tolerance.' }),
        tolerance: z.number().meta({ description: 'What may be missing, in the unit of the score.' }),
        tried: z
          .array(z.strictObject({ steps: z.int(), completenessGap: z.number() }))
          .meta({ description: 'Every rule, with what was missing.' }),
      }),
    )
    .meta({ description: 'In the order of the targets.' }),
});
export type IntegratedGradientsResult = z.output<typeof integratedGradientsResult>;
