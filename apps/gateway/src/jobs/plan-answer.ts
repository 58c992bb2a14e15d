import { z } from 'zod';
import { featureSchema, warningSchema } from '../explanations/explanation-parts.js';

export const planSchema = z
  .object({
    valid: z.literal(true),
    features: z.array(featureSchema).meta({ description: 'The players as they would be.' }),
    estimatedEvaluations: z.int(),
    modelRows: z.int().meta({ description: 'Rows that would go through the model.' }),
    warnings: z.array(warningSchema),
  })
  .meta({ id: 'Plan', description: 'The answer to validateOnly: what a run would do, before any budget is spent.' });

export type PlanAnswer = z.output<typeof planSchema>;
