import { z } from 'zod';
import type { ExplanationAnswer } from './explanation-answer.js';
import { featureSchema, targetResultSchema } from './explanation-parts.js';

export const rankedSchema = z
  .object({
    explanationId: z.uuid(),
    targets: z.array(
      z.object({
        target: targetResultSchema,
        attributions: z.array(
          z.object({
            rank: z.int().meta({ description: '1 is the largest by absolute value; equal values keep the order of the features.' }),
            feature: featureSchema,
            attribution: z.number(),
            standardError: z.number().nullable(),
          }),
        ),
        omitted: z.int().meta({ description: 'Features beyond topK.' }),
      }),
    ),
  })
  .meta({ id: 'RankedAttributions' });

export type RankedAttributions = z.output<typeof rankedSchema>;

/** Per target, the features by the absolute value of their attributions; the first `topK` of them. */
export function rankAttributions(explanation: ExplanationAnswer, topK = Infinity): RankedAttributions {
  return {
    explanationId: explanation.id,
    targets: explanation.targets.map((target, row) => {
      const errors = explanation.standardErrors?.[row];
      const ranked = explanation.features
        .map((feature, column) => ({
          feature,
          attribution: explanation.attributions[row]?.[column] ?? 0,
          standardError: errors?.[column] ?? null,
        }))
        .sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution)) // stable
        .map((one, index) => ({ rank: index + 1, ...one }));
      return { target, attributions: ranked.slice(0, topK), omitted: Math.max(0, ranked.length - topK) };
    }),
  };
}
