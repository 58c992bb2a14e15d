import { z } from 'zod';

/** The members of a stored explanation that the quickstart prints. */
export const storedExplanation = z.object({
  id: z.string(),
  method: z.string(),
  model: z.object({ name: z.string(), version: z.string() }),
  input: z.union([z.object({ text: z.string() }), z.object({ features: z.record(z.string(), z.union([z.string(), z.number()])) })]),
  resultHash: z.string(),
  prediction: z.array(z.union([z.object({ label: z.string(), probability: z.number() }), z.object({ value: z.number() })])),
  features: z.array(
    z.union([
      z.object({ text: z.string(), span: z.tuple([z.number(), z.number()]) }),
      z.object({ name: z.string(), value: z.union([z.string(), z.number(), z.null()]) }),
    ]),
  ),
  targets: z.array(
    z.object({ class: z.string().nullable(), space: z.string(), score: z.number(), baseScore: z.number(), completenessGap: z.number() }),
  ),
  attributions: z.array(z.array(z.number())),
  standardErrors: z.array(z.array(z.number())).nullable(),
  evaluations: z.number(),
  seed: z.number(),
  quality: z.object({ fidelity: z.array(z.number()).nullable() }),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
});

export type StoredExplanation = z.output<typeof storedExplanation>;
