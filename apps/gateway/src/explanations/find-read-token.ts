import { z } from 'zod';
import type { ExplanationAnswer } from './explanation-answer.js';

const reading = z.object({ readouts: z.array(z.int().nullable()), outputFrom: z.int().optional() });

/**
 * The token whose row of the relevance a target reads: its place among the features. Relevance begins with 1 of every token in itself, so that its
 * number is about 1, whatever the model does. -1 where it has no number of its own, and for other methods.
 */
export function findReadToken({ method, result, features }: ExplanationAnswer, target: number): number {
  const parsed = reading.safeParse(result);
  if (method !== 'attention-relevance' || !parsed.success) return -1;
  const { readouts, outputFrom = 0 } = parsed.data;
  const place = outputFrom + (readouts[target] ?? NaN);
  return features.findIndex((feature) => 'span' in feature && feature.tokens.length === 1 && feature.tokens[0] === place);
}
